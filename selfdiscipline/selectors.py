"""Reads of the self-discipline records. Members and indicators are public."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from platforms import selectors as platforms
from selfdiscipline.models import Association, IndicatorSeries, IndicatorValue, Membership


@dataclass(frozen=True, slots=True)
class MemberRef:
    """One member on a day."""

    platform_id: int
    platform_name: str
    association: str
    member_from: date


@dataclass(frozen=True, slots=True)
class IndicatorPoint:
    """One month of a series."""

    period: str
    value: Decimal
    members_counted: int
    members_total: int


def members_on(day: date, association_code: str = "") -> list[MemberRef]:
    """Members on that day, by platform name; of one association when named."""
    rows = Membership.objects.on(day).select_related("association")
    if association_code:
        rows = rows.filter(association__code=association_code)
    names = platforms.platform_refs({row.platform_id for row in rows})
    members = [
        MemberRef(row.platform_id, names[row.platform_id].name, str(row.association), row.member_from) for row in rows
    ]
    return sorted(members, key=lambda member: (member.platform_name, member.association))


def is_member(platform_id: int, on: date) -> bool:
    """Whether a platform belonged to any association on that day."""
    return Membership.objects.on(on).filter(platform_id=platform_id).exists()


def series_points(series_code: str) -> list[IndicatorPoint]:
    """All computed months of a series, oldest first."""
    rows = IndicatorValue.objects.filter(series__code=series_code).order_by("period")
    return [IndicatorPoint(r.period, r.value, r.members_counted, r.members_total) for r in rows]


@dataclass(frozen=True, slots=True)
class SeriesView:
    """A series with its newest months, words in the reader's language."""

    name: str
    unit: str
    points: list[IndicatorPoint]


def series_latest(months: int) -> list[SeriesView]:
    """Every series that has values, with its newest months, newest first. Anyone may ask."""
    views = [
        SeriesView(str(series), series.unit, series_points(series.code)[: -months - 1 : -1])
        for series in IndicatorSeries.objects.order_by("code")
    ]
    return [view for view in views if view.points]


def counts() -> dict[str, int]:
    """Totals for reports: associations, open memberships, series and values."""
    return {
        "associations": Association.objects.count(),
        "members": Membership.objects.filter(member_to__isnull=True).count(),
        "series": IndicatorSeries.objects.count(),
        "values": IndicatorValue.objects.count(),
    }
