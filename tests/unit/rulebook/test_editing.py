"""Rules that staff write: drafts, the second person, what comes in force, and what is refused."""

from datetime import date
from functools import partial
from itertools import pairwise

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal, public_principal
from common.transitions import transitions_of
from rulebook.choices import Origin
from rulebook.models import RuleDraft, RuleVersion
from rulebook.selectors import check_plan, rule_current, rule_on, text_diff
from rulebook.services import (
    DraftRef,
    draft_create,
    draft_examples,
    draft_rebase,
    draft_report,
    draft_save,
    draft_step,
    pack_load,
    past_day,
    withdrawal_create,
)
from tests.factories.regulators import at_once
from tests.factories.rulebook import SYSTEM, cn_loaded, cn_pack
from tests.thorough import cases

TEXT = """\
id: TEST-77
title: {zh: 期限不得超过三十六个月, en: No term above 36 months}
legal_basis: {instrument: CONV, verified: false, text_status: convention}
in_force: {from: 2017-01-01}
applies_to: [p2p_lending]
subject: conduct
role: conduct
kind: record
template: loan_book
severity: minor
check: term_months <= 36
measured: term_months
threshold: "36"
disposal: {zh: 无, en: None}
explanation: {zh: 仅供测试, en: Only for tests}
examples:
  - name: exactly at the limit
    expect: passed
    tables:
      loan_book: [{term_months: 36}]
  - name: one month above
    expect: failed
    tables:
      loan_book: [{term_months: 36}, {term_months: 37}]
    findings: [{count: 1, row_numbers: [2]}]
"""


def person(number: int, *roles: str) -> Principal:
    return Principal(kind="staff", label=f"user:{number}", user_id=number, roles=frozenset(roles or {"supervisor"}))


AUTHOR, SECOND = person(1, "officer"), person(2)


@pytest.fixture(autouse=True)
def _pack(request):
    if "transactional_db" in request.fixturenames:
        return
    request.getfixturevalue("db")
    request.getfixturevalue("acting_system")
    cn_loaded()


def approve(number: int, revision: int = 1, actor: Principal = SECOND) -> DraftRef:
    """A second person puts a text in force whose first day is past, and says so."""
    return draft_step(
        actor=actor, draft_id=number, verb="approve", revision=revision, accepts_past=True, note="as the law says"
    )


def refused(code: str, call, **values) -> Refusal:
    before = (list(RuleDraft.objects.order_by("id").values()), RuleVersion.objects.count())
    with pytest.raises(Refusal) as refusal:
        call(**values)
    assert refusal.value.code == code
    assert (list(RuleDraft.objects.order_by("id").values()), RuleVersion.objects.count()) == before
    return refusal.value


def submitted(text: str = TEXT) -> int:
    draft = draft_create(actor=AUTHOR, text=text)
    draft_step(actor=AUTHOR, draft_id=draft.id, verb="submit", revision=1)
    return draft.id


def plan_ids(on: date = date(2017, 6, 30)) -> list[str]:
    return [check["rule_id"] for check in check_plan("loan_book", "p2p_lending", on).checks]


def test_a_draft_becomes_a_version_that_staff_made():
    number = submitted()
    assert "TEST-77" not in plan_ids()
    done = approve(number)
    version = RuleVersion.objects.get(rule_id="TEST-77")
    assert (done.state, done.rule_version_id, version.origin) == ("approved", version.pk, Origin.STAFF)
    assert version.source_text == TEXT
    assert "TEST-77" in plan_ids()
    assert "TEST-77" not in plan_ids(date(2016, 12, 31))
    steps = [(step.verb, step.actor) for step in transitions_of("rule_draft", number)]
    assert steps == [("create", "user:1"), ("submit", "user:1"), ("approve", "user:2")]


def test_a_pack_never_overwrites_what_staff_approved():
    approve(submitted())
    assert pack_load(actor=SYSTEM, pack=cn_pack()).counts["rules"].retired == 0
    assert rule_current("TEST-77") is not None


def test_a_change_from_a_day_on_leaves_earlier_days_to_the_earlier_text():
    old = rule_current("P2P16-20")
    draft = draft_create(actor=AUTHOR, rule_id="P2P16-20")
    text = old.rule.source_text.replace("from: 2016-08-17", "from: 2018-01-01", 1)
    assert text != old.rule.source_text
    draft = draft_save(actor=AUTHOR, draft_id=draft.id, text=text, revision=1)
    draft_step(actor=AUTHOR, draft_id=draft.id, verb="submit", revision=2)
    approve(draft.id, 2)
    days = [date(2017, 12, 31), date(2018, 1, 1), date(2018, 1, 2)]
    new = rule_current("P2P16-20").version_sha256
    assert [rule_on("P2P16-20", day).version_sha256 for day in days] == [old.version_sha256, new, new]


def test_ending_a_rule_takes_two_persons_and_keeps_the_days_before():
    number = submitted()
    approve(number)
    ending = withdrawal_create(actor=AUTHOR, rule_id="TEST-77", ends_on=date(2017, 7, 1), reason="law repealed")
    draft_step(actor=AUTHOR, draft_id=ending.id, verb="submit", revision=1)
    assert "TEST-77" in plan_ids(date(2017, 7, 1))
    refused("rule_draft.same_person", draft_step, actor=person(1), draft_id=ending.id, verb="approve", revision=1)
    approve(ending.id)
    assert "TEST-77" in plan_ids(date(2017, 6, 30))
    assert "TEST-77" not in plan_ids(date(2017, 7, 1))
    assert RuleDraft.objects.get(pk=number).state == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"reason": " "}, "rule_draft.reason_missing"),
        ({"rule_id": "NONE-01"}, "rule.unknown"),
        ({"ends_on": date(2016, 8, 17)}, "rule_draft.end_before_start"),
        ({"actor": person(3, "expert")}, "permission.denied"),
    ],
)
def test_ending_a_rule_is_refused(changes, code):
    values = {"actor": AUTHOR, "rule_id": "P2P16-20", "ends_on": date(2018, 1, 1), "reason": "x", **changes}
    refused(code, withdrawal_create, **values)


def test_every_step_has_its_refusals():
    number = submitted()
    step = partial(draft_step, draft_id=number, revision=1)
    refused("rule_draft.not_permitted", step, actor=AUTHOR, verb="approve")
    refused("rule_draft.same_person", step, actor=person(1), verb="approve")
    refused("rule_draft.reason_missing", step, actor=SECOND, verb="reject", note=" ")
    refused("rule_draft.not_permitted", step, actor=person(5, "officer"), verb="take_back")
    refused("rule_draft.changed_meanwhile", draft_step, actor=SECOND, draft_id=number, verb="approve", revision=2)
    refused("rule_draft.not_editable", draft_save, actor=AUTHOR, draft_id=number, text=TEXT, revision=1)
    refused("rule_draft.wrong_state", step, actor=AUTHOR, verb="submit")
    with pytest.raises(NotYours):
        draft_step(actor=SECOND, draft_id=number + 1000, verb="approve", revision=1)
    step(actor=SECOND, verb="reject", note="the limit is 24")
    assert RuleDraft.objects.get(pk=number).state == "draft"
    assert transitions_of("rule_draft", number)[-1].note == "the limit is 24"
    step(actor=AUTHOR, verb="discard")
    refused("rule_draft.wrong_state", step, actor=AUTHOR, verb="submit")


def test_a_text_that_changes_nothing_is_neither_submitted_nor_approved():
    draft = draft_create(actor=AUTHOR, rule_id="P2P16-20")
    refused("rule_draft.nothing_changed", draft_step, actor=AUTHOR, draft_id=draft.id, verb="submit", revision=1)
    text = RuleDraft.objects.get(pk=draft.id).text + "# looked at again\n"
    draft_save(actor=AUTHOR, draft_id=draft.id, text=text, revision=1)
    draft_step(actor=AUTHOR, draft_id=draft.id, verb="submit", revision=2)
    assert RuleDraft.objects.get(pk=draft.id).state == "submitted"


def test_a_first_day_in_the_past_needs_a_tick_and_a_reason():
    number = submitted()
    step = partial(draft_step, actor=SECOND, draft_id=number, verb="approve", revision=1)
    assert past_day(RuleDraft.objects.get(pk=number)) == date(2017, 1, 1)
    refused("rule_draft.past_day", step)
    refused("rule_draft.past_day", step, accepts_past=True, note=" ")
    refused("rule_draft.past_day", step, note="because")
    step(accepts_past=True, note="because")
    assert transitions_of("rule_draft", number)[-1].note == "because"


def test_a_first_day_to_come_needs_neither():
    with clock.frozen("2016-06-01"):
        number = submitted()
        assert past_day(RuleDraft.objects.get(pk=number)) is None
        assert draft_step(actor=SECOND, draft_id=number, verb="approve", revision=1).state == "approved"


def test_an_end_in_the_past_needs_them_too():
    ending = withdrawal_create(actor=AUTHOR, rule_id="P2P16-20", ends_on=date(2018, 1, 1), reason="law repealed")
    draft_step(actor=AUTHOR, draft_id=ending.id, verb="submit", revision=1)
    assert past_day(RuleDraft.objects.get(pk=ending.id)) == date(2018, 1, 1)
    refused("rule_draft.past_day", draft_step, actor=SECOND, draft_id=ending.id, verb="approve", revision=1)


def test_whoever_saved_a_text_cannot_approve_it():
    draft = draft_create(actor=AUTHOR, text=TEXT)
    draft_save(actor=SECOND, draft_id=draft.id, text=TEXT + "# a word\n", revision=1)
    draft_step(actor=AUTHOR, draft_id=draft.id, verb="submit", revision=2)
    refused("rule_draft.same_person", draft_step, actor=SECOND, draft_id=draft.id, verb="approve", revision=2)
    approve(draft.id, 2, person(3))


@pytest.mark.parametrize("who", [person(3, "expert"), person(3, "secretariat"), public_principal()])
def test_only_officers_and_supervisors_write(who):
    refused("permission.denied", draft_create, actor=who, text=TEXT)


def test_two_editors_notice_each_other():
    draft = draft_create(actor=AUTHOR, text=TEXT)
    draft_save(actor=person(3), draft_id=draft.id, text=TEXT + "# theirs\n", revision=1)
    said = refused("rule_draft.changed_meanwhile", draft_save, actor=AUTHOR, draft_id=draft.id, text=TEXT, revision=1)
    saved_at = RuleDraft.objects.get(pk=draft.id).changed_at.astimezone(clock.LEGAL_ZONE)
    assert f"{saved_at:%Y-%m-%d %H:%M}" in str(said.message)


def test_a_draft_of_an_old_version_is_not_approved_unseen():
    one = draft_create(actor=AUTHOR, rule_id="P2P16-20")
    other = draft_create(actor=AUTHOR, rule_id="P2P16-20")
    text = rule_current("P2P16-20").rule.source_text
    for draft, comment in ((one, "# one\n"), (other, "# other\n")):
        draft_save(actor=AUTHOR, draft_id=draft.id, text=text + comment, revision=1)
        draft_step(actor=AUTHOR, draft_id=draft.id, verb="submit", revision=2)
    approve(one.id, 2)
    refused("rule_draft.moved_on", draft_step, actor=SECOND, draft_id=other.id, verb="approve", revision=2)
    draft_step(actor=AUTHOR, draft_id=other.id, verb="take_back", revision=2)
    assert draft_rebase(actor=AUTHOR, draft_id=other.id, revision=2).revision == 3
    draft_step(actor=AUTHOR, draft_id=other.id, verb="submit", revision=3)
    approve(other.id, 3)
    assert rule_current("P2P16-20").rule.source_text == text + "# other\n"


BAD = [
    ("not YAML", TEXT.replace("kind: record", "kind: [record"), "This is not valid YAML"),
    ("an unknown key", TEXT.replace("severity: minor", "severty: minor"), "`severty` is not known"),
    ("an unknown column", TEXT.replace("term_months <= 36", "term_month <= 36"), "A column is unknown"),
    ("an unknown parameter", TEXT.replace("check: ", "parameters: {a: p2p.no}\ncheck: :a > "), "does not exist"),
    ("an unknown instrument", TEXT.replace("CONV,", "CONVE,"), "The instrument `CONVE` is not"),
    ("a file function", TEXT.replace("term_months <= 36", "(SELECT 1 FROM read_csv('/etc/passwd')) = 1"), ""),
    ("no failing example", TEXT.replace("expect: failed", "expect: passed"), "expected to be `failed`"),
    ("an alias of itself", TEXT.replace("disposal: {zh: 无, en: None}", "disposal: &a {zh: 无, en: *a}"), "aliases"),
    ("an alias bomb", "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in pairwise("abcdefghi")
    ), "aliases"),
    ("no text at all", "", "The file is empty"),
    ("only a list", "- 1\n", "the file"),
    ("a NUL", TEXT + "\x00", "NUL"),
    ("a very long text", "#" + "x" * 70_000, "more than 64000"),
    ("deep nesting", "[" * 5000, ""),
]


@pytest.mark.parametrize(("_what", "text", "words"), BAD, ids=[what for what, _text, _words in BAD])
def test_a_bad_text_is_named_by_line_and_cure(_what, text, words):
    report = draft_report(text)
    assert not report.is_sound
    assert words in report.problems[0].message or any(words in item.message for item in report.problems)
    assert all(item.line >= 1 and item.cure for item in report.problems)


def test_a_text_with_a_problem_may_be_kept_but_not_submitted():
    draft = draft_create(actor=AUTHOR, text=TEXT.replace("term_months <= 36", "term_month <= 36"))
    said = refused("rule_draft.unsound", draft_step, actor=AUTHOR, draft_id=draft.id, verb="submit", revision=1)
    assert [(error["row"], error["field"]) for error in said.errors] == [(11, "text")]


def test_examples_run_in_the_jail_and_decide():
    outcomes = draft_examples(draft_report(TEXT).rule)
    assert [(item.expected, item.outcome, item.is_right) for item in outcomes] == [
        ("passed", "passed", True), ("failed", "failed", True),
    ]  # fmt: skip
    wrong = TEXT.replace("row_numbers: [2]", "row_numbers: [1]")
    assert [item.differences for item in draft_examples(draft_report(wrong).rule)] == [
        (), ("row_numbers: expected [1], got [2]",),
    ]  # fmt: skip
    draft = draft_create(actor=AUTHOR, text=wrong)
    said = refused("rule_draft.unsound", draft_step, actor=AUTHOR, draft_id=draft.id, verb="submit", revision=1)
    assert said.errors[0]["message"] == "one month above"


def test_a_bomb_in_a_check_is_stopped():
    bomb = TEXT.replace(
        "check: term_months <= 36",
        "sql: |\n  SELECT CAST(COUNT(*) AS VARCHAR) AS subject, 1 AS measured, 1 AS threshold FROM loan_book a"
        + "".join(f" CROSS JOIN loan_book t{n}" for n in range(40)),
    ).replace("measured: term_months\n", "").replace('threshold: "36"\n', "")
    bomb = bomb.replace("{term_months: 36}, {term_months: 37}", ", ".join(["{term_months: 36}"] * 20))
    report = draft_report(bomb)
    outcomes = draft_examples(report.rule) if report.rule is not None else ()
    assert not report.is_sound or not all(item.is_right for item in outcomes)


@pytest.mark.thorough
def test_every_rule_of_the_pack_passes_the_editor():
    """Every third rule each day, all of them with the slow tests."""
    texts = [rule.source_text for rule in cn_pack().rules][:: cases(3, 1)]
    assert [(report.rule and report.rule.id, report.problems) for report in map(draft_report, texts)
            if not report.is_sound] == []  # fmt: skip


def test_the_difference_of_two_texts():
    lines = text_diff("a\nb\nc\n", "a\nB\nc\n")
    assert [(line.mark, line.text) for line in lines] == [("@", ""), ("=", "a"), ("-", "b"), ("+", "B"), ("=", "c")]
    assert text_diff("a\n", "a\n") == ()


@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_make_one_version(transactional_db):
    with acting_as(SYSTEM), clock.frozen("2026-01-05"):
        cn_loaded()
        number = submitted()
    calls = [partial(approve, number, 1, person(who)) for who in (7, 8)]
    results = at_once(*calls)
    codes = sorted(item.code if isinstance(item, Refusal) else item.state for item in results)
    assert codes == ["approved", "rule_draft.wrong_state"]
    with acting_as(SYSTEM):
        assert RuleVersion.objects.filter(rule_id="TEST-77").count() == 1
