"""What runs by the clock: each due time is one job row, unique on (name, due time), so two schedulers give one run."""

from collections.abc import Callable
from datetime import datetime, timedelta

from cases import services as cases
from common import clock
from common.audit import audit_seal
from common.db.acting import acting_as
from common.jobs import JobRun, job_enqueue, job_handler
from common.models import SignatureNonce
from common.principal import system_principal
from complaints import services as complaints
from config.schedule import EVERY_SECONDS
from platforms import services as platforms
from regulators import services as regulators
from riskmodels import services as riskmodels

KIND = "periodic"
ACTOR = system_principal("schedule")
NONCE_LIFE = timedelta(minutes=10)


def _nonces_sweep() -> int:
    """Nonces older than the age limit of signatures cannot be replayed any more."""
    return SignatureNonce.objects.filter(used_at__lt=clock.real_now() - NONCE_LIFE).delete()[0]


WORK: dict[str, Callable[[], object]] = {
    "audit-seal": audit_seal,
    "nonces-sweep": _nonces_sweep,
    "complaints-escalate": lambda: complaints.complaints_escalate_overdue(actor=ACTOR),
    "clocks-recompute": lambda: complaints.clocks_recompute(actor=ACTOR),
    "drafts-expire": lambda: complaints.drafts_expire(actor=ACTOR),
    "scores-nightly": lambda: riskmodels.scores_request_all(actor=ACTOR, reason="nightly"),
    "handovers-escalate": lambda: regulators.handovers_escalate_overdue(actor=ACTOR),
    "consultations-remind": lambda: regulators.consultations_escalate_overdue(actor=ACTOR),
    "effects-count": lambda: cases.effect_counts_push(actor=ACTOR),
    "actions-remind": lambda: regulators.actions_remind(actor=ACTOR),
    "opinions-publish": lambda: regulators.questions_publish_due(actor=ACTOR),
    "lake-sweep": lambda: platforms.lake_sweep(actor=ACTOR),
}


def due_time(name: str, moment: datetime) -> datetime:
    """The start of the period that `moment` lies in."""
    every = EVERY_SECONDS[name]
    return datetime.fromtimestamp(moment.timestamp() // every * every, tz=moment.tzinfo)


def fire(name: str) -> int:
    """Put the run of the present period into the queue, once."""
    with acting_as(ACTOR):
        key = f"{name}:{due_time(name, clock.real_now()).isoformat()}"
        return job_enqueue(kind=KIND, key=key, args={"name": name}, queue="notice")


@job_handler(KIND)
def run_periodic(job: JobRun) -> None:
    """Do it, then end the job."""
    with job.finish({"name": job.args["name"]}) as result:
        result["outcome"] = str(WORK[job.args["name"]]())[:200]
