"""Beat's doors: nothing in, one service call."""

from celery import shared_task

from common.principal import system_principal
from riskmodels import services


@shared_task(name="riskmodels.tasks.score_all", ignore_result=True)
def score_all() -> int:
    """Ask for everyone to be scored (nightly)."""
    return services.scores_request_all(actor=system_principal("riskmodels.beat"), reason="nightly")
