"""The books of a run: what was submitted, what must exist afterwards, and what is there too much or too little."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connection

from analytics.digest import file_sha256
from analytics.lake import STAGING, Lake
from cases.models import Case, CaseLink
from common.db.acting import acting_as
from common.models import InboxKey, Job, OutboxEvent
from common.principal import Principal, system_principal
from common.transitions import transitions_of
from platforms.facts import PROCESS_JOB
from platforms.models import Filing, FilingReport, FilingRevision, Finding
from regulators import services as regulators
from riskmodels.models import Warning as RiskWarning
from rulebook import services as rulebook
from tests.factories import platforms as make

MONTHS = [f"2017-{month:02d}" for month in range(1, 13)]
ACCEPTED = {"accepted", "accepted_with_findings"}
TAKERS = {"cases.filing_checked", "riskmodels.filing_checked"}


def system() -> Principal:
    """Who looks at the books."""
    return system_principal("faults")


def load_packs() -> None:
    """Rules, authorities and mandates of the real pack, committed."""
    with acting_as(system()) as actor:
        rulebook.pack_load(actor=actor, pack="cn")
        regulators.authorities_load(actor=actor, pack="cn")
        regulators.mandates_load(actor=actor, pack="cn")


@dataclass
class Books:
    """Filings sent through the signed door, one month after the other, every second platform with a high rate."""

    platforms: int
    sent: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Register the platforms and line up what will be filed."""
        self.filers = [make.filer() for _number in range(self.platforms)]
        self.waiting: Iterator[tuple[str, int]] = itertools.product(MONTHS, range(self.platforms))

    def submit(self, count: int) -> None:
        """Open, send and submit the next `count` filings by signed requests; each answer is checked."""
        for month, number in itertools.islice(self.waiting, count):
            rate = "48.50" if number % 2 else "9.85"
            row = make.indicators(report_month=month, average_annual_rate_percent=rate)
            self.sent.append(self.filers[number].file(make.csv_of(row), period=month))

    def check(self) -> None:
        """Everything sent is decided once, and every effect of it exists once."""
        with acting_as(system()):
            _check_filings(self.sent)
            _check_verdicts()
            _check_events(len(self.sent))
            _check_downstream()
            _check_lake()


def open_work() -> int:
    """Jobs and events that are not finished. Failed jobs do not count: `check` names them."""
    close_old_connections()
    with acting_as(system()):
        jobs = Job.objects.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING]).count()
        return jobs + OutboxEvent.objects.filter(closed_at__isnull=True).count()


def decided() -> int:
    """Filings with a verdict."""
    with acting_as(system()):
        return Filing.objects.filter(state__in=ACCEPTED | {"returned"}).count()


def _check_filings(sent: list[str]) -> None:
    assert len(set(sent)) == len(sent)
    filings = list(Filing.objects.order_by("id"))
    assert sorted(str(filing.public_id) for filing in filings) == sorted(sent)
    assert [filing.public_id for filing in filings if filing.state not in ACCEPTED] == []
    revisions = dict(Counter(FilingRevision.objects.values_list("filing_id", "number")))
    assert revisions == {(filing.pk, 1): 1 for filing in filings}
    for filing in filings:
        verdict = "accept" if filing.state == "accepted" else "accept_with_findings"
        assert [step.verb for step in transitions_of("filing", filing.pk)] == ["receive", "submit", "start", verdict]
    ended = Job.objects.filter(kind=PROCESS_JOB).values_list("key", "state")
    assert sorted(ended) == sorted((f"filing:{filing.pk}:r1", "done") for filing in filings)
    assert list(Job.objects.exclude(state=Job.State.DONE).values_list("kind", "key", "state", "error")) == []


def _check_verdicts() -> None:
    """The same figures of the same month have the same verdict, whoever was killed meanwhile."""
    said: dict[tuple[str, str], set[str]] = {}
    for report in FilingReport.objects.select_related("revision__filing"):
        revision, filing = report.revision, report.revision.filing
        assert report.file_errors == []
        assert (revision.rows_total, revision.rows_accepted, revision.rows_rejected) == (1, 1, 0)
        assert (revision.state, filing.accepted_number) == (filing.state, 1)
        found = list(revision.findings.order_by("rule_id", "subject").values_list("rule_id", "subject", "count"))
        outcomes = sorted((outcome["rule_id"], outcome["outcome"]) for outcome in report.outcomes)
        said.setdefault((filing.period, revision.content_sha256), set()).add(repr((revision.state, outcomes, found)))
    assert [key for key, answers in said.items() if len(answers) != 1] == []
    unique = Counter(Finding.objects.values_list("revision_id", "rule_version_id", "subject"))
    assert [key for key, count in unique.items() if count != 1] == []
    assert unique  # else the test says nothing about findings


def _check_events(count: int) -> None:
    ids = sorted(Filing.objects.values_list("pk", flat=True))
    for topic in ("filing.submitted", "filing.checked"):
        told = OutboxEvent.objects.filter(topic=topic).values_list("payload__filing_id", flat=True)
        assert sorted(told) == ids
    assert list(OutboxEvent.objects.filter(closed_at__isnull=True).values_list("pk", "topic", "last_error")) == []
    taken = Counter(InboxKey.objects.filter(event__topic="filing.checked").values_list("event_id", "subscriber"))
    assert {subscriber for _event, subscriber in taken} == TAKERS
    assert (len(taken), set(taken.values())) == (len(TAKERS) * count, {1})


def _check_downstream() -> None:
    """What the apps above made of the events: counters that a second delivery would have raised."""
    serious = [
        filing
        for filing in Filing.objects.all()
        if filing.revisions.filter(blocking_count=0, major_count=0).count() == 0
    ]
    by_platform = Counter(filing.platform_id for filing in serious)
    seen = dict(RiskWarning.objects.values_list("platform_id", "times_seen"))
    assert seen == dict(by_platform)
    assert sorted(Case.objects.values_list("platform_id", flat=True)) == sorted(by_platform)
    links = CaseLink.objects.filter(kind="filing").values_list("case__platform_id", "ref")
    assert sorted(links) == sorted((filing.platform_id, str(filing.pk)) for filing in serious)
    raised = OutboxEvent.objects.filter(topic="warning.raised").values_list("payload__platform_id", flat=True)
    assert sorted(raised) == sorted(by_platform)


def _check_lake() -> None:
    """Every named file lies there with the hash it was named with, and no other published file lies beside it."""
    lake = Lake.from_env()
    named: dict[str, Any] = {}
    for revision in FilingRevision.objects.all():
        assert revision.lake_key not in named
        named[revision.lake_key] = revision.lake_sha256
    for finding in Finding.objects.exclude(evidence_key=""):
        named[finding.evidence_key] = finding.evidence_sha256
    lying = {
        found.relative_to(lake.root).as_posix(): file_sha256(found)
        for found in lake.root.rglob("*")
        if found.is_file() and found.relative_to(lake.root).parts[0] != STAGING
    }
    assert lying == named


def attempts() -> Counter[int]:
    """How many jobs needed how many attempts."""
    connection.close_if_unusable_or_obsolete()
    with acting_as(system()):
        return Counter(Job.objects.values_list("attempt", flat=True))
