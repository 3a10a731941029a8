"""Whatever anybody does, every open matter has one responsible body and one live place where it waits until a day.

A state machine lets four authorities and a secretariat act at random: offers, questions, answers, refusals, sweeps,
agendas that are dropped, merged, split, carried over, and meetings that are planned, convened, postponed, held, closed
or simply forgotten.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from regulators import services
from regulators.choices import OPEN_CONSULTATION, OPEN_HAND_OVER
from regulators.models import AgendaItem, Attendance, Consultation, HandOver, JointMeeting, Minutes, Resolution
from regulators.services import matters as places
from tests.factories.coordination import Matters, body, coordination_map, matters
from tests.factories.meetings import text
from tests.factories.regulators import SYSTEM, officer
from tests.thorough import cases

CODES = ("CBRC", "CSRC", "MIIT", "CBRC-110000")
SUBJECTS = ("matter:1", "matter:2")
START = date(2017, 7, 3)
codes, subjects, picks = st.sampled_from(CODES), st.sampled_from(SUBJECTS), st.integers(0, 7)
JUMPS = (3, 1, 8, 15, 40, 100, 1000)


def place_of(row: Any, today: date) -> tuple[str, Any, date]:
    """Kind of place, who holds it, and the last day there; fails when there is none."""
    days = {
        "offered": row.due_on, "open": row.due_on, "reminded": row.superior_on or row.meeting_on,
        "raised": row.meeting_on,
    }  # fmt: skip
    if row.state in days:
        holder = row.superior_id if row.state == "raised" else row.to_authority_id
        assert holder is not None
        return ("desk", holder, days[row.state] if row.superior_id else max(days[row.state], row.meeting_on))
    assert row.state == "before_meeting"
    item = AgendaItem.objects.select_related("meeting").get(pk=row.agenda_item_id)
    assert item.state in ("draft", "accepted")
    assert (item.outcome, item.merged_into_id) == ("", None)
    assert item.meeting.state != "closed"
    return ("meeting", item.meeting_id, places.waits_until(item))


def open_rows() -> list[Any]:
    return [
        *HandOver.objects.filter(state__in=OPEN_HAND_OVER).order_by("pk"),
        *Consultation.objects.filter(state__in=OPEN_CONSULTATION).order_by("pk"),
    ]


def running_items() -> list[int]:
    return list(AgendaItem.objects.exclude(meeting__state="closed").values_list("pk", flat=True))


class Desks(RuleBasedStateMachine):
    """Four authorities, two matters, one secretariat and its meetings."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = START

    @initialize(to=st.sampled_from(("MIIT", "CBRC-110000")), days=st.sampled_from((1, 9, 40)))
    def open_the_offices(self, to: str, days: int) -> None:
        """One matter is offered, one asked about; both may have reached the meeting already."""
        coordination_map()
        self.found: Matters = matters(m1="CBRC", m2="CSRC")
        with clock.frozen(START):
            self.people = {code: officer(code) for code in CODES}
            self.secretary = officer("PBOC", "secretariat")
            self.approvers = [officer("CBRC"), officer("CSRC")]
        self.ids = {body(code): code for code in CODES}
        self.offer(to, SUBJECTS[0])
        self.ask(to, SUBJECTS[1])
        self.days_pass_and_the_sweep_runs(days)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def act(self, who: Principal, verb: Callable[..., Any], **arguments: Any) -> bool:
        """Call a verb on the day; it is done as a whole or refused."""
        try:
            with clock.frozen(self.day), acting_as(who), transaction.atomic():
                verb(actor=who, **arguments)
        except Refusal:
            return False
        return True

    def pick(self, rows: Any, number: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[number % len(found)] if found else None

    # --- between authorities ---
    @precondition(lambda self: len(open_rows()) < 5)
    @rule(to=codes, subject=subjects)
    def offer(self, to: str, subject: str) -> None:
        who = self.people[self.ids[self.found.owners[int(subject[-1])]]]
        self.act(who, services.handover_offer, subject=subject, to_authority_id=body(to), reason="职责所在")

    @precondition(lambda self: len(open_rows()) < 4)
    @rule(to=codes, subject=subjects)
    def ask(self, to: str, subject: str) -> None:
        who = self.people[self.ids[self.found.owners[int(subject[-1])]]]
        self.act(who, services.consultation_open, subject=subject, to_authority_id=body(to), question="有何意见？")

    @precondition(lambda self: HandOver.objects.filter(state__in=(*OPEN_HAND_OVER, "refused")).exists())
    @rule(number=picks, verb=st.sampled_from(("bring", "refuse", "withdraw", "accept")))
    def hand_over(self, number: int, verb: str) -> None:
        rows = HandOver.objects.filter(state="refused") if verb == "bring" else HandOver.objects.all()
        if row := self.pick(rows.filter(state__in=(*OPEN_HAND_OVER, "refused")), number):
            who = self.people[self.ids[row.to_authority_id if verb in ("accept", "refuse") else row.from_authority_id]]
            call, extra = {
                "accept": (services.handover_accept, {}), "refuse": (services.handover_refuse, {"reason": "不属于"}),
                "withdraw": (services.handover_withdraw, {"reason": "撤回"}),
                "bring": (services.handover_bring_to_meeting, {"reason": "不一致"}),
            }[verb]  # fmt: skip
            self.act(who, call, handover_id=row.pk, **extra)

    @precondition(lambda self: Consultation.objects.filter(state__in=(*OPEN_CONSULTATION, "refused")).exists())
    @rule(number=picks, verb=st.sampled_from(("bring", "refuse", "withdraw", "answer")))
    def question(self, number: int, verb: str) -> None:
        rows = Consultation.objects.filter(state="refused") if verb == "bring" else Consultation.objects.all()
        if row := self.pick(rows.filter(state__in=(*OPEN_CONSULTATION, "refused")), number):
            who = self.people[self.ids[row.to_authority_id if verb in ("answer", "refuse") else row.from_authority_id]]
            call, extra = {
                "answer": (services.consultation_answer, {"answer": "无异议"}),
                "refuse": (services.consultation_refuse, {"reason": "不掌握"}),
                "withdraw": (services.consultation_withdraw, {}),
                "bring": (services.consultation_bring_to_meeting, {"reason": "不一致"}),
            }[verb]  # fmt: skip
            self.act(who, call, consultation_id=row.pk, **extra)

    # --- the secretariat ---
    @precondition(lambda self: running_items())
    @rule(number=picks, verb=st.sampled_from(("drop", "carry", "note", "take", "split")))
    def item(self, number: int, verb: str) -> None:
        if row := self.pick(AgendaItem.objects.exclude(meeting__state="closed"), number):
            call, extra = {
                "take": (services.agenda_item_decide, {"accept": True}),
                "drop": (services.agenda_item_decide, {"accept": False}),
                "carry": (services.agenda_item_carry_over, {}), "note": (services.agenda_item_note, {}),
                "split": (services.agenda_item_split, {}),
            }[verb]  # fmt: skip
            self.act(self.secretary, call, item_id=row.pk, **extra)

    @precondition(lambda self: AgendaItem.objects.filter(meeting__state="preparing").count() > 1)
    @rule(one=picks, other=picks)
    def merge(self, one: int, other: int) -> None:
        first, second = (self.pick(AgendaItem.objects.filter(meeting__state="preparing"), n) for n in (one, other))
        if first and second:
            self.act(self.secretary, services.agenda_items_merge, item_id=first.pk, into_id=second.pk)

    @precondition(lambda self: len(running_items()) < 4)
    @rule(number=picks)
    def propose(self, number: int) -> None:
        quarter = places.quarter_of(self.day)
        self.act(
            self.secretary, services.agenda_item_propose, meeting_quarter=quarter, subject=f"member:{number}",
            title=text("M"), kind="consultation",
        )  # fmt: skip

    @precondition(lambda self: HandOver.objects.filter(state="before_meeting").exists())
    @rule(number=picks, moves=st.booleans(), says=st.booleans())
    def settle(self, number: int, moves: bool, says: bool) -> None:
        if row := self.pick(HandOver.objects.filter(state="before_meeting"), number):
            self.act(self.secretary, services.handover_settle, handover_id=row.pk, moves=moves, reason="商定" * says)

    @precondition(lambda self: JointMeeting.objects.filter(state="preparing").exists())
    @rule(number=picks)
    def prepare_and_convene(self, number: int) -> None:
        if meeting := self.pick(JointMeeting.objects.filter(state="preparing"), number):
            for row in AgendaItem.objects.filter(meeting=meeting, state="draft", outcome=""):
                self.act(self.secretary, services.agenda_item_decide, item_id=row.pk, accept=True)
            quarter = meeting.quarter
            first = date(int(quarter[:4]), int(quarter[5]) * 3 - 2, 1)
            planned = max(self.day, first) + timedelta(days=10)
            self.act(self.secretary, services.meeting_plan, meeting_id=meeting.pk, planned_on=planned)
            self.act(self.secretary, services.meeting_convene, meeting_id=meeting.pk)

    @precondition(lambda self: JointMeeting.objects.filter(state="convened").exists())
    @rule(number=picks)
    def postpone(self, number: int) -> None:
        if meeting := self.pick(JointMeeting.objects.filter(state="convened"), number):
            self.act(self.secretary, services.meeting_postpone, meeting_id=meeting.pk, reason="改期")

    @precondition(lambda self: JointMeeting.objects.filter(state="convened").exists())
    @rule(number=picks)
    def hold(self, number: int) -> None:
        if meeting := self.pick(JointMeeting.objects.filter(state="convened"), number):
            self.day = max(self.day, meeting.planned_on)
            for row in Attendance.objects.filter(meeting=meeting):
                self.act(
                    self.secretary, services.attendance_record, meeting_id=meeting.pk,
                    authority_id=row.authority_id, is_present=True,
                )  # fmt: skip
            self.act(self.secretary, services.meeting_hold, meeting_id=meeting.pk)

    @precondition(lambda self: JointMeeting.objects.filter(state="held").exists())
    @rule(number=picks, moves=st.booleans(), says=st.sampled_from((True, True, False)))
    def resolve(self, number: int, moves: bool, says: bool) -> None:
        sitting = AgendaItem.objects.filter(meeting__state="held", state="accepted", outcome="")
        if item := self.pick(sitting, number):
            carried = [row for row in open_rows() if row.agenda_item_id == item.pk]
            offers = {row.pk: moves for row in carried if isinstance(row, HandOver)} if says else {}
            done = self.act(
                self.secretary, services.resolution_record, item_id=item.pk, text={"zh": "议定", "en": "Resolved"},
                moves=offers,
            )  # fmt: skip
            still = [row for row in open_rows() if row.agenda_item_id == item.pk]
            assert still == ([] if done else carried)

    @precondition(lambda self: JointMeeting.objects.filter(state="held").exists())
    @rule(number=picks)
    def close(self, number: int) -> None:
        if meeting := self.pick(JointMeeting.objects.filter(state="held"), number):
            for row in AgendaItem.objects.filter(meeting=meeting, state="accepted", outcome=""):
                self.act(self.secretary, services.agenda_item_note, item_id=row.pk)
            self.act(self.secretary, services.minutes_draft, meeting_id=meeting.pk)
            for who in self.approvers:
                self.act(who, services.minutes_approve, meeting_id=meeting.pk)
            self.act(self.secretary, services.minutes_publish, meeting_id=meeting.pk)
            if Minutes.objects.filter(meeting=meeting, state="published").exists():
                assert self.act(self.secretary, services.meeting_close, meeting_id=meeting.pk)

    # --- time ---
    @rule(days=st.sampled_from(JUMPS))
    def days_pass_and_the_sweep_runs(self, days: int) -> None:
        self.day += timedelta(days=days)
        with clock.frozen(self.day):
            services.handovers_escalate_overdue(actor=SYSTEM)
            services.consultations_escalate_overdue(actor=SYSTEM)
            again = (
                services.handovers_escalate_overdue(actor=SYSTEM), services.consultations_escalate_overdue(actor=SYSTEM)
            )  # fmt: skip
        assert again == (0, 0)
        for row in open_rows():
            assert place_of(row, self.day)[2] >= self.day

    # --- what always holds ---
    @invariant()
    def every_open_matter_waits_in_one_place_with_one_responsible_body(self) -> None:
        if not hasattr(self, "found"):
            return
        with clock.frozen(self.day):
            for row in open_rows():
                place_of(row, self.day)
                assert row.responsible_id == row.from_authority_id
        for subject in SUBJECTS:
            offers = list(HandOver.objects.filter(subject=subject, state__in=OPEN_HAND_OVER))
            assert len(offers) <= 1
            assert all(row.from_authority_id == self.found.owners[int(subject[-1])] for row in offers)

    @invariant()
    def no_item_is_closed_over_an_open_matter(self) -> None:
        if not hasattr(self, "found"):
            return
        carried = [row.agenda_item_id for row in open_rows() if row.agenda_item_id]
        assert not Resolution.objects.filter(item_id__in=carried).exists()


@pytest.mark.thorough
@pytest.mark.django_db
def test_every_matter_has_a_place_and_a_day_whatever_happens() -> None:
    run_state_machine_as_test(
        Desks,
        settings=settings(
            max_examples=cases(5, 12), stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
