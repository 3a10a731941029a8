"""The editor's trial on filings: a job with progress, kept with the draft, stale when the text changes, stoppable."""

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest

from analytics.lake import Lake
from common import clock
from common.errors import NotYours, Refusal
from common.jobs import job_of, jobs_drain
from common.models import Job
from common.principal import Principal
from platforms.models import Finding
from rulebook.admin.rehearsing import tried
from rulebook.facts import REHEARSAL_JOB, rehearsal_key
from rulebook.models import DraftRehearsal, RuleDraft, RuleVersion
from rulebook.services import draft_create, draft_save, rehearsal_start, rehearsal_stop
from rulebook.services.rehearsal import rehearsal_provider_set
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db
IN_TIME = datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)
ON = date(2017, 6, 30)
AUTHOR = Principal(kind="staff", label="user:1", user_id=1, roles=frozenset({"officer"}))
AUDITOR = Principal(kind="staff", label="user:2", user_id=2, roles=frozenset({"auditor"}))


@pytest.fixture
def filed() -> None:
    """Two accepted loan books: one borrower above the limit of the law at the first platform, none at the second."""
    rules.cn_loaded()
    with clock.frozen(IN_TIME):
        for name, amount in (("测试平台甲", "250000.00"), ("测试平台乙", "100000.00")):
            loan = make.loan(
                loan_id="L-1", borrower_token="bt-000000000001", principal_amount=amount, outstanding_principal=amount
            )
            make.filer(name=name).file(make.csv_of(loan), "loan_book")
        jobs_drain()


@pytest.fixture
def draft(filed: None) -> RuleDraft:
    """A stricter text of the limit for one borrower, saved."""
    made = draft_create(actor=AUTHOR, rule_id="P2P16-17")
    text = RuleDraft.objects.get(pk=made.id).text.replace("HAVING SUM", "HAVING 4 * SUM")
    draft_save(actor=AUTHOR, draft_id=made.id, text=text, revision=made.revision)
    return RuleDraft.objects.get(pk=made.id)


def start(draft: RuleDraft, text: str = "", actor: Principal = AUTHOR) -> int:
    return rehearsal_start(actor=actor, draft_id=draft.pk, text=text or draft.text, on=ON)


def kept() -> tuple[int, int, dict[str, str]]:
    """What a trial must leave alone: findings, rule versions, every file of the lake."""
    files = sorted(path for path in Path(Lake.from_env().root).rglob("*") if path.is_file())
    return Finding.objects.count(), RuleVersion.objects.count(), {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }  # fmt: skip


def test_a_stricter_draft_shows_platforms_before_and_after(draft):
    before = kept()
    with clock.frozen(IN_TIME):
        start(draft)
        waiting = tried(AUTHOR, draft, draft.text)
        assert (waiting.running.state, waiting.running.total, waiting.ended) == ("open", None, None)
        jobs_drain()
    shown = tried(AUTHOR, draft, draft.text)
    assert shown.running is None
    assert (shown.ended.state, shown.ended.on, shown.ended.is_stale) == ("done", ON, False)
    result = shown.ended.result
    assert (result["filings"], result["rows"], result["before"], result["after"]) == (2, 2, 1, 2)
    assert [(row["name"], row["before"], row["after"]) for row in shown.platforms] == [
        ("测试平台乙", 0, 1), ("测试平台甲", 1, 1),
    ]  # fmt: skip
    assert shown.picture.count("<rect") == 2 + 2 * 2
    assert "测试平台乙" in shown.picture
    assert kept() == before


def test_the_kept_result_names_no_borrower(draft):
    trial = start(draft)
    jobs_drain()
    assert "bt-000000000001" not in str(DraftRehearsal.objects.get(pk=trial).result)


def test_the_result_is_out_of_date_when_the_text_changes_and_holds_again_when_it_is_undone(draft):
    start(draft)
    jobs_drain()
    assert not tried(AUTHOR, draft, draft.text).ended.is_stale
    assert tried(AUTHOR, draft, draft.text + "# later\n").ended.is_stale
    draft_save(actor=AUTHOR, draft_id=draft.pk, text=draft.text + "# later\n", revision=draft.revision)
    changed = RuleDraft.objects.get(pk=draft.pk)
    assert tried(AUTHOR, changed, changed.text).ended.is_stale
    assert not tried(AUTHOR, changed, draft.text).ended.is_stale


def test_twice_at_once_is_refused_and_afterwards_allowed(draft):
    first = start(draft)
    with pytest.raises(Refusal) as error:
        start(draft)
    assert error.value.code == "rule_rehearsal.running"
    assert (DraftRehearsal.objects.count(), Job.objects.filter(kind=REHEARSAL_JOB).count()) == (1, 1)
    jobs_drain()
    second = start(draft)
    jobs_drain()
    assert list(DraftRehearsal.objects.values_list("id", "state")) == [(second, "done"), (first, "done")]


def refused(code: str, call) -> None:
    with pytest.raises(Refusal) as error:
        call()
    assert error.value.code == code
    assert (DraftRehearsal.objects.count(), Job.objects.filter(kind=REHEARSAL_JOB).count()) == (0, 0)


def test_who_may_not_draft_starts_nothing_stops_nothing_and_sees_no_result(draft):
    refused("permission.denied", lambda: start(draft, actor=AUDITOR))
    start(draft)
    with pytest.raises(Refusal, match=r"permission\.denied"):
        rehearsal_stop(actor=AUDITOR, draft_id=draft.pk)
    jobs_drain()
    assert tried(AUTHOR, draft, draft.text).ended.state == "done"
    assert (tried(AUDITOR, draft, draft.text).ended, tried(AUDITOR, draft, draft.text).may_try) == (None, False)


def test_an_unsound_text_an_idle_text_and_an_unknown_draft_start_nothing(draft):
    refused("rule_draft.unsound", lambda: start(draft, draft.text.replace("SUM(", "SUMM(")))
    present = draft_create(actor=AUTHOR, rule_id="P2P16-17")
    unchanged = RuleDraft.objects.get(pk=present.id)
    refused("rehearsal.nothing_changes", lambda: start(unchanged))
    with pytest.raises(NotYours):
        rehearsal_start(actor=AUTHOR, draft_id=0, text=draft.text, on=ON)
    assert DraftRehearsal.objects.count() == 0


def test_a_stopped_trial_keeps_nothing(draft):
    trial = start(draft)
    rehearsal_stop(actor=AUTHOR, draft_id=draft.pk)
    jobs_drain()
    stopped = DraftRehearsal.objects.get(pk=trial)
    assert (stopped.state, stopped.result, stopped.ended_by) == ("cancelled", None, "user:1")
    assert job_of(REHEARSAL_JOB, rehearsal_key(trial)).result == {"state": "cancelled"}
    with pytest.raises(Refusal) as error:
        rehearsal_stop(actor=AUTHOR, draft_id=draft.pk)
    assert error.value.code == "rule_rehearsal.not_running"


@pytest.fixture
def provider():
    """Put the platforms' provider back after a test has set another."""
    from platforms.services import rehearse

    yield rehearsal_provider_set
    rehearsal_provider_set(rehearse)


def test_a_trial_is_stopped_between_two_filings_and_shows_how_far_it_is(draft, provider):
    seen = []

    def half(*, actor, rehearsal):
        rehearsal.progress(1, 2)
        seen.append(tried(AUTHOR, draft, draft.text).percent)
        rehearsal_stop(actor=AUTHOR, draft_id=draft.pk)
        rehearsal.progress(2, 2)
        raise AssertionError("a stopped trial goes no further")

    provider(half)
    start(draft)
    jobs_drain()
    assert seen == [50]
    assert DraftRehearsal.objects.get().state == "cancelled"


def test_a_refusal_while_it_runs_is_its_result_in_both_languages(draft, provider):
    def gone(**_given):
        raise Refusal("x", "No filing is here.", cure="Come back later.")

    provider(gone)
    start(draft)
    jobs_drain()
    assert DraftRehearsal.objects.get().state == "failed"
    assert tried(AUTHOR, draft, draft.text).trouble == "No filing is here. Come back later."


def test_a_trial_whose_job_broke_down_makes_room_for_the_next(draft):
    first = start(draft)
    Job.objects.filter(kind=REHEARSAL_JOB).update(state=Job.State.FAILED, error="broken")
    shown = tried(AUTHOR, draft, draft.text)
    assert (shown.running, shown.ended.state) == (None, "failed")
    start(draft)
    assert DraftRehearsal.objects.get(pk=first).state == "failed"
    jobs_drain()
    assert DraftRehearsal.objects.first().state == "done"


def test_a_trial_that_runs_twice_writes_its_result_once(draft):
    trial = start(draft)
    jobs_drain()
    ended = DraftRehearsal.objects.get(pk=trial).ended_at
    Job.objects.filter(kind=REHEARSAL_JOB).update(state=Job.State.QUEUED)
    jobs_drain()
    again = DraftRehearsal.objects.get(pk=trial)
    assert (again.state, again.ended_at, again.result["after"]) == ("done", ended, 2)
