"""Trials of a draft: the one that runs, and the newest that ended, beside the text of now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from common.jobs import job_of
from rulebook.choices import RehearsalState
from rulebook.facts import REHEARSAL_JOB, rehearsal_key
from rulebook.models import DraftRehearsal, RuleDraft


@dataclass(frozen=True)
class RehearsalShown:
    """One trial as a page shows it. `is_stale`: the text of now is not the one that was tried."""

    id: int
    on: date
    state: str
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    is_stale: bool
    done: int = 0
    total: int | None = None
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class DraftRehearsals:
    """What there is to show about the trials of a draft."""

    running: RehearsalShown | None = None
    ended: RehearsalShown | None = None


def draft_rehearsals(draft: RuleDraft, text: str) -> DraftRehearsals:
    """The trial that runs and the newest that ended. A trial whose job broke down for good is shown as failed."""
    trials = DraftRehearsal.objects.filter(draft=draft)
    open_one = trials.filter(state=RehearsalState.OPEN).first()
    running = _shown(open_one, text) if open_one else None
    if running is not None and running.state == RehearsalState.FAILED:
        return DraftRehearsals(None, running)
    ended = trials.exclude(state=RehearsalState.OPEN).first()
    return DraftRehearsals(running, _shown(ended, text) if ended else None)


def _shown(trial: DraftRehearsal, text: str) -> RehearsalShown:
    job = job_of(REHEARSAL_JOB, rehearsal_key(trial.pk)) if trial.state == RehearsalState.OPEN else None
    is_broken = job is not None and job.state == "failed"
    return RehearsalShown(
        id=trial.pk, on=trial.on, state=RehearsalState.FAILED if is_broken else trial.state,
        asked_by=trial.asked_by, asked_at=trial.asked_at, ended_at=trial.ended_at, is_stale=trial.text != text,
        done=job.done if job else 0, total=job.total if job else None, result=trial.result,
    )
