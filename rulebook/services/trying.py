"""Try a draft on real filings in the background: ask, stop, do. What comes out is kept with the draft.

Only the draft's own trial is written; filings, findings and the lake stay as they are.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.jobs import JobRun, job_enqueue, job_of
from common.principal import Principal
from rulebook.choices import RehearsalState
from rulebook.entries import Text
from rulebook.facts import REHEARSAL_JOB, rehearsal_key
from rulebook.models import DraftRehearsal, RuleDraft
from rulebook.permissions import require
from rulebook.services.drafting import TEXT_LIMIT, draft_report
from rulebook.services.rehearsal import RehearsalReport, RehearsalRow, rehearsal_check, rule_rehearse

QUEUE = "score"  # the queue of slow sums: filings that wait for their verdict come first
MOST_SKIPS = 100


class _Stopped(Exception):  # noqa: N818 - reads as what happened
    """Somebody stopped the trial while it ran."""


def rehearsal_start(*, actor: Principal, draft_id: int, text: str, on: date) -> int:
    """Ask for a trial of a text, saved or not, by the law of a day. Returns the trial's number.

    Refuses: no permission to draft, an unknown draft, a text that is not sound or touches no check, a trial of this
    draft that still runs. One that broke down for good makes room for the next.
    """
    require(actor, "rule.rehearse")
    with acting_as(actor):
        draft = RuleDraft.objects.select_for_update(of=("self",)).filter(pk=draft_id).first()
        if draft is None:
            raise NotYours("rule_draft")
        _refuse_second(actor, draft)
        _refuse_unsound(text, draft.pack)
        rehearsal_check(actor=actor, on=on, rule_text=text, pack=draft.pack)
        trial = DraftRehearsal.objects.create(
            draft=draft, on=on, text=text, asked_by=actor.label, asked_as=actor.as_dict(), asked_at=clock.now()
        )
        job_enqueue(kind=REHEARSAL_JOB, key=rehearsal_key(trial.pk), args={"rehearsal_id": trial.pk}, queue=QUEUE)
        return int(trial.pk)


def _refuse_second(actor: Principal, draft: RuleDraft) -> None:
    running = DraftRehearsal.objects.filter(draft=draft, state=RehearsalState.OPEN).first()
    if running is None:
        return
    job = job_of(REHEARSAL_JOB, rehearsal_key(running.pk))
    if job is not None and job.state == "failed":
        _end(running, RehearsalState.FAILED, by=actor.label)
        return
    raise Refusal(
        "rule_rehearsal.running", _("This draft is being tried at the moment."), field="draft",
        cure=_("Wait for its result, or stop it first."),
    )


def _refuse_unsound(text: str, pack: str) -> None:
    if len(text) > TEXT_LIMIT or not draft_report(text, pack=pack).is_sound:
        raise Refusal(
            "rule_draft.unsound", _("The text has problems."), field="text", status=422,
            cure=_("Correct the text first; then it can be tried on filings."),
        )


def rehearsal_stop(*, actor: Principal, draft_id: int) -> None:
    """Stop the trial that runs for a draft; the filing at hand is finished, nothing is kept.

    Refuses: no permission to draft, an unknown draft, no trial that runs.
    """
    require(actor, "rule.rehearse")
    with acting_as(actor):
        if not RuleDraft.objects.filter(pk=draft_id).exists():
            raise NotYours("rule_draft")
        running = DraftRehearsal.objects.select_for_update().filter(draft=draft_id, state=RehearsalState.OPEN).first()
        if running is None:
            raise Refusal("rule_rehearsal.not_running", _("No trial of this draft is running."), field="draft",
                          cure=_("Look at its result, or start a new one."))  # fmt: skip
        _end(running, RehearsalState.CANCELLED, by=actor.label)


def _end(trial: DraftRehearsal, state: str, *, by: str, result: dict[str, Any] | None = None) -> None:
    trial.state, trial.ended_at, trial.ended_by, trial.result = state, clock.now(), by, result
    trial.save(update_fields=["state", "ended_at", "ended_by", "result"])


def rehearsal_process(job: JobRun) -> None:
    """Do a trial. May run twice, late or never: the result is written once, together with the job's end.

    A trial that somebody stopped, or that has its result, is left alone. A refusal is a result too.
    """
    trial = DraftRehearsal.objects.select_related("draft").get(pk=job.args["rehearsal_id"])
    state, result = RehearsalState.DONE, {}
    try:
        _go_on(trial.pk)
        result = _report(_tried(job, trial))
    except _Stopped:
        state = RehearsalState.CANCELLED
    except Refusal as refusal:
        state, result = RehearsalState.FAILED, {"refusal": _in_both(refusal)}
    with job.finish({"state": str(state)}):
        still = DraftRehearsal.objects.select_for_update().filter(pk=trial.pk, state=RehearsalState.OPEN).first()
        if still is not None and state != RehearsalState.CANCELLED:
            _end(still, state, by=trial.asked_by, result=result)


def _tried(job: JobRun, trial: DraftRehearsal) -> RehearsalReport:
    def show(done: int, total: int) -> None:
        job.progress("filings", done=done, total=total)
        _go_on(trial.pk)

    actor = _principal(trial.asked_as)
    require(actor, "rule.rehearse")
    return rule_rehearse(actor=actor, on=trial.on, rule_text=trial.text, pack=trial.draft.pack, progress=show)


def _go_on(pk: int) -> None:
    if not DraftRehearsal.objects.filter(pk=pk, state=RehearsalState.OPEN).exists():
        raise _Stopped


def _principal(given: dict[str, Any]) -> Principal:
    return Principal(**{
        **given, "authority_ids": tuple(given["authority_ids"]), "roles": frozenset(given["roles"]),
    })  # fmt: skip


def _in_both(refusal: Refusal) -> Text:
    said = {}
    for key, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[key] = f"{refusal.message} {refusal.cure}".strip()
    return said


def _report(report: RehearsalReport) -> dict[str, Any]:
    """What is kept: counts by platform, never a row, a subject or a borrower."""
    return {
        "rules": list(report.rules), "filings": report.filings, "rows": report.rows, "seconds": report.seconds,
        "before": report.before, "after": report.after,
        "platforms": [_platform(row) for row in report.platforms if row.before or row.after],
        "skipped": [{"what": skip.what, "reason": dict(skip.reason)} for skip in report.skipped[:MOST_SKIPS]],
        "skips": len(report.skipped),
    }


def _platform(row: RehearsalRow) -> dict[str, Any]:
    return {
        "platform": row.platform_ref, "name": row.name, "before": row.before, "after": row.after,
        "rows_before": row.rows_before, "rows_after": row.rows_after,
    }
