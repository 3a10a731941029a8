"""Two at once: one effect. Committed transactions on separate connections."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from common.db.acting import acting_as
from common.errors import Refusal
from common.jobs import jobs_drain
from common.models import Job
from common.principal import system_principal
from platforms import services
from platforms.models import Filing, FilingRevision, Finding, Platform
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = system_principal("test")


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run each piece of work in a thread of its own, started as one; results or refusals."""
    barrier, found = threading.Barrier(len(works)), []

    def run(work: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            found.append(work())
        except Refusal as refusal:
            found.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_opening_twice_at_once_gives_one_filing() -> None:
    filer = make.filer()

    def opened() -> str:
        return str(services.filing_open(actor=filer.principal, template="loan_book", period=make.PERIOD).public_id)

    found = together(*[opened] * 4)
    assert len(set(found)) == 1
    with acting_as(SYSTEM):
        assert (Filing.objects.count(), FilingRevision.objects.count()) == (1, 1)


def test_submitting_twice_at_once_makes_one_job() -> None:
    filer = make.filer()
    filing = filer.open()
    assert filer.put(filing, make.csv_of(make.indicators())).status_code == 200

    def submit() -> str:
        return services.filing_submit(actor=filer.principal, filing_id=filing).state

    found = together(*[submit] * 4)
    assert sorted(found) == ["filing.duplicate"] * 3 + ["submitted"]
    with acting_as(SYSTEM):
        assert Job.objects.filter(kind="platforms.filing_process").count() == 1


def test_registering_twice_at_once_makes_one_institution() -> None:
    def entered(name: str) -> Callable[[], str]:
        def work() -> str:
            make.registration(name=name, external_ref="test:once")
            return "entered"

        return work

    found = together(entered("甲"), entered("乙"))
    assert sorted(found) == ["entered", "registration.exists"]
    with acting_as(SYSTEM):
        assert Platform.objects.count() == 1


def test_the_same_job_run_twice_at_once_decides_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with acting_as(SYSTEM):
        rule = make.row_rule("loans", "loan_count > 0", ["loan_count"])
    make.use_plan(monkeypatch, rule)
    filer = make.filer()
    filer.file(make.csv_of(make.indicators(loan_count=0)))
    together(jobs_drain, jobs_drain)
    with acting_as(SYSTEM):
        assert Finding.objects.count() == 1
        assert Filing.objects.get().state == "accepted_with_findings"
        assert Job.objects.get(kind="platforms.filing_process").state == "done"


def test_ledger_and_statement_decided_at_once_are_reconciled(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.flows.test_filing_bank import entry, line

    make.use_plan(monkeypatch)
    platform, bank = make.filer(), make.filer("bank")
    make.agreement(platform.of, bank.of)
    platform.file(make.csv_of(entry(1)), "fund_ledger")
    bank.file(make.csv_of(line(1)), "depository_statement", platform=str(platform.of.public_id))
    with acting_as(SYSTEM):
        first, second = Job.objects.order_by("id").values_list("pk", flat=True)
    from common.jobs import job_run

    assert sorted(together(lambda: job_run(first), lambda: job_run(second))) == [True, True]
    with acting_as(SYSTEM):
        assert Job.objects.filter(kind="platforms.reconcile").count() == 1
