"""Writing what a check found: the report of the revision and its findings, inside the deciding transaction."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

from common import clock
from common.outbox import event_emit
from platforms import events
from platforms.choices import FindingState, Severity
from platforms.facts import Verdict
from platforms.models import Filing, FilingReport, FilingRevision, Finding, Platform
from regulators.selectors import authority_ref, competent_owner
from rulebook.selectors import CheckPlan, RuleRef

_OWNER_SECONDS = 30.0
_owners: dict[tuple[str, str, date], tuple[float, int]] = {}
MAX_ROW_NUMBERS = 20
_KEPT_OF_INGEST = ("columns_present", "columns_all_null", "currencies", "totals", "rejected_by_code", "usage")


def owner_authority_id(platform: Platform, on: date) -> int | None:
    """The authority that owns findings about an institution on a day, by the pack's ownership rule.

    None where the map has a gap or an overlap.

    An answer is kept for half a minute per line and region, because every finding of a filing season asks the same.
    """
    key = (platform.business_line, platform.region, on)
    kept_at, owner = _owners.get(key, (-_OWNER_SECONDS, 0))
    if time.monotonic() - kept_at < _OWNER_SECONDS and authority_ref(owner) is not None:
        return owner
    lead = competent_owner("finding", platform.business_line, platform.region, on).lead
    if lead is None:
        return None
    _owners[key] = (time.monotonic(), lead.id)
    return lead.id


def findings_record(
    revision: FilingRevision, plan: CheckPlan, answer: dict[str, Any], evidence: dict[str, str]
) -> list[Finding]:
    """Insert one finding per failed rule and subject; `evidence` maps a run's files to their lake keys.

    Running again on the same revision adds nothing.
    """
    failed = [result for result in answer["results"] if result["outcome"] == "failed"]
    if not failed:
        return []
    filing = revision.filing
    rules = {rule.rule_id: rule for rule in plan.rules}
    queries = {check["rule_id"]: check.get("sql", "") for check in plan.checks}
    owner, moment = owner_authority_id(filing.subject, clock.today()), clock.real_now()
    common = {
        "revision": revision,
        "platform_id": filing.platform_id,
        "owner_authority_id": owner,
        "engine": answer.get("engine") or "",
        "as_of": filing.period_end,
        "known_at": moment,
    }
    rows = [
        _finding(
            rules[result["rule_id"]],
            result,
            queries.get(result["rule_id"], ""),
            {**common, "evidence_key": evidence.get(result.get("evidence_path") or "", "")},
        )
        for result in failed
    ]
    return Finding.objects.bulk_create(rows, ignore_conflicts=True)


def _finding(rule: RuleRef, result: dict[str, Any], sql: str, values: dict[str, Any]) -> Finding:
    return Finding(
        rule_version_id=rule.rule_version_id,
        rule_id=rule.rule_id,
        severity=rule.severity,
        title_zh=rule.title["zh"],
        title_en=rule.title["en"],
        subject=str(result.get("subject") or "")[:200],
        count=int(result.get("count") or 0),
        measured=_short(result.get("measured")),
        threshold=_short(result.get("threshold")),
        row_numbers=list(result.get("row_numbers") or [])[:MAX_ROW_NUMBERS],
        evidence_sha256=result.get("evidence_sha256") or "",
        compiled_sql=sql,
        legal_basis=rule.legal_basis,
        **values,
    )


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:120]


def findings_close_superseded(revision: FilingRevision) -> None:
    """Close what was found in earlier revisions once a correction is accepted; the rows stay as they are."""
    if revision.number > 1:
        earlier = Finding.objects.filter(revision__filing_id=revision.filing_id, revision__number__lt=revision.number)
        earlier.exclude(state=FindingState.CLOSED).update(state=FindingState.CLOSED)


def severities_of(plan: CheckPlan, results: list[dict[str, Any]]) -> list[str]:
    """The severity of each failed result."""
    weights = {rule.rule_id: rule.severity for rule in plan.rules}
    return [weights.get(result["rule_id"], Severity.MINOR) for result in results if result["outcome"] == "failed"]


def report_record(revision: FilingRevision, plan: CheckPlan, answer: dict[str, Any], rejected_key: str) -> None:
    """Write the outcomes of all rules, the rejected rows and the errors of the file."""
    rules = {rule.rule_id: rule for rule in plan.rules}
    FilingReport.objects.filter(revision=revision).update(
        outcomes=[outcome_of(rules, result) for result in answer["results"]],
        rejected=answer["rejected"],
        rejected_key=rejected_key,
        file_errors=answer["file_errors"],
        ingest={key: answer[key] for key in _KEPT_OF_INGEST if key in answer},
    )


def outcome_of(rules: dict[str, RuleRef], result: dict[str, Any]) -> dict[str, Any]:
    """What the report keeps of one rule's result, with the number of rows it could not judge."""
    rule = rules.get(result["rule_id"])
    kept = {
        "rule_id": result["rule_id"],
        "rule_version_id": None if rule is None else rule.rule_version_id,
        "outcome": result["outcome"],
    }
    if result.get("unjudged"):
        kept["unjudged"] = int(result["unjudged"])
    return kept if not result.get("reason") else {**kept, "reason": result["reason"]}


def revision_record(revision: FilingRevision, answer: dict[str, Any], verdict: Verdict) -> None:
    """Write the verdict and the counts of one revision."""
    revision.state = verdict.state
    revision.rows_total = answer["rows_total"]
    revision.rows_accepted, revision.rows_rejected = answer["rows_accepted"], answer["rows_rejected"]
    revision.blocking_count, revision.major_count, revision.minor_count = verdict.blocking, verdict.major, verdict.minor
    revision.not_evaluable_count = sum(result["outcome"] == "not_evaluable" for result in answer["results"])
    revision.engine = answer.get("engine") or ""
    revision.checked_at = clock.now()
    revision.save()


def checked_announce(filing: Filing, verdict: Verdict) -> None:
    """Tell the apps above what a check meant for a filing."""
    event_emit(
        events.FILING_CHECKED,
        {
            "filing_id": filing.pk,
            "platform_id": filing.subject_id,
            "template": filing.template,
            "period": filing.period,
            "state": verdict.state,
            "blocking": verdict.blocking,
            "major": verdict.major,
            "minor": verdict.minor,
        },
    )
