"""Two persons confirm a source: what they switch on, and every way in which it is refused."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.db import DatabaseError, transaction

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal, public_principal
from rulebook import selectors
from rulebook.models import RuleVersion, SourceConfirmation
from rulebook.selectors import check_plan, confirmed_keys, deadline_rule, parameter_value, unconfirmed_sources
from rulebook.services import source_confirm, source_countersign, source_unconfirm
from tests.factories.regulators import at_once
from tests.factories.rulebook import SYSTEM, cn_loaded, rule_version

LINK = "https://www.example.org/text/1"
ON = date(2017, 6, 30)
RULE = "DEP17-09"
LPR = "interest.lpr_1y_percent@2019-08-20"


def person(number: int, *roles: str) -> Principal:
    return Principal(kind="staff", label=f"user:{number}", user_id=number, roles=frozenset(roles or {"supervisor"}))


FIRST, SECOND = person(1, "officer"), person(2)


@pytest.fixture
def _pack(db):
    cn_loaded()


def confirm(kind: str = "rule", key: str = RULE, **more) -> int:
    return source_confirm(actor=FIRST, kind=kind, key=key, link=LINK, **more).id


def refused(code: str, call, **values) -> Refusal:
    before = list(SourceConfirmation.objects.order_by("id").values())
    with pytest.raises(Refusal) as refusal:
        call(**values)
    assert refusal.value.code == code
    assert str(refusal.value.cure)
    assert list(SourceConfirmation.objects.order_by("id").values()) == before
    return refusal.value


def plan_ids() -> tuple[list[str], list[str]]:
    plan = check_plan("fund_ledger", "p2p_lending", ON)
    return [check["rule_id"] for check in plan.checks], [held.rule.rule_id for held in plan.held]


@pytest.mark.usefixtures("_pack")
def test_a_rule_gives_findings_from_the_second_signature_on_and_no_longer_after_withdrawal():
    assert RULE in plan_ids()[1]
    number = confirm()
    assert RULE in plan_ids()[1]
    assert source_countersign(actor=SECOND, confirmation_id=number).is_complete
    checks, held = plan_ids()
    assert (RULE in checks, RULE in held) == (True, False)
    ref = selectors.rule_current(RULE)
    assert (ref.enabled, ref.legal_basis["verified"]) == (True, True)
    assert RuleVersion.objects.get(rule_id=RULE).enabled is False  # the version itself is never touched
    source_unconfirm(actor=SECOND, confirmation_id=number, why="wrong text")
    assert RULE in plan_ids()[1]


@pytest.mark.usefixtures("_pack")
def test_a_parameter_and_a_deadline_count_as_verified():
    assert parameter_value("interest.lpr_1y_percent", date(2019, 8, 20)).verified is False
    source_countersign(actor=SECOND, confirmation_id=confirm("parameter", LPR))
    found = parameter_value("interest.lpr_1y_percent", date(2019, 8, 20))
    assert (found.verified, found.basis["text_status"] == "memory") == (True, False)
    term = next(row for row in unconfirmed_sources() if row.kind == "deadline" and "answer_pboc" in row.key)
    assert deadline_rule("complaint.answer_pboc", date(2021, 1, 1), "payment") is None
    source_countersign(actor=SECOND, confirmation_id=confirm("deadline", term.key))
    assert deadline_rule("complaint.answer_pboc", date(2021, 1, 1), "payment").basis.verified is True


@pytest.mark.usefixtures("_pack")
def test_what_the_system_knew_before_is_still_known():
    with clock.frozen("2026-01-05T10:00+08:00"):
        number = confirm()
    with clock.frozen("2026-01-06T10:00+08:00") as signed:
        source_countersign(actor=SECOND, confirmation_id=number)
    with clock.frozen("2026-01-07T10:00+08:00"):
        source_unconfirm(actor=SECOND, confirmation_id=number, why="superseded text")
    known = [confirmed_keys("rule", known_at=signed + timedelta(hours=hours)) for hours in (-1, 0, 1, 25)]
    assert known == [frozenset(), {RULE}, {RULE}, frozenset()]


def test_another_app_confirms_rows_of_its_own(db):
    number = source_confirm(actor=FIRST, kind="mandate", key="p2p_lending/conduct/000000", link=LINK).id
    assert confirmed_keys("mandate") == frozenset()
    source_countersign(actor=SECOND, confirmation_id=number)
    assert confirmed_keys("mandate") == {"p2p_lending/conduct/000000"}
    refused("source.already_confirmed", source_confirm, actor=FIRST, kind="mandate", key="p2p_lending/conduct/000000",
            link=LINK)  # fmt: skip


@pytest.mark.usefixtures("_pack")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"link": ""}, "source.link_missing"),
        ({"link": "  "}, "source.link_missing"),
        ({"link": "the official journal"}, "source.link_invalid"),
        ({"link": "javascript:alert(1)"}, "source.link_invalid"),
        ({"link": "ftp://example.org/a"}, "source.link_invalid"),
        ({"link": "https://example.org/" + "a" * 500}, "source.link_invalid"),
        ({"kind": "law"}, "source.kind"),
        ({"key": "NONE-01"}, "source.unknown"),
        ({"key": ""}, "source.unknown"),
        ({"key": "P2P16-17"}, "source.already_confirmed"),
        ({"key": "CONV-05"}, "source.convention"),
        ({"text_status": "memory"}, "source.text_status"),
        ({"actor": person(3, "expert")}, "permission.denied"),
        ({"actor": public_principal()}, "permission.denied"),
    ],
)
def test_a_first_signature_is_refused(changes, code):
    values = {"actor": FIRST, "kind": "rule", "key": RULE, "link": LINK, **changes}
    refused(code, source_confirm, **values)


@pytest.mark.usefixtures("_pack")
def test_a_second_signature_is_refused():
    own = source_confirm(actor=SECOND, kind="rule", key=RULE, link=LINK).id
    refused("source.same_person", source_countersign, actor=SECOND, confirmation_id=own)
    refused("permission.denied", source_countersign, actor=FIRST, confirmation_id=own)
    refused("source.waiting", source_confirm, actor=FIRST, kind="rule", key=RULE, link=LINK)
    with pytest.raises(NotYours):
        source_countersign(actor=person(4), confirmation_id=own + 1)
    source_countersign(actor=person(4), confirmation_id=own)
    refused("source.already_confirmed", source_countersign, actor=person(5), confirmation_id=own)
    refused("source.already_confirmed", source_confirm, actor=FIRST, kind="rule", key=RULE, link=LINK)


@pytest.mark.usefixtures("_pack")
def test_withdrawing_needs_a_reason_and_the_right_person():
    number = confirm()
    refused("source.why_missing", source_unconfirm, actor=FIRST, confirmation_id=number, why=" ")
    refused("permission.denied", source_unconfirm, actor=person(6, "officer"), confirmation_id=number, why="no")
    source_unconfirm(actor=FIRST, confirmation_id=number, why="typed the wrong address")
    refused("source.withdrawn", source_unconfirm, actor=SECOND, confirmation_id=number, why="again")
    refused("source.withdrawn", source_countersign, actor=SECOND, confirmation_id=number)
    assert confirm() != number


def test_a_row_that_changed_since_has_to_be_seen_again(db):
    cn_loaded()
    text = RuleVersion.objects.get(rule_id=RULE).source_text
    number = confirm()
    changed = text.replace("severity: major", "severity: minor", 1)
    assert changed != text
    rule_version(text=changed)
    refused("source.changed", source_countersign, actor=SECOND, confirmation_id=number)
    source_countersign(actor=SECOND, confirmation_id=confirm())
    assert selectors.rule_current(RULE).enabled is True
    rule_version(text=changed.replace("severity: minor", "severity: blocking", 1))
    assert selectors.rule_current(RULE).enabled is False


@pytest.mark.usefixtures("_pack")
def test_the_list_says_what_waits_and_what_it_would_switch_on():
    number = confirm("parameter", LPR)
    rows = {(row.kind, row.key): row for row in unconfirmed_sources()}
    assert ("rule", "P2P16-17") not in rows
    assert ("rule", "CONV-05") not in rows
    assert rows["rule", RULE].rules == (RULE,)
    assert "SPCL-02" in rows["parameter", LPR].rules
    assert rows["parameter", LPR].waiting.pk == number
    source_countersign(actor=SECOND, confirmation_id=number)
    assert ("parameter", LPR) not in {(row.kind, row.key) for row in unconfirmed_sources()}


def test_the_database_keeps_signatures(db):
    number = source_confirm(actor=FIRST, kind="mandate", key="a", link=LINK).id
    for change in ({"link": "https://other.example.org"}, {"first_by": "user:9"}, {"key": "b"}):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            SourceConfirmation.objects.filter(pk=number).update(**change)
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        SourceConfirmation.objects.filter(pk=number).delete()
    with pytest.raises(DatabaseError, match="two_persons"), transaction.atomic():
        SourceConfirmation.objects.filter(pk=number).update(second_by="user:1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["first", "second"])
def test_two_at_once_make_one_confirmation(step):
    values = {"kind": "mandate", "key": "race"}
    others = (FIRST, person(7, "officer")) if step == "first" else (SECOND, person(8))
    if step == "first":
        calls = [partial(source_confirm, actor=who, link=LINK, **values) for who in others]
    else:
        with acting_as(SYSTEM):
            number = source_confirm(actor=FIRST, link=LINK, **values).id
        calls = [partial(source_countersign, actor=who, confirmation_id=number) for who in others]
    results = at_once(*calls)
    codes = sorted(result.code if isinstance(result, Refusal) else "done" for result in results)
    assert codes == ["done", "source.waiting" if step == "first" else "source.already_confirmed"]
    with acting_as(SYSTEM):
        assert SourceConfirmation.objects.count() == 1
