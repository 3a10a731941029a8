"""Opinions asked of another authority: question, papers, day, answer, late."""

from datetime import date

import pytest

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent
from common.transitions import transitions_of
from regulators import selectors, services
from regulators.models import Consultation
from tests.factories.coordination import Matters, body, coordination_map, matters
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db
MONDAY, DUE = date(2017, 7, 10), date(2017, 7, 24)


@pytest.fixture
def owned() -> Matters:
    coordination_map()
    with clock.frozen(MONDAY):
        yield matters(m1="CBRC")  # type: ignore[misc]


def ask(who, to: str = "CAC", **changes: object) -> int:  # type: ignore[no-untyped-def]
    values = {"subject": "matter:1", "question": "网站是否仍可访问？", "papers": ["finding:7", " "], **changes}
    with acting_as(who):
        return services.consultation_open(actor=who, to_authority_id=body(to), **values)


def refused(code: str, verb, **arguments) -> None:  # type: ignore[no-untyped-def]
    before = list(Consultation.objects.order_by("pk").values())
    with pytest.raises(Refusal) as found:
        verb(**arguments)
    assert found.value.code == code
    assert list(Consultation.objects.order_by("pk").values()) == before


def test_a_question_has_its_papers_its_day_and_shows_the_matter(owned: Matters) -> None:
    row = Consultation.objects.get(pk=ask(officer("CBRC")))
    assert (row.due_on, row.papers, row.state, row.title_en) == (DUE, ["finding:7"], "open", "Matter 1")
    assert row.why_due["is_convention"] is True
    assert owned.shown[1] == {body("CAC"): f"consultation:{row.public_id}"}
    assert OutboxEvent.objects.get(topic="consultation.opened").payload["to_authority_id"] == body("CAC")


def test_the_asked_body_answers_once_and_the_asking_one_stays_responsible(owned: Matters) -> None:
    sender, asked = officer("CBRC"), officer("CAC")
    pk = ask(sender)
    with acting_as(sender):
        refused(
            "consultation.not_permitted", services.consultation_answer, actor=sender, consultation_id=pk, answer="x"
        )
    with acting_as(asked):
        assert [matter.kind for matter in selectors.matters_waiting_for(asked)] == ["consultation"]
        refused("coordination.no_answer", services.consultation_answer, actor=asked, consultation_id=pk, answer=" ")
        services.consultation_answer(actor=asked, consultation_id=pk, answer="仍可访问")
        refused("consultation.wrong_state", services.consultation_answer, actor=asked, consultation_id=pk, answer="y")
        assert selectors.matters_waiting_for(asked) == ()
    row = Consultation.objects.get(pk=pk)
    assert (row.state, row.answer, row.answered_on, row.is_late) == ("answered", "仍可访问", MONDAY, False)
    assert (owned.owners[1], owned.taken) == (body("CBRC"), [])
    assert [step.verb for step in transitions_of("consultation", pk)] == ["ask", "answer"]


@pytest.mark.parametrize(("day", "late"), [(date(2017, 7, 23), False), (DUE, False), (date(2017, 7, 25), True)])
def test_an_answer_after_the_last_day_is_late(owned: Matters, day: date, late: bool) -> None:
    asked = officer("CAC")
    pk = ask(officer("CBRC"))
    with clock.frozen(day), acting_as(asked):
        assert Consultation.objects.get(pk=pk).is_late is late
        services.consultation_answer(actor=asked, consultation_id=pk, answer="答复")
    with clock.frozen("2018-01-01"):
        assert Consultation.objects.get(pk=pk).is_late is late


def test_a_withdrawn_question_takes_the_sight_of_the_matter_back(owned: Matters) -> None:
    sender, asked = officer("CBRC"), officer("CAC")
    pk = ask(sender)
    with acting_as(asked):
        refused("consultation.not_permitted", services.consultation_withdraw, actor=asked, consultation_id=pk)
    with acting_as(sender):
        services.consultation_withdraw(actor=sender, consultation_id=pk)
    assert (Consultation.objects.get(pk=pk).state, owned.shown[1]) == ("withdrawn", {})


def test_only_the_owner_asks_and_never_without_a_question(owned: Matters) -> None:
    sender, stranger = officer("CBRC"), officer("CSRC")
    with acting_as(stranger):
        refused(
            "not_found", services.consultation_open,
            actor=stranger, subject="matter:1", to_authority_id=body("CAC"), question="?",
        )  # fmt: skip
    with acting_as(sender):
        refused(
            "coordination.no_question", services.consultation_open,
            actor=sender, subject="matter:1", to_authority_id=body("CAC"), question="",
        )  # fmt: skip
        refused(
            "handover.same_body", services.consultation_open,
            actor=sender, subject="matter:1", to_authority_id=body("CBRC"), question="?",
        )  # fmt: skip


def test_nobody_else_sees_a_question(owned: Matters) -> None:
    pk = ask(officer("CBRC"))
    for code, sees in (("CBRC", True), ("CAC", True), ("MIIT", False), ("PBOC", False)):
        who = officer(code, "secretariat") if code == "PBOC" else officer(code)
        with acting_as(who):
            assert Consultation.objects.filter(pk=pk).exists() is sees
            assert selectors.consultations_visible_to(who).exists() is sees


def test_an_overdue_question_is_announced_once(owned: Matters) -> None:
    ask(officer("CBRC"))

    def remind(day: str) -> int:
        with clock.frozen(day):
            return services.consultations_escalate_overdue(actor=SYSTEM)

    assert [remind(day) for day in ("2017-07-24", "2017-07-25", "2017-07-25", "2017-07-27")] == [0, 1, 0, 0]
    assert OutboxEvent.objects.filter(topic="consultation.overdue").count() == 1
