"""Doors of the background work: one call each."""

from common.jobs import JobRun, job_handler
from rulebook.facts import REHEARSAL_JOB
from rulebook.services.trying import rehearsal_process


@job_handler(REHEARSAL_JOB)
def draft_rehearse(job: JobRun) -> None:
    """Try a draft on accepted filings."""
    rehearsal_process(job)
