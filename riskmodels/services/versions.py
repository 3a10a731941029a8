"""Verbs on model versions: fit, propose, activate, retire."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.logs import get_logger
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_apply, transition_record
from riskmodels.choices import ModelState, Purpose
from riskmodels.events import MODEL_ACTIVATED
from riskmodels.models import ModelVersion
from riskmodels.permissions import permits
from riskmodels.services.files import model_directory
from riskmodels.workflow import MODEL_VERSION

if TYPE_CHECKING:
    from riskmodels.training import FitSettings, Fitted, FittingSet

log = get_logger(__name__)


def model_fit(*, actor: Principal, data: FittingSet, settings: FitSettings | None = None) -> int:
    """Fit a candidate on a fitting set and register its file. Returns the version's id.

    The same data and settings again give the version that exists. Refuses ``model.leak`` when a column's absence or
    value carries the outcome, ``model.too_few_events``, and actors without ``models.fit``; then nothing is kept.
    """
    from riskmodels.fitting import data_sha256
    from riskmodels.modelfile import model_write
    from riskmodels.training import FitSettings as Defaults

    _check(actor, "models.fit")
    chosen = settings or Defaults()
    digest = data_sha256(data)
    with acting_as(actor):
        known = _known_version(digest, asdict(chosen))
    if known is not None:
        return known
    fitted = _fit(data, chosen)
    sha256, size = model_write(fitted.bundle, model_directory())
    with acting_as(actor):
        return _register(actor, data, chosen, fitted, _File(sha256, size, digest)).pk


def model_propose(*, actor: Principal, model_version_id: int, reason: str) -> int:
    """First of the two persons an activation needs. Refuses versions that failed a gate."""
    _check(actor, "models.activate")
    with acting_as(actor):
        version = transition_apply(
            actor=actor,
            workflow=MODEL_VERSION,
            model=ModelVersion,
            pk=model_version_id,
            verb="propose",
            permits=permits,
            guards={"gates_passed": _gates_passed},
            note=reason,
        )
        version.proposed_by_id = actor.user_id
        version.save(update_fields=["proposed_by"])
    return model_version_id


def model_activate(*, actor: Principal, model_version_id: int, reason: str) -> int:
    """Put a version to work; the one in use retires in the same transaction.

    Staff: a second person, not the proposer (maker and checker). The system (demo, tests) may do it alone but must give
    a reason, which is kept. Refuses versions that failed a gate.
    """
    _check(actor, "models.activate")
    with acting_as(actor):
        _retire_active(actor, except_id=model_version_id)
        version = transition_apply(
            actor=actor,
            workflow=MODEL_VERSION,
            model=ModelVersion,
            pk=model_version_id,
            verb="activate",
            permits=permits,
            note=reason,
            guards={"gates_passed": _gates_passed, "second_person": lambda row: _second_person(actor, row, reason)},
        )
        version.approved_by, version.approval_reason = actor.label, reason
        version.activated_at, version.retired_at = clock.now(), None
        version.save(update_fields=["approved_by", "approval_reason", "activated_at", "retired_at"])
        event_emit(MODEL_ACTIVATED, {"model_version_id": version.pk, "purpose": version.purpose})
    return model_version_id


def model_ensure(*, actor: Principal, shared_data: Path | None, reason: str) -> int:
    """A working platform model for demo and set-up: fitted on the real panel if present, else on an invented market.

    ``trained_on`` says which. Keeps an active version fitted on the same data. Returns the active version's id.
    """
    from riskmodels.fitting import generated_fitting_set, shared_fitting_set

    data = shared_fitting_set(shared_data) if shared_data is not None else None
    version_id = model_fit(actor=actor, data=data or generated_fitting_set())
    with acting_as(actor):
        is_active = ModelVersion.objects.active().filter(pk=version_id).exists()
    return version_id if is_active else model_activate(actor=actor, model_version_id=version_id, reason=reason)


def _check(actor: Principal, permission: str) -> None:
    if not permits(actor, permission):
        raise Refusal(
            "model.not_permitted",
            _("You may not do this."),
            status=403,
            cure=_("Ask a supervisor or the secretariat."),
        )


def _known_version(data_digest: str, settings: dict[str, Any]) -> int | None:
    from riskmodels.modelfile import model_path

    rows = ModelVersion.objects.filter(data_sha256=data_digest, fit_settings=settings).order_by("-number")
    found = [row.pk for row in rows if model_path(model_directory(), row.sha256).exists()]
    return found[0] if found else None


def _fit(data: FittingSet, settings: FitSettings) -> Fitted:
    from riskmodels.training import LeakFoundError, TooFewEventsError, fit

    try:
        return fit(data, settings)
    except LeakFoundError as error:
        raise Refusal(
            "model.leak",
            _("A column carries the outcome, so the fit was stopped."),
            field=error.column,
            cure=_("Leave the column out, or find out who filled it in after the outcome was known."),
        ) from error
    except TooFewEventsError as error:
        raise Refusal(
            "model.too_few_events",
            _("There are not enough known failures for a statistical model."),
            cure=_("Use an expert assessment until more outcomes are known."),
        ) from error


@dataclass(frozen=True)
class _File:
    """A written model file and the data it came from."""

    sha256: str
    size_bytes: int
    data_sha256: str


def _register(actor: Principal, data: FittingSet, settings: FitSettings, fitted: Fitted, file: _File) -> ModelVersion:
    last = ModelVersion.objects.filter(purpose=Purpose.PLATFORM_FAILURE).aggregate(last=Max("number"))["last"]
    version = ModelVersion.objects.create(
        purpose=Purpose.PLATFORM_FAILURE,
        number=(last or 0) + 1,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        data_sha256=file.data_sha256,
        trained_on=data.trained_on,
        trained_month=data.month,
        is_generated_data=data.is_generated,
        features=list(data.names),
        fit_settings=asdict(settings),
        metrics=fitted.metrics,
        gates=fitted.gates,
        thresholds=fitted.cuts.as_dict(),
        fitted_by=actor.label,
    )
    transition_record(
        workflow=MODEL_VERSION,
        pk=version.pk,
        verb="fit",
        source="",
        target=ModelState.CANDIDATE,
        actor=actor,
        note=data.trained_on,
    )
    log.info("model.fitted", version=version.pk, auc=fitted.metrics["auc"], events=fitted.metrics["events"])
    return version


def _retire_active(actor: Principal, except_id: int) -> None:
    for version in ModelVersion.objects.select_for_update().active().exclude(pk=except_id):
        row = transition_apply(
            actor=actor,
            workflow=MODEL_VERSION,
            model=ModelVersion,
            pk=version.pk,
            verb="retire",
            permits=permits,
            note=f"replaced by version {except_id}",
        )
        row.retired_at, row.proposed_by = clock.now(), None
        row.save(update_fields=["retired_at", "proposed_by"])


def _gates_passed(version: ModelVersion) -> None:
    failed = sorted(name for name, is_passed in version.gates.items() if not is_passed)
    if failed:
        raise Refusal(
            "model.gate_failed",
            _("The version did not pass: %(gates)s.") % {"gates": ", ".join(failed)},
            field="gates",
            cure=_("Fit a better candidate; a failed gate cannot be waived."),
        )


def _second_person(actor: Principal, version: ModelVersion, reason: str) -> None:
    if actor.kind == "system":
        if not reason.strip():
            raise Refusal("model.reason_missing", _("Say why the system activates a model by itself."), field="reason")
        return
    if version.proposed_by_id is None or version.proposed_by_id == actor.user_id:
        raise Refusal(
            "model.second_person",
            _("Two different people must agree to a model."),
            status=403,
            cure=_("One person proposes the version, another activates it."),
        )
