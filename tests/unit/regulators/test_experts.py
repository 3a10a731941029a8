"""The expert advisory group: panels without conflicts, opinions that nobody reads before all are in."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.utils import translation

from common import clock
from common.audit import audit_verify
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import AuditEntry, OutboxEvent, OutgoingMessage, Transition
from regulators import selectors, services
from regulators.models import ConflictOfInterest, Expert, ExpertQuestion, Opinion, PanelSeat
from regulators.selectors.experts import opinions_of, questions_visible_to
from tests.factories import meetings
from tests.factories.meetings import OPENED, People, expert, question, text
from tests.factories.regulators import SYSTEM, officer

pytestmark = pytest.mark.django_db
SECRET = "绝密意见：应当由牵头单位负责"


@pytest.fixture
def who(db: None) -> Iterator[People]:
    """The day on which questions are asked."""
    with clock.frozen(OPENED):
        yield meetings.people()


def refused(verb: object, **given: object) -> str:
    with pytest.raises(Refusal) as caught:
        verb(**given)  # type: ignore[operator]
    return caught.value.code


def give(who: object, question_id: int, words: str = SECRET) -> int:
    """The expert's own door: the transaction carries the expert's principal."""
    with acting_as(who):  # type: ignore[arg-type]
        return services.opinion_give(actor=who, question_id=question_id, text=words)  # type: ignore[arg-type]


def state(question_id: int) -> str:
    return ExpertQuestion.objects.get(pk=question_id).state


def test_an_expert_has_fields_and_a_term_and_holds_no_office(who: People) -> None:
    number, principal = expert("law", "risk")
    assert (principal.roles, principal.authority_ids) == (frozenset({"expert"}), ())
    row = Expert.objects.get(pk=number)
    assert (row.fields, str(row.term_from)) == (["law", "risk"], OPENED)
    appoint = services.expert_appoint
    assert appoint(actor=who.secretariat, user_id=row.user_id, fields=["law"]) == number
    assert refused(appoint, actor=who.cbrc, user_id=row.user_id, fields=["law"]) == "permission.denied"
    assert refused(appoint, actor=who.secretariat, user_id=row.user_id, fields=["magic"]) == "expert.unknown_field"
    in_office = who.cbrc.user_id
    assert refused(appoint, actor=who.secretariat, user_id=in_office, fields=["law"]) == "expert.holds_office"
    assert (Expert.objects.count(), Expert.objects.get().fields) == (1, ["law"])


def test_the_panel_is_chosen_by_field_and_without_conflict(who: People) -> None:
    law, risk, conflicted, other = (expert(*f)[0] for f in (("law",), ("risk", "law"), ("law",), ("accounting",)))
    services.conflict_declare(
        actor=who.secretariat, expert_id=conflicted, kind="platform", ref="p-1", reason="Shareholder"
    )
    asked = question(who.secretariat, platforms=["p-1"])
    assert list(PanelSeat.objects.filter(question=asked).values_list("expert_id", flat=True)) == [law, risk]
    named = {"title": text("Q"), "text": text("T"), "fields": ["law"], "due_at": meetings.in_days(7),
             "platforms": ["p-1"]}  # fmt: skip
    for ids, code in (((law, conflicted), "panel.conflicted"), ((law, other), "panel.not_fitting"),
                      ((law,), "panel.too_small")):  # fmt: skip
        with transaction.atomic():
            assert refused(services.question_ask, actor=who.secretariat, expert_ids=ids, **named) == code
    assert refused(services.question_ask, actor=who.cbrc, **named) == "permission.denied"
    assert ExpertQuestion.objects.count() == 1
    assert refused(
        services.panel_seat_add, actor=who.secretariat, question_id=asked, expert_id=conflicted
    ) == "panel.conflicted"  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "ref", "about"),
    [("line", "p2p_lending", {"business_line": "p2p_lending"}), ("authority", "CBRC", {"authorities": ["CBRC"]})],
)
def test_interests_in_lines_and_authorities_conflict_too(
    who: People, kind: str, ref: str, about: dict[str, object]
) -> None:
    first, second, third = (expert("law")[0] for _ in range(3))
    services.conflict_declare(actor=who.secretariat, expert_id=third, kind=kind, ref=ref, reason="Adviser")
    asked = question(**about)
    assert set(PanelSeat.objects.filter(question=asked).values_list("expert_id", flat=True)) == {first, second}
    assert third in PanelSeat.objects.filter(question=question()).values_list("expert_id", flat=True)


@pytest.mark.parametrize(
    "changes", [{"text": {"zh": "只有中文"}}, {"fields": ["magic"]}, {"fields": []}, {"due_at": None}]
)
def test_an_incomplete_question_is_refused(who: People, changes: dict[str, object]) -> None:
    expert("law"), expert("law")
    given = {**changes, **({"due_at": clock.now()} if "due_at" in changes else {})}
    assert refused(question, actor=who.secretariat, **given) == "question.incomplete"
    assert ExpertQuestion.objects.count() == 0


def test_interests_are_declared_by_the_expert_or_the_secretariat_only(who: People) -> None:
    number, own = expert("law")
    _other, stranger = expert("law")
    given = {"expert_id": number, "kind": "platform", "ref": "p-1", "reason": "Shares"}
    for actor in (stranger, who.cbrc):
        assert refused(services.conflict_declare, actor=actor, **given) == "permission.denied"
    for bad in ({"ref": " "}, {"reason": ""}, {"kind": "line", "ref": "casino"}, {"kind": "planet"}):
        assert refused(services.conflict_declare, actor=own, **{**given, **bad}) == "conflict.incomplete"
    assert ConflictOfInterest.objects.count() == 0
    made = {services.conflict_declare(actor=actor, **given) for actor in (own, who.secretariat)}  # type: ignore[arg-type]
    assert (len(made), ConflictOfInterest.objects.get().declared_by) == (1, own.label)


def test_an_interest_discovered_late_recuses_and_the_opinion_is_never_published(who: People) -> None:
    (one, first), (_two, second), (_three, third) = (expert("law") for _ in range(3))
    asked = question(platforms=["p-1"])
    give(first, asked)
    give(second, asked, "Second")
    with acting_as(first):
        services.conflict_declare(actor=first, expert_id=one, kind="platform", ref="p-1", reason="Kin there")
    seat = PanelSeat.objects.get(question=asked, expert_id=one)
    assert (seat.state, seat.recusal_reason) == ("recused", "Kin there")
    with acting_as(first):
        assert refused(services.opinion_give, actor=first, question_id=asked, text="again") == "opinion.recused"
    give(third, asked, "Third")
    assert state(asked) == "published"
    with acting_as(who.cbrc):
        assert [o.text for o in opinions_of(who.cbrc, asked)] == ["Second", "Third"]
        assert Opinion.objects.count() == 2


@pytest.mark.parametrize("how", ["by hand", "interest", "end of term"])
def test_recusing_the_last_missing_expert_publishes_at_once(who: People, how: str) -> None:
    (_one, first), (two, second) = (expert("law") for _ in range(2))
    asked = question(platforms=["p-1"])
    give(first, asked, "First")
    assert state(asked) == "asked"
    if how == "by hand":
        seat = PanelSeat.objects.get(question=asked, expert_id=two).pk
        assert refused(services.expert_recuse, actor=who.secretariat, seat_id=seat, reason=" ") == "reason.missing"
        assert state(asked) == "asked"
        services.expert_recuse(actor=who.secretariat, seat_id=seat, reason="Family")
    elif how == "interest":
        with acting_as(second):
            services.conflict_declare(actor=second, expert_id=two, kind="platform", ref="p-1", reason="Kin there")
    else:
        services.expert_release(actor=who.secretariat, expert_id=two)
    assert state(asked) == "published"
    assert OutboxEvent.objects.filter(topic="question.published").count() == 1
    with acting_as(who.cbrc):
        assert [o.text for o in opinions_of(who.cbrc, asked)] == ["First"]


def test_a_panel_without_any_opinion_is_not_published_by_recusals(who: People) -> None:
    for _ in range(2):
        expert("law")
    asked = question()
    for seat in PanelSeat.objects.filter(question=asked):
        services.expert_recuse(actor=who.secretariat, seat_id=seat.pk, reason="Family")
    assert state(asked) == "asked"


def test_an_expert_is_shown_by_a_stored_name_and_never_by_the_login(who: People) -> None:
    user = get_user_model().objects.create_user(username="login.of.somebody", is_staff=True)
    pk = services.expert_appoint(actor=SYSTEM, user_id=user.pk, fields=["law"])
    with translation.override("en"):
        assert str(Expert.objects.get(pk=pk)) == f"Expert {pk}"
        services.expert_appoint(actor=SYSTEM, user_id=user.pk, fields=["law"], shown_as={"zh": "测试教授", "en": ""})
        assert str(Expert.objects.get(pk=pk)) == "测试教授"
        services.expert_appoint(actor=SYSTEM, user_id=user.pk, fields=["risk"], shown_as={"en": "Test professor"})
        assert str(Expert.objects.get(pk=pk)) == "Test professor"
    with translation.override("zh-hans"):
        assert str(Expert.objects.get(pk=pk)) == "测试教授"


def test_recusal_by_hand_needs_a_reason_and_standing(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    asked = question()
    seat = PanelSeat.objects.get(question=asked, actor=first.label).pk
    assert refused(services.expert_recuse, actor=second, seat_id=seat, reason="x") == "permission.denied"
    assert refused(services.expert_recuse, actor=who.secretariat, seat_id=seat, reason="") == "reason.missing"
    assert services.expert_recuse(actor=who.secretariat, seat_id=seat, reason="Family") == "recused"


def test_opinions_are_published_when_the_last_one_is_in_and_every_version_is_kept(who: People) -> None:
    (_one, first), (_two, second) = (expert("law", name=name) for name in ("测试专家甲", "测试专家乙"))
    asked = question(who.secretariat)
    assert (give(first, asked, "First draft"), give(first, asked, "Final")) == (1, 2)
    assert state(asked) == "asked"
    assert refused(
        services.question_publish, actor=who.secretariat, question_id=asked
    ) == "question.not_all_in"  # fmt: skip
    give(second, asked, "Agreed")
    assert state(asked) == "published"
    with acting_as(who.cbrc):
        found = opinions_of(who.cbrc, asked)
    assert [(o.expert, o.version, o.text, o.is_last) for o in found] == [
        ("测试专家甲", 1, "First draft", False), ("测试专家甲", 2, "Final", True), ("测试专家乙", 1, "Agreed", True),
    ]  # fmt: skip
    with acting_as(first):
        assert refused(services.opinion_give, actor=first, question_id=asked, text="Late") == "question.settled"


def test_opinions_are_published_when_the_day_has_passed_although_one_is_missing(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    asked, empty = question(), question()
    give(first, asked)
    assert services.questions_publish_due(actor=SYSTEM) == 0
    with clock.frozen(clock.now() + timedelta(days=8)):
        with acting_as(second):
            assert refused(services.opinion_give, actor=second, question_id=asked, text="x") == "opinion.too_late"
        assert services.questions_publish_due(actor=SYSTEM) == 1
        assert services.questions_publish_due(actor=SYSTEM) == 0
        assert (state(asked), state(empty)) == ("published", "asked")
        assert refused(services.question_publish, actor=SYSTEM, question_id=empty) == "question.no_opinion"
    assert refused(services.question_withdraw, actor=SYSTEM, question_id=empty, reason="") == "reason.missing"
    assert services.question_withdraw(actor=SYSTEM, question_id=empty, reason="Overtaken") == "withdrawn"


def test_only_the_panel_answers_and_only_with_words(who: People) -> None:
    (_one, first), (_two, _second) = (expert("law") for _ in range(2))
    asked = question()
    outsider = expert("accounting")[1]
    denied = "permission.denied"
    for actor, code in ((outsider, "not_found"), (who.cbrc, denied), (who.secretariat, denied)):
        with acting_as(actor):
            assert refused(services.opinion_give, actor=actor, question_id=asked, text="x") == code
    with acting_as(first):
        assert refused(services.opinion_give, actor=first, question_id=asked, text="  ") == "opinion.empty"
    assert Opinion.objects.count() == 0


def test_before_publication_no_door_shows_an_opinion(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    asked = question(who.secretariat)
    give(first, asked)
    auditor = officer("PBOC", "auditor", "supervisor", "secretariat", "officer")
    for reader in (second, who.secretariat, who.cbrc, auditor):
        with acting_as(reader):
            assert Opinion.objects.count() == 0  # row-level security, whatever the code asks
            assert opinions_of(reader, asked) == ()
    assert opinions_of(SYSTEM, asked) == ()  # the system may see rows, not what they say
    with acting_as(first):
        assert [o.text for o in opinions_of(first, asked)] == [SECRET]
    assert SECRET not in everything_stored()


def everything_stored() -> str:
    """All rows of all tables that may carry words: history, events, messages, audit, the tables of the group."""
    parts = [
        json.dumps(list(model.objects.values()), default=lambda v: bytes(v).hex() if not isinstance(v, str) else v)
        if model is Opinion
        else str(list(model.objects.values()))
        for model in (Transition, OutboxEvent, OutgoingMessage, AuditEntry, PanelSeat, ExpertQuestion)
    ]
    raw = b"".join(bytes(row) for row in Opinion.objects.values_list("sealed", flat=True))
    assert SECRET.encode() not in raw
    assert len(raw) > len(SECRET.encode())
    return "".join(parts)


def test_opinions_are_never_rewritten_and_the_trail_replays(who: People) -> None:
    (_one, first), (_two, _second) = (expert("law") for _ in range(2))
    asked = question()
    give(first, asked)
    for change in (lambda: Opinion.objects.update(version=9), lambda: Opinion.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert Opinion.objects.get().version == 1
    assert [p for p in audit_verify().problems if "opinion" in p] == []


def test_an_expert_cannot_write_in_another_one_s_name(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    asked = question()
    seat = PanelSeat.objects.get(question=asked, actor=first.label)
    with acting_as(second):
        assert PanelSeat.objects.count() == 1
        with pytest.raises(DatabaseError), transaction.atomic():
            Opinion.objects.create(seat_id=seat.pk, version=1, sealed=b"x")
    assert Opinion.objects.count() == 0


def test_experts_see_their_own_questions_only(who: People) -> None:
    (_one, first), (_two, _second) = (expert("law") for _ in range(2))
    accountants = [expert("accounting")[1] for _ in range(2)]
    law, accounting = question(), question(fields=["accounting"])
    with acting_as(first):
        assert list(questions_visible_to(first).values_list("pk", flat=True)) == [law]
        assert list(ExpertQuestion.objects.values_list("pk", flat=True)) == [law]
    with acting_as(accountants[0]):
        assert list(questions_visible_to(accountants[0]).values_list("pk", flat=True)) == [accounting]
    with acting_as(who.cbrc):
        assert questions_visible_to(who.cbrc).count() == 2
    outside = officer("LFO-110000")
    assert questions_visible_to(outside).count() == 0


def test_published_opinions_are_for_members_and_the_panel(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    asked = question()
    give(first, asked), give(second, asked, "Second")
    for reader, expected in (
        (first, 2), (who.csrc, 2), (who.secretariat, 2), (officer("LFO-110000"), 0), (expert("law")[1], 0),
    ):  # fmt: skip
        with acting_as(reader):
            assert len(opinions_of(reader, asked)) == expected


def test_a_resolution_waits_for_the_panel_and_says_whether_it_follows(who: People) -> None:
    (_one, first), (_two, second) = (expert("law") for _ in range(2))
    number = meetings.item()
    asked = question(who.secretariat, item_id=number)
    meetings.convened(who)
    with clock.frozen(meetings.DAY):
        meetings.sitting(who)
        record = {"actor": who.secretariat, "item_id": number, "text": text("R")}
        assert refused(services.resolution_record, **record) == "resolution.panel_waiting"
    give(first, asked), give(second, asked)
    with clock.frozen(meetings.DAY):
        for given in ({}, {"follows_panel": "no"}, {"follows_panel": "partly", "panel_reason": " "}):
            assert refused(services.resolution_record, **record, **given) == "resolution.panel_unsaid"
        services.resolution_record(**record, follows_panel="no", panel_reason="Too slow")  # type: ignore[arg-type]
        services.resolution_record(**record, follows_panel="yes")  # type: ignore[arg-type]
    lonely = meetings.item("case:2", quarter="2017Q4")
    assert lonely > 0




def test_the_end_of_a_term_recuses_from_running_panels(who: People) -> None:
    (one, first), (_two, second) = (expert("law") for _ in range(2))
    asked = question()
    give(first, asked)
    assert refused(services.expert_release, actor=who.cbrc, expert_id=one) == "permission.denied"
    days = {services.expert_release(actor=who.secretariat, expert_id=one) for _ in "ab"}
    assert [str(day) for day in days] == ["2017-07-11"]
    assert PanelSeat.objects.get(question=asked, expert_id=one).state == "recused"
    give(second, asked, "Second")
    with acting_as(who.cbrc):
        assert [o.text for o in opinions_of(who.cbrc, asked)] == ["Second"]
    with clock.frozen("2017-07-11"):
        assert selectors.principal_for_user(Expert.objects.get(pk=one).user).roles == frozenset()
