"""Background work of this app: doors to services."""

from __future__ import annotations

from common import clock
from common.errors import Refusal
from common.jobs import JobRun, job_handler
from common.principal import system_principal
from riskmodels.services.scores import WAVE_JOB, platforms_score, wave_close, wave_finish

SYSTEM = system_principal("riskmodels")


@job_handler(WAVE_JOB)
def score_wave(run: JobRun) -> None:
    """Score everyone a wave asks for. Without an active model the wave ends empty; activation asks for all again."""
    wave_id = run.args["wave_id"]
    platform_ids = wave_close(actor=SYSTEM, wave_id=wave_id)
    run.progress("score", done=0, total=len(platform_ids))
    with run.finish() as result:
        try:
            scored = platforms_score(actor=SYSTEM, platform_ids=platform_ids, on=clock.today())
            result |= {"recorded": scored.recorded, "unchanged": scored.unchanged, "areas": scored.areas}
        except Refusal as refusal:
            if refusal.code != "model.none_active":
                raise
            result |= {"skipped": refusal.code}
        wave_finish(actor=SYSTEM, wave_id=wave_id, result=dict(result))
