"""What this app reacts to."""

from __future__ import annotations

from typing import Any

from common import clock
from common.outbox import Event, subscriber
from common.principal import system_principal
from riskmodels.choices import WarningKind, WarningLevel
from riskmodels.facts import is_recent_period
from riskmodels.reasons import findings_reason
from riskmodels.services import score_request, scores_request_all, warning_raise

SYSTEM = system_principal("riskmodels")


@subscriber("filing.checked", name="riskmodels.filing_checked", queue="score")
def on_filing_checked(event: Event) -> None:
    """Serious findings raise a warning; new indicators of the current months ask for a score.

    Old months (history filed late, imports) are left to the next full run: they would be scored as if they were news.
    """
    payload = event.payload
    if payload.get("blocking") or payload.get("major"):
        _warn_of_findings(payload)
    is_indicator = payload.get("template") == "monthly_indicators"
    if is_indicator and is_recent_period(str(payload.get("period", "")), clock.today()):
        score_request(actor=SYSTEM, platform_ids=[payload["platform_id"]], reason="filing.checked")


@subscriber("model.activated", name="riskmodels.score_all", queue="score")
def on_model_activated(event: Event) -> None:
    """A new model scores everyone."""
    scores_request_all(actor=SYSTEM, reason="model.activated")


def _warn_of_findings(payload: dict[str, Any]) -> None:
    blocking, major = int(payload.get("blocking", 0)), int(payload.get("major", 0))
    warning_raise(
        actor=SYSTEM,
        platform_id=payload["platform_id"],
        kind=WarningKind.SERIOUS_FINDINGS,
        level=WarningLevel.HIGH if blocking else WarningLevel.MEDIUM,
        reasons=[findings_reason(str(payload.get("template", "")), str(payload.get("period", "")), blocking, major)],
        subject_ref=f"filing:{payload['filing_id']}",
    )
