"""Verbs on early warnings: raise, acknowledge, close, publish."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_apply, transition_record
from riskmodels.choices import WarningKind, WarningLevel
from riskmodels.events import WARNING_RAISED
from riskmodels.models import Warning
from riskmodels.permissions import permits
from riskmodels.workflow import WARNING


def warning_raise(
    *,
    actor: Principal,
    platform_id: int,
    kind: str,
    level: str,
    reasons: Sequence[dict[str, Any]],
    subject_ref: str = "",
) -> int:
    """Raise a warning, or count the standing one of this platform and kind once more. Returns its id.

    Reasons carry ``zh`` and ``en``. A standing warning keeps the higher level and takes the newest reasons; only a new
    warning is announced. Refuses actors without ``warnings.raise`` and unknown kinds or levels.
    """
    _check(actor, "warnings.raise")
    if kind not in WarningKind.values or level not in WarningLevel.values:
        raise Refusal("warning.unknown_kind", _("There is no such kind or level of warning."), field="kind", status=422)
    with acting_as(actor):
        standing = _seen_again(platform_id, kind, level, reasons)
        if standing is not None:
            return standing
        warning = Warning(
            platform_id=platform_id, kind=kind, level=level, reasons=list(reasons), subject_ref=subject_ref
        )
        return _raise(actor, warning)


def warning_acknowledge(*, actor: Principal, warning_id: int, note: str = "") -> int:
    """Say that somebody is looking. Refuses a warning that is not open."""
    return _step(actor, warning_id, "acknowledge", note)


def warning_close(*, actor: Principal, warning_id: int, note: str) -> int:
    """Close a warning with a note that says why. Refuses an empty note and a closed warning."""
    if not note.strip():
        raise Refusal("warning.note_missing", _("Say why the warning is closed."), field="note", status=422)
    return _step(actor, warning_id, "close", note)


def warning_publish(*, actor: Principal, warning_id: int, text_zh: str, text_en: str) -> int:
    """Show a warning to the public with words written for the public. Refuses empty words in either language."""
    _check(actor, "warnings.publish")
    if not text_zh.strip() or not text_en.strip():
        raise Refusal("warning.text_missing", _("A public warning needs words in both languages."), status=422)
    with acting_as(actor):
        warning = Warning.objects.select_for_update().filter(pk=warning_id).first()
        if warning is None:
            raise NotYours("warning")
        warning.is_public, warning.public_text_zh, warning.public_text_en = True, text_zh, text_en
        warning.save(update_fields=["is_public", "public_text_zh", "public_text_en"])
        transition_record(
            workflow=WARNING, pk=warning.pk, verb="publish", source=warning.state, target=warning.state, actor=actor
        )
    return warning_id


def _check(actor: Principal, permission: str) -> None:
    if not permits(actor, permission):
        raise Refusal(
            "warning.not_permitted",
            _("You may not do this."),
            status=403,
            cure=_("Ask an officer of the responsible authority."),
        )


def _step(actor: Principal, warning_id: int, verb: str, note: str) -> int:
    with acting_as(actor):
        transition_apply(
            actor=actor, workflow=WARNING, model=Warning, pk=warning_id, verb=verb, permits=permits, note=note
        )
    return warning_id


def _seen_again(platform_id: int, kind: str, level: str, reasons: Sequence[dict[str, Any]]) -> int | None:
    standing = Warning.objects.standing().select_for_update().filter(platform_id=platform_id, kind=kind).first()
    if standing is None:
        return None
    is_higher = level == WarningLevel.HIGH
    Warning.objects.filter(pk=standing.pk).update(
        times_seen=F("times_seen") + 1,
        last_seen_at=clock.now(),
        level=WarningLevel.HIGH if is_higher else standing.level,
        reasons=list(reasons),
    )
    return standing.pk


def _raise(actor: Principal, warning: Warning) -> int:
    try:
        with transaction.atomic():
            warning.save(force_insert=True)
    except IntegrityError:
        again = _seen_again(warning.platform_id, warning.kind, warning.level, warning.reasons)
        if again is None:
            raise
        return again
    transition_record(workflow=WARNING, pk=warning.pk, verb="raise", source="", target="open", actor=actor)
    announced = {"platform_id": warning.platform_id, "kind": str(warning.kind), "level": str(warning.level)}
    event_emit(WARNING_RAISED, {"warning_id": warning.pk, **announced})
    return warning.pk
