"""The check of a submitted filing: read, check, publish, decide. Safe to run again at every point.

Nothing is decided before the last transaction, which the job's lease fences. A run that dies before it leaves at
most files that no row names; the sweep removes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.jail import JailFailure
from analytics.lake import LakeFile
from common import clock
from common.db.acting import acting_as
from common.jobs import JobRun
from common.principal import system_principal
from common.transitions import transition_apply
from platforms.choices import ACCEPTED_STATES, DECIDED_STATES, FilingState
from platforms.facts import PROCESS_JOB, Verdict, verdict_of
from platforms.models import Filing, FilingRevision
from platforms.permissions import permits
from platforms.services.comparing import comparisons_enqueue
from platforms.services.jailing import PATIENCE, run_jailed_twice, shown_progress
from platforms.services.recording import (
    checked_announce,
    findings_close_superseded,
    findings_record,
    report_record,
    revision_record,
    severities_of,
)
from platforms.services.storage import Scratch, path_of, publish, scratch_for
from platforms.workflow import FILING, VERDICT_VERB
from rulebook import selectors as rulebook
from rulebook.selectors import CheckPlan

SYSTEM = system_principal(PROCESS_JOB)


@dataclass(frozen=True)
class Work:
    """All that a check needs, read in one short transaction."""

    revision: FilingRevision
    plan: CheckPlan
    tables: dict[str, list[str]]

    @property
    def filing(self) -> Filing:
        """The filing of the revision."""
        return self.revision.filing


def filing_process(job: JobRun) -> None:
    """Check one submitted revision and decide its filing.

    The handler of the job `platforms.filing_process` with args {filing_id, revision}. A revision that was decided
    before is left alone. A file that cannot be read returns the filing with its errors; it never fails the job.
    """
    work = _begin(job.args["filing_id"], job.args["revision"])
    if work is None:
        with job.finish({"state": "decided before"}):
            return
    with scratch_for(str(work.filing.subject.public_id)) as scratch:
        with shown_progress(job, "read and check", scratch.parquet, size=work.revision.content_bytes):
            answer = _ingest_and_check(work, scratch, job.attempt)
        kept = _publish(work, scratch, answer)
    with job.finish() as outcome:
        verdict = _decide(work, answer, kept)
        outcome.update(state=verdict.state, rows=answer["rows_total"], rejected=answer["rows_rejected"])


def _begin(filing_id: int, number: int) -> Work | None:
    with acting_as(SYSTEM):
        revision = FilingRevision.objects.select_related("filing__subject").get(filing_id=filing_id, number=number)
        filing = revision.filing
        if revision.state in DECIDED_STATES:
            return None
        if filing.state == FilingState.SUBMITTED:
            _step(filing, "start")
        plan = rulebook.check_plan(filing.template, filing.subject.business_line, filing.period_end)
        return Work(revision, plan, tables_beside(filing, _needed_tables(plan)))


def _step(filing: Filing, verb: str) -> None:
    transition_apply(actor=SYSTEM, workflow=FILING, model=Filing, pk=filing.pk, verb=verb, permits=permits)


def _needed_tables(plan: CheckPlan) -> set[str]:
    return {table for check in plan.checks for table in check["needs"]}


def tables_beside(filing: Filing, needed: set[str]) -> dict[str, list[str]]:
    """Lake files that rules read beside the filing: the subject's other templates, and `<template>_market`.

    Only accepted revisions of the same period count; the filing's own earlier revisions never do.
    """
    wanted = needed - {filing.template}
    if not wanted:
        return {}
    bases = {name.removesuffix("_market") for name in wanted}
    revisions = FilingRevision.objects.in_force().exclude(filing_id=filing.pk)
    revisions = revisions.filter(filing__period=filing.period, filing__template__in=bases)
    if not any(name.endswith("_market") for name in wanted):
        revisions = revisions.filter(filing__subject_id=filing.subject_id)
    tables: dict[str, list[str]] = {}
    for template, subject_id, key in revisions.values_list("filing__template", "filing__subject_id", "lake_key"):
        if subject_id == filing.subject_id and template in wanted:
            tables.setdefault(template, []).append(path_of(key))
        if f"{template}_market" in wanted:
            tables.setdefault(f"{template}_market", []).append(path_of(key))
    return tables


def _ingest_and_check(work: Work, scratch: Scratch, attempt: int) -> dict[str, Any]:
    filing, revision = work.filing, work.revision
    tables = {name: list(paths) for name, paths in work.tables.items()}
    if f"{filing.template}_market" in _needed_tables(work.plan):
        tables.setdefault(f"{filing.template}_market", []).append(str(scratch.parquet))
    args = {
        "source": path_of(revision.staged_key),
        "media_type": revision.media_type,
        "template": filing.template,
        "period": filing.period,
        "out_parquet": str(scratch.parquet),
        "out_rejected_csv": str(scratch.rejected_csv),
        "tables": tables,
        "subject_template": filing.template,
        "checks": list(work.plan.checks),
        "evidence_dir": str(scratch.evidence),
    }
    try:
        return run_jailed_twice("ingest_and_check", args, size=revision.content_bytes)
    except JailFailure as failure:
        if attempt < PATIENCE[failure.code]:
            raise
        return _unreadable(failure)


def _unreadable(failure: JailFailure) -> dict[str, Any]:
    """The answer for a file that breaks its reader every time: an error of the file, not of the job."""
    error = {"code": f"file.{failure.code}", "message": dict(failure.message), "cure": dict(failure.cure)}
    return {
        "rows_total": 0,
        "rows_accepted": 0,
        "rows_rejected": 0,
        "rejected": [],
        "file_errors": [error],
        "results": [],
        "engine": "",
    }


@dataclass(frozen=True)
class Kept:
    """Files of a run that now have their immutable place."""

    rows: LakeFile | None
    rejected_key: str
    evidence: dict[str, str]


def _publish(work: Work, scratch: Scratch, answer: dict[str, Any]) -> Kept:
    filing, number = work.filing, work.revision.number
    rows = None
    if not answer["file_errors"] and answer["rows_accepted"]:
        rows = publish(scratch.parquet, filing, number)
    rejected = ""
    if answer["rows_rejected"] and scratch.rejected_csv.exists():
        rejected = publish(scratch.rejected_csv, filing, number, part="rejected").key
    paths = {result["evidence_path"] for result in answer["results"] if result.get("evidence_path")}
    evidence = {path: publish(Path(path), filing, number, part="evidence").key for path in sorted(paths)}
    return Kept(rows, rejected, evidence)


def _decide(work: Work, answer: dict[str, Any], kept: Kept) -> Verdict:
    """Everything that is remembered of a check; runs inside the job's final transaction."""
    revision, filing = work.revision, work.filing
    if kept.rows is not None:
        answer["results"] += _timeliness(work)
    results = answer["results"]
    verdict = verdict_of(
        severities_of(work.plan, results),
        rows_accepted=answer["rows_accepted"],
        rows_rejected=answer["rows_rejected"],
        file_errors=len(answer["file_errors"]),
    )
    if kept.rows is not None:
        revision.lake_key, revision.lake_sha256 = kept.rows.key, kept.rows.sha256
    revision_record(revision, answer, verdict)
    report_record(revision, work.plan, answer, kept.rejected_key)
    findings_record(revision, work.plan, answer, kept.evidence)
    _step(filing, VERDICT_VERB[verdict.state])
    if verdict.state in ACCEPTED_STATES:
        Filing.objects.filter(pk=filing.pk).update(accepted_number=revision.number)
        findings_close_superseded(revision)
        comparisons_enqueue(filing, revision)
    checked_announce(filing, verdict)
    return verdict


def _timeliness(work: Work) -> list[dict[str, Any]]:
    """Outcomes of the deadline rules: a correction is as timely as the first revision that was accepted."""
    revision = work.revision
    first = revision.filing.revisions.filter(number__lt=revision.number, state__in=ACCEPTED_STATES).order_by("number")
    earlier = first.first() if revision.number > 1 else None
    done = (earlier or revision).submitted_at or clock.now()
    return rulebook.deadline_results(
        work.plan,
        started=revision.filing.period_end,
        done=done.astimezone(clock.LEGAL_ZONE).date(),
        today=clock.today(),
    )
