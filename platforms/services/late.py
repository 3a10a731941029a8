"""Rules that had to wait for another filing: run when its partner of the same subject and period is accepted."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from common.db.acting import acting_as
from common.principal import system_principal
from common.transitions import transition_apply
from platforms.choices import FilingState
from platforms.facts import Verdict, verdict_of
from platforms.models import Filing, FilingReport, FilingRevision
from platforms.permissions import permits
from platforms.services.jailing import run_jailed
from platforms.services.recording import checked_announce, findings_record, outcome_of, severities_of
from platforms.services.storage import path_of, publish, scratch_for
from platforms.workflow import FILING
from rulebook import selectors as rulebook
from rulebook.selectors import CheckPlan

SYSTEM = system_principal("platforms.late_check")
_WAITING = "table_missing"


@dataclass(frozen=True)
class LateCheck:
    """Results of one revision's rules that waited, not yet written."""

    revision: FilingRevision
    plan: CheckPlan
    answer: dict[str, Any]
    evidence: dict[str, str]


def late_checks(first: FilingRevision, second: FilingRevision) -> list[LateCheck]:
    """Run, for each of two revisions, the rules that only lacked the other's table. Writes nothing."""
    tables = {revision.filing.template: [path_of(revision.lake_key)] for revision in (first, second)}
    found = (_late_check(revision, tables) for revision in (first, second))
    return [late for late in found if late is not None]


def _late_check(revision: FilingRevision, tables: dict[str, list[str]]) -> LateCheck | None:
    filing = revision.filing
    with acting_as(SYSTEM):
        plan = rulebook.check_plan(filing.template, filing.subject.business_line, filing.period_end)
        waiting = _waiting(revision)
    checks = [check for check in plan.checks if check["rule_id"] in waiting and set(check["needs"]) <= set(tables)]
    if not checks:
        return None
    with scratch_for("late") as scratch:
        args = {
            "tables": tables,
            "subject_template": filing.template,
            "checks": checks,
            "evidence_dir": str(scratch.evidence),
        }
        answer = run_jailed("check", args, size=revision.content_bytes)
        paths = sorted({result["evidence_path"] for result in answer["results"] if result.get("evidence_path")})
        evidence = {path: publish(Path(path), filing, revision.number, part="evidence").key for path in paths}
    return LateCheck(revision, plan, answer, evidence)


def _waiting(revision: FilingRevision) -> set[str]:
    """Rules whose outcome was "not evaluable" for want of a table."""
    outcomes = FilingReport.objects.filter(revision=revision).values_list("outcomes", flat=True).first() or []
    return {entry["rule_id"] for entry in outcomes if (entry.get("reason") or {}).get("code") == _WAITING}


def late_record(found: list[LateCheck]) -> None:
    """Write late results inside the deciding transaction of a comparison; a filing gains findings, never loses one."""
    for late in found:
        report = FilingReport.objects.select_for_update().get(revision=late.revision)
        waiting = _waiting(late.revision)
        results = [result for result in late.answer["results"] if result["rule_id"] in waiting]
        if not results:
            continue
        findings_record(late.revision, late.plan, {**late.answer, "results": results}, late.evidence)
        _merge_outcomes(report, late.plan, results)
        verdict = _recount(late, results)
        _step_if_found(late.revision.filing, verdict)


def _merge_outcomes(report: FilingReport, plan: CheckPlan, results: list[dict[str, Any]]) -> None:
    rules = {rule.rule_id: rule for rule in plan.rules}
    decided = {result["rule_id"] for result in results}
    kept = [entry for entry in report.outcomes if entry["rule_id"] not in decided]
    report.outcomes = kept + [outcome_of(rules, result) for result in results]
    report.save(update_fields=["outcomes"])


def _recount(late: LateCheck, results: list[dict[str, Any]]) -> Verdict:
    """Add the late findings to the revision's counts; returns the verdict on all of them together."""
    revision = FilingRevision.objects.select_for_update().get(pk=late.revision.pk)
    added = verdict_of(severities_of(late.plan, results), rows_accepted=1, rows_rejected=0, file_errors=0)
    revision.blocking_count += added.blocking
    revision.major_count += added.major
    revision.minor_count += added.minor
    decided = {result["rule_id"] for result in results if result["outcome"] != "not_evaluable"}
    revision.not_evaluable_count = max(revision.not_evaluable_count - len(decided), 0)
    if added.blocking + added.major + added.minor:
        revision.state = FilingState.ACCEPTED_WITH_FINDINGS
    revision.save()
    return Verdict(str(revision.state), revision.blocking_count, revision.major_count, revision.minor_count)


def _step_if_found(filing: Filing, verdict: Verdict) -> None:
    state = Filing.objects.values_list("state", flat=True).get(pk=filing.pk)
    if state == FilingState.ACCEPTED and verdict.state == FilingState.ACCEPTED_WITH_FINDINGS:
        transition_apply(actor=SYSTEM, workflow=FILING, model=Filing, pk=filing.pk, verb="find", permits=permits)
    checked_announce(filing, verdict)
