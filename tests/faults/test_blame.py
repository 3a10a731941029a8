"""Whose fault a death is: a good file is not blamed because workers were killed before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from analytics.jail import Jail, JailFailure, JailLimits, shared_jail
from common.jobs import job_run
from common.models import Job
from platforms.models import FilingReport
from platforms.services import jailing
from tests.factories import platforms as make

pytestmark = [pytest.mark.faults, pytest.mark.django_db]


class JailKilledOnce(Jail):
    """The real jail, whose server is killed during the first call."""

    def __init__(self) -> None:
        """Nothing killed yet."""
        self.killed = 0

    def run(self, task: str, args: Mapping[str, Any], *, limits: JailLimits | None = None) -> dict[str, Any]:
        """Fail once as a killed server makes a call fail, then work."""
        if not self.killed:
            self.killed += 1
            raise JailFailure("crash", "signal None, exit None")
        return shared_jail().run(task, args, limits=limits)


@pytest.mark.parametrize("kills_before", [0, 1, 2, 7])
def test_a_good_file_is_not_returned_for_killed_processes(kills_before: int, monkeypatch: pytest.MonkeyPatch) -> None:
    jail = JailKilledOnce()
    monkeypatch.setattr(jailing, "shared_jail", lambda: jail)
    filer = make.filer()
    filing = filer.file(make.csv_of(make.indicators()))
    job = Job.objects.get()
    Job.objects.update(attempt=kills_before)
    while not job_run(job.pk):
        assert jail.killed == 1
        assert Job.objects.get().state == "queued"
    assert FilingReport.objects.get().file_errors == []
    assert make.state_of(filing) in {"accepted", "accepted_with_findings"}
