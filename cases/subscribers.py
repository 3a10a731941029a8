"""What this app reacts to: serious findings, area D, complaint surges."""

from typing import Any

from cases.choices import CaseOrigin, LinkKind
from cases.services import Reason, case_open_or_update
from common.outbox import Event, subscriber
from common.principal import system_principal
from platforms import selectors as platforms
from riskmodels import selectors as risk

SYSTEM = system_principal("cases")
MAX_LINKED_FINDINGS = 50


@subscriber("filing.checked", name="cases.filing_checked")
def on_filing_checked(event: Event) -> None:
    """Blocking or major findings open a case about the platform, or add to the one that is running."""
    payload = event.payload
    blocking, major = int(payload.get("blocking", 0)), int(payload.get("major", 0))
    if not blocking and not major:
        return
    serious = [
        (LinkKind.FINDING.value, str(finding.id))
        for finding in platforms.findings_of_filing(payload["filing_id"])
        if finding.severity in {"blocking", "major"}
    ]
    case_open_or_update(
        actor=SYSTEM,
        platform_id=payload["platform_id"],
        origin=CaseOrigin.FINDING,
        reasons=[_findings_reason(payload, blocking, major)],
        links=[(LinkKind.FILING.value, str(payload["filing_id"])), *serious[:MAX_LINKED_FINDINGS]],
    )


def _findings_reason(payload: dict[str, Any], blocking: int, major: int) -> Reason:
    template, period = str(payload.get("template", "")), str(payload.get("period", ""))
    counts = {"template": template, "period": period, "blocking": blocking, "major": major}
    return Reason("findings", f"findings:{template}:{period}", counts)


@subscriber("score.recorded", name="cases.score_recorded")
def on_score_recorded(event: Event) -> None:
    """A score in area D (high probability, high impact) opens a case or adds to the running one."""
    payload = event.payload
    if payload.get("area") != "D":
        return
    score = risk.score_by_id(payload["score_id"])
    probability = round(score.probability, 4) if score else None
    data = {"area": "D", "previous_area": payload.get("previous_area") or "", "probability": probability}
    case_open_or_update(
        actor=SYSTEM,
        platform_id=payload["platform_id"],
        origin=CaseOrigin.AREA_D,
        reasons=[Reason("area", "area", data)],
        links=[(LinkKind.SCORE.value, str(payload["score_id"]))],
        area="D",
    )


@subscriber("warning.raised", name="cases.warning_raised")
def on_warning_raised(event: Event) -> None:
    """A surge of complaints opens a case; other warnings come from findings and scores, which do so themselves."""
    payload = event.payload
    if payload.get("kind") != "complaint_surge":
        return
    case_open_or_update(
        actor=SYSTEM,
        platform_id=payload["platform_id"],
        origin=CaseOrigin.WARNING,
        reasons=[Reason("surge", "surge", {})],
        links=[(LinkKind.WARNING.value, str(payload["warning_id"]))],
    )
