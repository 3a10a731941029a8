"""Periodic work: one run for each due time, whoever fires, and the schedule names what exists."""

import pytest

from common import jobs
from common.models import Job
from config import periodic
from config.celery import app
from config.schedule import EVERY_SECONDS


def test_the_schedule_and_the_table_name_the_same_work():
    planned = {name: entry["schedule"] for name, entry in app.conf.beat_schedule.items()}
    assert planned == {name: EVERY_SECONDS[name] for name in periodic.WORK}


@pytest.mark.django_db
def test_two_schedulers_give_one_run():
    first, second = periodic.fire("lake-sweep"), periodic.fire("lake-sweep")
    assert first == second
    assert Job.objects.filter(kind="periodic").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(periodic.WORK))
def test_each_runs_to_its_end(name: str):
    pk = periodic.fire(name)
    assert jobs.job_run(pk) is True
    assert Job.objects.get(pk=pk).state == "done"
