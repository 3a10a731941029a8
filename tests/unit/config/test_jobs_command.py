"""What an operator sees of background work."""

import pytest
from django.core.management import call_command

from common.jobs import job_enqueue
from common.models import Job


@pytest.fixture
def failed(db: None, acting_system: None) -> int:
    """A job that gave up."""
    pk = job_enqueue(kind="periodic", key="lake-sweep:x", args={"name": "lake-sweep"}, queue="notice")
    Job.objects.filter(pk=pk).update(state=Job.State.FAILED, attempt=8, error="OSError: No space left on device\n")
    return pk


def test_status_names_what_failed_and_why(failed: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("jobs", "status")
    assert capsys.readouterr().out.splitlines() == [
        f"{'periodic':<34} failed   1",
        f"failed {failed} lake-sweep:x, 8 attempts: OSError: No space left on device",
        "open events: 0",
    ]


def test_redrive_puts_back_the_named_job(failed: int, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("jobs", "redrive", str(failed))
    assert capsys.readouterr().out == "put back: 1 of 1\n"
    assert Job.objects.get(pk=failed).state == Job.State.QUEUED
