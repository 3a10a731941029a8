"""The verbs of this app."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from platforms import selectors as platforms
from rulebook.home import home
from selfdiscipline.choices import IndicatorColumn, MembershipState
from selfdiscipline.models import Association, IndicatorSeries, IndicatorValue, Membership
from selfdiscipline.permissions import require

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Computed:
    """Value of a series in a month. `members_counted` of `members_total` members had filed."""

    series: str
    period: str
    value: Decimal
    members_counted: int
    members_total: int


@transaction.atomic
def association_create(*, actor: Principal, code: str, name_zh: str, name_en: str, parent_code: str = "") -> int:
    """Create an association, below a parent when named; the same code again returns the same association.

    Refuses an unknown parent. Source: branch associations for single lines (paper 000, section 3.3).
    """
    require(actor, "association.create")
    parent = _association(parent_code) if parent_code else None
    association, _created = Association.objects.get_or_create(
        code=code, defaults={"name_zh": name_zh, "name_en": name_en, "parent": parent}
    )
    return association.pk


def _association(code: str) -> Association:
    association = Association.objects.select_for_update().filter(code=code).first()
    if association is None:
        raise Refusal(
            "association.unknown",
            _("There is no such association."),
            field="association",
            cure=_("Create it first, or use its code as listed."),
            status=422,
        )
    return association


@transaction.atomic
def member_admit(*, actor: Principal, association_code: str, platform_id: int, on: date | None = None) -> int:
    """Admit a platform as a member from a day (today unless said). An open membership is returned unchanged.

    Refuses an unknown association or platform. Returns the membership's id.
    """
    require(actor, "member.admit")
    association = _association(association_code)
    platforms.platform_ref(platform_id)
    membership, _created = Membership.objects.get_or_create(
        association=association,
        platform_id=platform_id,
        member_to=None,
        defaults={"member_from": on or clock.today()},
    )
    return membership.pk


@transaction.atomic
def member_release(*, actor: Principal, membership_id: int, on: date | None = None) -> None:
    """End a membership; `on` is the first day without it. Refuses a day that is not after the first day."""
    require(actor, "member.admit")
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    last = on or clock.today()
    if last <= membership.member_from:
        raise Refusal(
            "member.bad_day",
            _("A membership lasts at least one day."),
            field="on",
            cure=_("Choose a later day."),
            status=422,
        )
    membership.member_to, membership.state = last, MembershipState.LEFT
    membership.save(update_fields=["member_to", "state"])


@transaction.atomic
def series_define(
    *,
    actor: Principal,
    code: str,
    association_code: str,
    name_zh: str,
    name_en: str,
    column: str = IndicatorColumn.TURNOVER_AMOUNT,
    unit: str = "",
) -> int:
    """Define a statistical indicator; the same code again returns the same series. Refuses unknown columns.

    The unit is the money of the home pack unless another one is named.
    """
    require(actor, "indicator.define")
    if column not in IndicatorColumn.values:
        raise Refusal(
            "indicator.unknown_column",
            _("This column cannot be added up over members."),
            field="column",
            cure=_("Use one of: %(columns)s.") % {"columns": ", ".join(IndicatorColumn.values)},
            status=422,
        )
    series, _created = IndicatorSeries.objects.get_or_create(
        code=code,
        defaults={
            "association": _association(association_code),
            "name_zh": name_zh,
            "name_en": name_en,
            "column": column,
            "unit": unit or home().currency,
        },
    )
    return series.pk


@transaction.atomic
def indicator_compute(*, actor: Principal, series_code: str, period: str) -> Computed:
    """Add the series' column up over the members of the month's last day, from their accepted filings.

    Computing again replaces the value of that month. A member that filed nothing is counted in the total only.
    Refuses an unknown series and a period that is no month (2017-06). Unit: the series' own (CNY yuan).
    """
    require(actor, "indicator.compute")
    if not _MONTH.fullmatch(period):
        raise Refusal(
            "indicator.bad_period",
            _("A month is written as year and number."),
            field="period",
            cure=_("For example 2017-06."),
            status=422,
        )
    series = IndicatorSeries.objects.select_for_update().filter(code=series_code).first()
    if series is None:
        raise Refusal(
            "indicator.unknown_series",
            _("There is no such indicator series."),
            field="series",
            cure=_("Define it first."),
            status=422,
        )
    members = _members_on(series.association, _last_day(period))
    found = _filed_values(members, series.column, period)
    total = sum(found.values(), Decimal(0))
    IndicatorValue.objects.update_or_create(
        series=series,
        period=period,
        defaults={
            "value": total,
            "members_counted": len(found),
            "members_total": len(members),
            "computed_at": clock.now(),
        },
    )
    return Computed(series.code, period, total, len(found), len(members))


def _last_day(period: str) -> date:
    year, month = (int(part) for part in period.split("-"))
    return date(year, month, monthrange(year, month)[1])


def _members_on(association: Association, day: date) -> list[int]:
    """Members of the association and its direct branches on that day, each platform once."""
    tree = [association.pk, *association.branches.values_list("pk", flat=True)]
    rows = Membership.objects.on(day).filter(association_id__in=tree)
    return sorted(set(rows.values_list("platform_id", flat=True)))


def _filed_values(members: list[int], column: str, period: str) -> dict[int, Decimal]:
    """Platform → its value of the month; months and members without a value are left out."""
    if not members:
        return {}
    rows: list[dict[str, Any]] = platforms.monthly_indicators_for(members, upto=period)
    return {
        row["platform_id"]: Decimal(str(row[column]))
        for row in rows
        if row["period"] == period and row.get(column) is not None
    }
