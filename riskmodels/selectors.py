"""Reads of models, scores and warnings.

Who sees what: supervisors' staff and the system see every score and warning (joint supervision); a platform sees its
own latest area without the model's inner workings; the public sees only warnings an officer has published.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count

from common.principal import Principal, system_principal
from platforms.selectors import PlatformRef, filings_visible_to, platform_refs
from riskmodels.coordinate import Cuts, counts
from riskmodels.models import ModelVersion, Score, Warning
from riskmodels.models.scores import ScoreQuerySet
from riskmodels.models.versions import ModelVersionQuerySet
from riskmodels.models.warnings import WarningQuerySet
from riskmodels.permissions import permits


@dataclass(frozen=True)
class ModelRef:
    """The model in use, as other apps and reports show it."""

    id: int
    number: int
    trained_on: str
    trained_month: str
    is_generated_data: bool
    metrics: dict[str, Any]
    thresholds: dict[str, float]
    sha256: str
    activated_at: datetime | None


@dataclass(frozen=True)
class ScoreView:
    """A score with the platform's name. Probabilities are shares, impact is yuan."""

    score_id: int
    platform_id: int
    platform_public_id: uuid.UUID
    platform_name: str
    business_line: str
    region: str
    as_of: date
    known_at: datetime
    probability: float
    low: float
    high: float
    impact_cny: Decimal
    is_impact_estimated: bool
    area: str
    previous_area: str
    cell_probability: float
    is_unsettled: bool
    is_out_of_fold: bool
    is_retrospective: bool
    reasons: tuple[dict[str, Any], ...]
    model_version_id: int


@dataclass(frozen=True)
class MapPoint:
    """One platform on the risk coordinate."""

    platform_id: int
    name: str
    probability: float
    impact_cny: float
    area: str
    is_unsettled: bool


@dataclass(frozen=True)
class RiskMap:
    """What the picture needs: points, the cuts of the model in use, how many stand in each area."""

    points: tuple[MapPoint, ...]
    cuts: Cuts
    counts: dict[str, int]


@dataclass(frozen=True)
class WarningView:
    """A warning with the platform's name."""

    warning_id: int
    public_id: uuid.UUID
    platform_id: int
    platform_public_id: uuid.UUID
    platform_name: str
    kind: str
    kind_text: str
    level: str
    level_text: str
    state: str
    raised_at: datetime
    times_seen: int
    reasons: tuple[dict[str, Any], ...]
    subject_ref: str


@dataclass(frozen=True)
class WarningSubject:
    """What raised a warning: a page of the admin, the row on it, and its name."""

    page: str
    pk: int
    title: str


def warning_subject(warning: Warning) -> WarningSubject | None:
    """The filing or score that raised a warning; None when it names nothing that still has a page."""
    kind, _sep, key = warning.subject_ref.partition(":")
    if kind == "filing" and key.isdecimal():
        filing = filings_visible_to(system_principal("riskmodels")).filter(pk=int(key)).first()
        return WarningSubject("platforms_filing_change", filing.pk, str(filing)) if filing else None
    if kind == "score":
        score = Score.objects.filter(public_id=key).first()
        return WarningSubject("riskmodels_score_change", score.pk, f"{score.area} · {score.as_of}") if score else None
    return None


def active_model() -> ModelRef | None:
    """The platform model in use, or None."""
    version = ModelVersion.objects.active().first()
    if version is None:
        return None
    return ModelRef(
        version.pk,
        version.number,
        version.trained_on,
        version.trained_month,
        version.is_generated_data,
        version.metrics,
        version.thresholds,
        version.sha256,
        version.activated_at,
    )


def versions_visible_to(principal: Principal) -> ModelVersionQuerySet:
    """Model versions: staff who may read scores, and the system."""
    rows = ModelVersion.objects.all()
    return rows if permits(principal, "scores.read") else rows.none()


def scores_visible_to(principal: Principal) -> ScoreQuerySet:
    """Scores: staff who may read scores and the system see all; a platform its own; others none."""
    rows = Score.objects.all()
    if permits(principal, "scores.read"):
        return rows
    if principal.kind == "platform" and principal.platform_id is not None:
        return rows.filter(platform_id=principal.platform_id)
    return rows.none()


def warnings_visible_to(principal: Principal) -> WarningQuerySet:
    """Warnings: staff who may read warnings and the system see all; everyone else the published ones."""
    rows = Warning.objects.all()
    return rows if permits(principal, "warnings.read") else rows.published()


def latest_scores(principal: Principal, platform_ids: Iterable[int] | None = None) -> list[ScoreView]:
    """The newest score of each platform the reader may see, most probable first. Two queries."""
    rows = scores_visible_to(principal)
    if platform_ids is not None:
        rows = rows.filter(platform_id__in=list(platform_ids))
    found = list(rows.latest_per_platform())
    refs = platform_refs([score.platform_id for score in found])
    views = [_score_view(score, refs[score.platform_id]) for score in found]
    return sorted(views, key=lambda view: (-view.probability, view.platform_id))


def score_of(platform_id: int) -> ScoreView | None:
    """The newest score of one platform, or None. For callers that have checked who asks."""
    score = Score.objects.filter(platform_id=platform_id).latest_per_platform().first()
    return None if score is None else _score_view(score, platform_refs([platform_id])[platform_id])


def score_by_id(score_id: int) -> ScoreView | None:
    """One score by its inner key (as carried by ``score.recorded``), or None."""
    score = Score.objects.filter(pk=score_id).first()
    return None if score is None else _score_view(score, platform_refs([score.platform_id])[score.platform_id])


def scores_history(platform_id: int, limit: int = 24) -> list[ScoreView]:
    """Scores of one platform, newest first."""
    rows = Score.objects.filter(platform_id=platform_id).order_by("-as_of", "-id")[:limit]
    ref = platform_refs([platform_id])[platform_id]
    return [_score_view(score, ref) for score in rows]


def area_counts(on: date | None = None) -> dict[str, int]:
    """Platforms per area by their newest score not after ``on`` (today's newest without it)."""
    rows = Score.objects.all() if on is None else Score.objects.filter(as_of__lte=on)
    return counts(score.area for score in rows.latest_per_platform().only("area", "platform_id", "as_of"))


def risk_map_points(principal: Principal) -> tuple[MapPoint, ...]:
    """The newest position of every platform the reader may see."""
    found = list(scores_visible_to(principal).latest_per_platform().defer("reasons", "features"))
    refs = platform_refs([score.platform_id for score in found])
    return tuple(
        MapPoint(
            score.platform_id,
            refs[score.platform_id].name,
            score.probability,
            float(score.impact_cny),
            score.area,
            score.is_unsettled,
        )
        for score in found
    )


def risk_map(principal: Principal) -> RiskMap | None:
    """Points, cuts and counts for the picture; None before any model is in use."""
    version = ModelVersion.objects.active().first()
    if version is None:
        return None
    points = risk_map_points(principal)
    return RiskMap(points, Cuts(**version.thresholds), counts(point.area for point in points))


def warnings_latest(principal: Principal, limit: int = 10, platform_id: int | None = None) -> list[WarningView]:
    """Standing warnings the reader may see, newest first."""
    rows = warnings_visible_to(principal).standing()
    if platform_id is not None:
        rows = rows.filter(platform_id=platform_id)
    found = list(rows.order_by("-raised_at", "-id")[:limit])
    refs = platform_refs([warning.platform_id for warning in found])
    return [_warning_view(warning, refs[warning.platform_id]) for warning in found]


def warning_of(warning_id: int) -> WarningView | None:
    """One warning by its inner key (as carried by ``warning.raised``), or None."""
    warning = Warning.objects.filter(pk=warning_id).first()
    return (
        None if warning is None else _warning_view(warning, platform_refs([warning.platform_id])[warning.platform_id])
    )


def warning_counts() -> dict[str, int]:
    """Standing warnings by kind."""
    rows = Warning.objects.standing().values("kind").annotate(found=Count("id")).order_by("kind")
    return {row["kind"]: row["found"] for row in rows}


def _score_view(score: Score, ref: PlatformRef) -> ScoreView:
    return ScoreView(
        score_id=score.pk,
        platform_id=ref.id,
        platform_public_id=ref.public_id,
        platform_name=ref.name,
        business_line=ref.business_line,
        region=ref.region,
        as_of=score.as_of,
        known_at=score.known_at,
        probability=score.probability,
        low=score.low,
        high=score.high,
        impact_cny=score.impact_cny,
        is_impact_estimated=score.is_impact_estimated,
        area=score.area,
        previous_area=score.previous_area,
        cell_probability=score.cell_probability,
        is_unsettled=score.is_unsettled,
        is_out_of_fold=score.is_out_of_fold,
        is_retrospective=score.is_retrospective,
        reasons=tuple(score.reasons),
        model_version_id=score.model_version_id,
    )


def _warning_view(warning: Warning, ref: PlatformRef) -> WarningView:
    return WarningView(
        warning_id=warning.pk,
        public_id=warning.public_id,
        platform_id=ref.id,
        platform_public_id=ref.public_id,
        platform_name=ref.name,
        kind=warning.kind,
        kind_text=str(warning.get_kind_display()),
        level=warning.level,
        level_text=str(warning.get_level_display()),
        state=warning.state,
        raised_at=warning.raised_at,
        times_seen=warning.times_seen,
        reasons=tuple(warning.reasons),
        subject_ref=warning.subject_ref,
    )
