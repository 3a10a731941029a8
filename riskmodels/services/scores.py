"""Verbs on scores: score platforms in bulk, ask for scores, run a wave of requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.jobs import job_enqueue
from common.outbox import event_emit
from common.principal import Principal
from platforms.selectors import monthly_indicators_for, platform_refs
from riskmodels.choices import WarningKind, WarningLevel, WaveState
from riskmodels.coordinate import Cuts, counts, is_worse, position_of
from riskmodels.events import SCORE_RECORDED
from riskmodels.features import FeatureRow, Impact, features_of, history_until, impact_of, month_of
from riskmodels.models import ModelVersion, Score, ScoreRequest, ScoreWave
from riskmodels.permissions import permits
from riskmodels.reasons import reasons_of
from riskmodels.services.files import bundle_of
from riskmodels.services.warnings import warning_raise

if TYPE_CHECKING:
    from riskmodels.scoring import Estimate

WAVE_JOB = "riskmodels.score_wave"
CENT = Decimal("0.01")


@dataclass(frozen=True)
class ScoringResult:
    """What a run did: rows written, rows that stood already, platforms without indicators, areas of all scored."""

    recorded: int
    unchanged: int
    without_data: int
    areas: dict[str, int]
    retrospective: int
    unsettled: int
    warnings: int
    model_version_id: int


@dataclass(frozen=True)
class _Subject:
    """One platform ready to be scored."""

    platform_id: int
    key: str
    month: str
    features: FeatureRow
    impact: Impact

    def digest(self) -> str:
        body = [self.key, self.month, self.features, self.impact.amount_cny, self.impact.is_estimated]
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def platforms_score(*, actor: Principal, platform_ids: Iterable[int] | None, on: date) -> ScoringResult:
    """Score platforms (all with ``None``) with the active model on the indicators filed up to the month of ``on``.

    The same input on the same day gives the same row. A platform whose outcome the model learned from gets the
    out-of-fold score and is marked retrospective. Announces ``score.recorded`` for each new row and raises warnings
    for settled D areas and settled moves to a worse area. Refuses ``model.none_active``, every fault of the model
    file, and actors without ``scores.run``; then no score is written.
    """
    if not permits(actor, "scores.run"):
        raise Refusal("score.not_permitted", _("You may not do this."), status=403)
    with acting_as(actor):
        version = ModelVersion.objects.select_for_update().active().first()
        if version is None:
            raise Refusal(
                "model.none_active",
                _("No model is in use."),
                cure=_("Fit a model, have it approved by two people, then score again."),
            )
        chosen = None if platform_ids is None else sorted(set(platform_ids))
        bundle = bundle_of(version.sha256)
        subjects, without_data = _subjects(chosen, on)
        scores = _scores(version, bundle, subjects, on)
        return _record(actor, version, scores, without_data, on)


def score_request(*, actor: Principal, platform_ids: Sequence[int], reason: str) -> int:
    """Ask for platforms to be scored soon; requests join the open wave, so many filings cost one run.

    Returns the wave's id. Refuses actors without ``scores.run``.
    """
    if not permits(actor, "scores.run"):
        raise Refusal("score.not_permitted", _("You may not do this."), status=403)
    with acting_as(actor):
        wave = _open_wave()
        asked = [ScoreRequest(wave=wave, platform_id=platform_id, reason=reason) for platform_id in platform_ids]
        ScoreRequest.objects.bulk_create(asked, ignore_conflicts=True)
        job_enqueue(kind=WAVE_JOB, key=f"wave:{wave.pk}", args={"wave_id": wave.pk}, queue="score")
    return wave.pk


def scores_request_all(*, actor: Principal, reason: str) -> int:
    """Ask for every platform to be scored soon (nightly, or after a new model). Returns how many were asked for."""
    platform_ids = sorted(platform_refs())
    if platform_ids:
        score_request(actor=actor, platform_ids=platform_ids, reason=reason)
    return len(platform_ids)


def wave_close(*, actor: Principal, wave_id: int) -> list[int]:
    """Stop a wave from collecting and return the platforms it asks for. Closing twice is the same as once."""
    with acting_as(actor):
        wave = ScoreWave.objects.select_for_update().get(pk=wave_id)
        if wave.state == WaveState.OPEN:
            wave.state = WaveState.CLOSED
            wave.save(update_fields=["state"])
        return list(wave.requests.order_by("platform_id").values_list("platform_id", flat=True))


def wave_finish(*, actor: Principal, wave_id: int, result: dict[str, Any]) -> None:
    """Keep what a wave did."""
    with acting_as(actor):
        ScoreWave.objects.filter(pk=wave_id).update(state=WaveState.DONE, result=result)


def _open_wave() -> ScoreWave:
    for _attempt in range(3):
        wave = ScoreWave.objects.select_for_update().filter(state=WaveState.OPEN).first()
        if wave is not None:
            return wave
        try:
            with transaction.atomic():
                return ScoreWave.objects.create()
        except IntegrityError:
            continue
    raise Refusal("score.busy", _("Too many requests at once; ask again."))


def _subjects(platform_ids: list[int] | None, on: date) -> tuple[list[_Subject], int]:
    month = f"{on:%Y-%m}"
    histories: dict[int, list[dict[str, Any]]] = {}
    for row in monthly_indicators_for(platform_ids, month):
        histories.setdefault(row["platform_id"], []).append(row)
    refs = platform_refs(platform_ids)
    found = [
        _subject(ref.id, ref.external_ref or str(ref.public_id), histories[ref.id], month)
        for ref in sorted(refs.values(), key=lambda ref: ref.id)
        if history_until(histories.get(ref.id, ()), month)
    ]
    return found, len(refs) - len(found)


def _subject(platform_id: int, key: str, history: list[dict[str, Any]], month: str) -> _Subject:
    latest = month_of(history_until(history, month)[-1])
    return _Subject(platform_id, key, latest, features_of(history, month), impact_of(history, month))


def _scores(version: ModelVersion, bundle: dict[str, Any], subjects: list[_Subject], on: date) -> list[Score]:
    from riskmodels.scoring import estimate_all

    cuts = Cuts(**version.thresholds)
    estimates = estimate_all(bundle, [s.key for s in subjects], [s.features for s in subjects])
    before = _areas_before([subject.platform_id for subject in subjects])
    moment = clock.now()
    scores = []
    for subject, estimate in zip(subjects, estimates, strict=True):
        score = _score(subject, estimate, cuts)
        score.model_version, score.as_of, score.known_at = version, on, moment
        score.previous_area = before.get(subject.platform_id, "")
        scores.append(score)
    return scores


def _areas_before(platform_ids: list[int]) -> dict[int, str]:
    rows = Score.objects.filter(platform_id__in=platform_ids).latest_per_platform()
    return dict(rows.values_list("platform_id", "area"))


def _score(subject: _Subject, estimate: Estimate, cuts: Cuts) -> Score:
    impact, is_estimated = subject.impact.amount_cny or 0.0, subject.impact.is_estimated
    place = position_of(estimate.probability, estimate.draws, impact, cuts, is_impact_estimated=is_estimated)
    return Score(
        platform_id=subject.platform_id,
        probability=estimate.probability,
        low=place.low,
        high=place.high,
        impact_cny=Decimal(impact).quantize(CENT),
        is_impact_estimated=is_estimated,
        area=place.area,
        cell_probability=place.cell_probability,
        is_unsettled=place.is_unsettled,
        is_out_of_fold=estimate.is_out_of_fold,
        is_retrospective=estimate.is_out_of_fold,
        reasons=reasons_of(subject.features, estimate.contributions),
        features={"month": subject.month, "values": subject.features},
        input_sha256=subject.digest(),
    )


def _record(actor: Principal, version: ModelVersion, scores: list[Score], without_data: int, on: date) -> ScoringResult:
    known = set(
        Score.objects.filter(
            model_version=version, as_of=on, platform_id__in=[score.platform_id for score in scores]
        ).values_list("platform_id", "input_sha256")
    )
    fresh = [score for score in scores if (score.platform_id, score.input_sha256) not in known]
    Score.objects.bulk_create(fresh, batch_size=500)
    for score in fresh:
        event_emit(SCORE_RECORDED, _payload(score))
    raised = sum(_warn(actor, score) for score in fresh)
    return ScoringResult(
        recorded=len(fresh),
        unchanged=len(scores) - len(fresh),
        without_data=without_data,
        areas=counts(score.area for score in scores),
        retrospective=sum(s.is_retrospective for s in scores),
        unsettled=sum(score.is_unsettled for score in scores),
        warnings=raised,
        model_version_id=version.pk,
    )


def _payload(score: Score) -> dict[str, Any]:
    return {
        "score_id": score.pk,
        "platform_id": score.platform_id,
        "area": score.area,
        "previous_area": score.previous_area or None,
        "is_unsettled": score.is_unsettled,
    }


def _warn(actor: Principal, score: Score) -> bool:
    """A settled D, newly reached, or a settled move to a worse area. Unsettled cells are left to people."""
    before = score.previous_area or None
    is_newly_d = score.area == "D" and before != "D"
    if score.is_unsettled or not (is_newly_d or is_worse(score.area, before)):
        return False
    is_high = score.area == "D"
    warning_raise(
        actor=actor,
        platform_id=score.platform_id,
        kind=WarningKind.HIGH_RISK_AREA if is_high else WarningKind.AREA_WORSENED,
        level=WarningLevel.HIGH if is_high else WarningLevel.MEDIUM,
        reasons=[_area_reason(score), *score.reasons[:3]],
        subject_ref=f"score:{score.public_id}",
    )
    return True


def _area_reason(score: Score) -> dict[str, str]:
    share, before = f"{score.cell_probability:.0%}", score.previous_area
    zh_before, en_before = (f"（原为{before}区）", f" (was {before})") if before else ("", "")
    return {
        "zh": f"风险坐标位于{score.area}区{zh_before}，确定程度{share}，概率{score.probability:.1%}",
        "en": f"Risk coordinate in area {score.area}{en_before}, certainty {share}, "
        f"probability {score.probability:.1%}",
    }
