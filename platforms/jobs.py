"""Doors of the background work: one call each."""

from common.jobs import JobRun, job_handler
from platforms import services
from platforms.facts import METRICS_JOB, PROCESS_JOB, RECOMPUTE_JOB, RECONCILE_JOB


@job_handler(PROCESS_JOB)
def filing_process(job: JobRun) -> None:
    """Check a submitted revision."""
    services.filing_process(job)


@job_handler(RECONCILE_JOB)
def reconcile(job: JobRun) -> None:
    """Reconcile a ledger with a statement."""
    services.reconcile_process(job)


@job_handler(RECOMPUTE_JOB)
def recompute(job: JobRun) -> None:
    """Recompute disclosed indicators."""
    services.recompute_process(job)


@job_handler(METRICS_JOB)
def metrics(job: JobRun) -> None:
    """Compute every reading of the metrics from a loan book."""
    services.metrics_process(job)
