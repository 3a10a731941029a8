"""The demo's report: what was filed, found, scored, opened, complained about and put on the agenda."""

import hashlib
from collections import Counter
from typing import Any

from cases import selectors as case_reads
from common.db.acting import acting_as
from common.principal import Principal, system_principal
from complaints import selectors as complaint_reads
from config.demo import market
from config.demo.steps import Demo
from platforms import selectors as platform_reads
from regulators import selectors as regulator_reads
from riskmodels import selectors as risk_reads


def collect(demo: Demo) -> dict[str, Any]:
    """Every number of the report, from the selectors; the same for a second run but for timings."""
    with acting_as(system_principal("demo")) as actor:
        findings = [
            finding for ref in platform_reads.platform_refs() for finding in platform_reads.findings_of(ref)
        ]
        totals = platform_reads.filing_totals()
        numbers = {
            "source": demo.source,
            "platforms": len(platform_reads.platform_refs()),
            "filings": totals["filings"],
            "rows_accepted": totals["rows_accepted"],
            "rows_rejected": totals["rows_rejected"],
            "rules_not_evaluable": totals["not_evaluable"],
            "findings": totals["findings"],
            "findings_by_rule": dict(sorted(Counter(finding.rule_id for finding in findings).items())),
            "areas": risk_reads.area_counts(),
            "scores": _scores(actor),
            "model": _model(),
            "warnings": risk_reads.warning_counts(),
            "cases": case_reads.case_totals(),
            "complaints": complaint_reads.complaint_totals(),
            "complaint_clocks": [
                {"clock": item.clock, "due_on": item.due_on.isoformat(), "state": item.state}
                for item in complaint_reads.open_clocks(actor)
            ],
            "law": demo.facts.get("law", {}),
            "meeting": demo.facts.get("meeting", {}),
            "hand_overs": _states(regulator_reads.handovers_visible_to(actor)),
            "questions": _states(regulator_reads.consultations_visible_to(actor)),
            "agenda": [line.title for line in regulator_reads.agenda_of(market.QUARTER)],
        }
    numbers["natural_keys_sha256"] = _natural_keys()
    numbers["filing_run"] = demo.facts.get("filing", {})
    if "floors" in demo.facts:
        numbers["floors"] = demo.facts["floors"]
    numbers["seconds_by_step"] = demo.progress.timings()
    return numbers


def _scores(actor: Principal) -> dict[str, int]:
    found = risk_reads.latest_scores(actor)
    return {
        "scored": len(found),
        "out_of_fold_retrospective": sum(score.is_retrospective for score in found),
        "unsettled": sum(score.is_unsettled for score in found),
    }


def _model() -> dict[str, Any]:
    model = risk_reads.active_model()
    if model is None:
        return {}
    kept = ("auc", "auc_low", "auc_high", "brier", "brier_base", "n", "events")
    return {"trained_on": model.trained_on, **{name: model.metrics[name] for name in kept if name in model.metrics}}


def _states(rows: Any) -> dict[str, int]:
    """Counts by state."""
    return dict(sorted(Counter(rows.values_list("state", flat=True)).items()))


def _natural_keys() -> str:
    """A digest over what identifies the rows, not their numbers: equal runs have equal digests."""
    actor = system_principal("demo")
    with acting_as(actor):
        rows = platform_reads.filings_visible_to(actor).values_list(
            "platform__external_ref", "subject__external_ref", "template", "period", "state"
        )
        keys = sorted("|".join(str(part) for part in row) for row in rows)
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()
