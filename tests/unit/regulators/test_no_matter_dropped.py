"""Whatever anybody does in whatever order: every matter has exactly one responsible authority, and none is forgotten.

A state machine takes random steps (offer, answer, withdraw, let days pass, sweep, bring, settle). Refusals must
change nothing.
"""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from common.transitions import transitions_of
from regulators import selectors, services
from regulators.choices import OPEN_HAND_OVER
from regulators.models import AgendaItem, HandOver
from tests.factories.coordination import Matters, body, coordination_map, matters
from tests.factories.regulators import SYSTEM, as_principal, at_once, officer
from tests.thorough import cases

CODES = ("CBRC", "CSRC", "MIIT", "CBRC-110000")
SUBJECTS = ("matter:1", "matter:2")
START = date(2017, 7, 3)
codes, subjects = st.sampled_from(CODES), st.sampled_from(SUBJECTS)
picks, strays = st.integers(0, 5), st.sampled_from((None, None, None, None, None, *CODES))


class Desks(RuleBasedStateMachine):
    """Four authorities pass two matters around."""

    def __init__(self) -> None:
        super().__init__()
        self.block = transaction.atomic()
        self.block.__enter__()
        self.day = START

    @initialize()
    def open_the_offices(self) -> None:
        coordination_map()
        self.found: Matters = matters(m1="CBRC", m2="CSRC")
        with clock.frozen(START):
            self.people = {code: officer(code) for code in CODES}
            self.secretary = officer("PBOC", "secretariat")
        self.ids = {body(code): code for code in CODES}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.block.__exit__(None, None, None)

    def act(self, who: Principal, verb: Any, **arguments: Any) -> bool:
        """Call a verb on the day; a refusal must leave every row as it was."""
        before = self.everything()
        try:
            with clock.frozen(self.day), acting_as(who):
                verb(actor=who, **arguments)
        except Refusal:
            assert self.everything() == before
            return False
        return True

    def everything(self) -> tuple[Any, ...]:
        rows = list(HandOver.objects.order_by("pk").values_list())
        shown = {key: dict(value) for key, value in self.found.shown.items() if value}
        return rows, dict(self.found.owners), shown, AgendaItem.objects.count()

    def pick(self, number: int, *states: str) -> HandOver | None:
        """A hand-over in one of the states; when there is none, any."""
        rows = list(HandOver.objects.filter(state__in=states).order_by("pk")) or list(HandOver.objects.order_by("pk"))
        return rows[number % len(rows)] if rows else None

    def somebody(self, right: int, stray: str | None) -> Principal:
        """The body that may act, or now and then another one."""
        return self.people[stray or self.ids[right]]

    @rule(to=codes, subject=subjects, stray=strays)
    def offer(self, to: str, subject: str, stray: str | None) -> None:
        owner = self.found.owners[int(subject[-1])]
        is_free = not HandOver.objects.filter(subject=subject, state__in=OPEN_HAND_OVER).exists()
        who = self.somebody(owner, stray)
        done = self.act(who, services.handover_offer, subject=subject, to_authority_id=body(to), reason="职责所在")
        assert done == (who is self.people[self.ids[owner]] and body(to) != owner and is_free)

    @rule(number=picks, stray=strays)
    def accept(self, number: int, stray: str | None) -> None:
        if row := self.pick(number, *OPEN_HAND_OVER):
            who = self.somebody(row.to_authority_id, stray)
            done = self.act(who, services.handover_accept, handover_id=row.pk)
            assert not done or row.to_authority_id in who.authority_ids

    @rule(number=picks, stray=strays, reason=st.sampled_from(("不属于本单位", "不属于本单位", " ")))
    def refuse(self, number: int, stray: str | None, reason: str) -> None:
        if row := self.pick(number, *OPEN_HAND_OVER):
            who = self.somebody(row.to_authority_id, stray)
            done = self.act(who, services.handover_refuse, handover_id=row.pk, reason=reason)
            assert not done or reason.strip()

    @rule(number=picks, stray=strays)
    def withdraw(self, number: int, stray: str | None) -> None:
        if row := self.pick(number, *OPEN_HAND_OVER):
            who = self.somebody(row.from_authority_id, stray)
            self.act(who, services.handover_withdraw, handover_id=row.pk, reason="撤回")

    @rule(number=picks, stray=strays)
    def bring(self, number: int, stray: str | None) -> None:
        if row := self.pick(number, "refused"):
            who = self.somebody(row.from_authority_id, stray)
            self.act(who, services.handover_bring_to_meeting, handover_id=row.pk, reason="不一致")

    @rule(number=picks, moves=st.booleans())
    def settle(self, number: int, moves: bool) -> None:
        if row := self.pick(number, "before_meeting"):
            self.act(self.secretary, services.handover_settle, handover_id=row.pk, moves=moves, reason="决定")

    @rule(days=st.integers(1, 25))
    def days_pass(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def sweep(self) -> None:
        with clock.frozen(self.day):
            services.handovers_escalate_overdue(actor=SYSTEM)
            assert services.handovers_escalate_overdue(actor=SYSTEM) == 0
        for row in HandOver.objects.filter(state__in=OPEN_HAND_OVER).exclude(state="before_meeting"):
            assert row.meeting_on >= self.day
            assert row.state != "offered" or row.due_on >= self.day

    @invariant()
    def exactly_one_is_responsible(self) -> None:
        if not hasattr(self, "found"):
            return
        for subject in SUBJECTS:
            rows = HandOver.objects.filter(subject=subject)
            on_their_way = [row for row in rows if row.state in OPEN_HAND_OVER]
            owner = self.found.owners[int(subject[-1])]
            assert len(on_their_way) <= 1
            assert all(row.responsible_id == row.from_authority_id == owner for row in on_their_way)
            assert selectors.responsible_for(subject) in {None, owner}

    @invariant()
    def every_step_is_taken_once_and_leaves_its_mark(self) -> None:
        if not hasattr(self, "found"):
            return
        for row in HandOver.objects.all():
            verbs = Counter(step.verb for step in transitions_of("handover", row.pk))
            assert all(verbs[verb] <= 1 for verb in ("offer", "remind", "raise", "accept", "withdraw"))
            assert verbs["bring"] <= 1 + verbs["refuse"]
            assert (row.agenda_item_id is not None) == (verbs["bring"] > 0)
            assert (row.superior_id is not None) == (verbs["raise"] == 1)
        live = AgendaItem.objects.filter(state__in=("draft", "accepted"), outcome="").values_list("pk", flat=True)
        waiting = HandOver.objects.filter(state="before_meeting").values_list("agenda_item_id", flat=True)
        assert sorted(live) == sorted(waiting)


@pytest.mark.thorough
@pytest.mark.django_db
def test_nothing_is_dropped_between_two_desks() -> None:
    run_state_machine_as_test(
        Desks,
        settings=settings(
            max_examples=cases(12, 30), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_take_each_step_once() -> None:
    with acting_as(SYSTEM), clock.frozen(START):
        coordination_map()
        found = matters(m1="CSRC", m2="CSRC")
        sender = officer("CSRC")
    with clock.frozen(START), acting_as(sender):
        pks = [
            services.handover_offer(actor=sender, subject=s, to_authority_id=body("CBRC-110000"), reason="x")
            for s in SUBJECTS
        ]
    with clock.frozen("2017-10-09"):
        taken = at_once(
            *(as_principal(SYSTEM, lambda: services.handovers_escalate_overdue(actor=SYSTEM)) for _ in range(4))
        )
    assert sum(taken) == 6
    with acting_as(SYSTEM):
        for pk in pks:
            assert [step.verb for step in transitions_of("handover", pk)] == ["offer", "remind", "raise", "bring"]
        assert AgendaItem.objects.count() == 2
        assert found.owners == dict.fromkeys((1, 2), body("CSRC"))


@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_ends_one_way() -> None:
    with acting_as(SYSTEM), clock.frozen(START):
        coordination_map()
        found = matters(m1="CBRC")
        sender, receiver = officer("CBRC"), officer("MIIT")
    with acting_as(sender), clock.frozen(START):
        pk = services.handover_offer(actor=sender, subject="matter:1", to_authority_id=body("MIIT"), reason="x")

    def accept() -> str:
        services.handover_accept(actor=receiver, handover_id=pk)
        return "accepted"

    def withdraw() -> str:
        services.handover_withdraw(actor=sender, handover_id=pk, reason="撤回")
        return "withdrawn"

    with clock.frozen(START):
        results = at_once(as_principal(receiver, accept), as_principal(sender, withdraw))
    with acting_as(SYSTEM):
        state = HandOver.objects.get(pk=pk).state
        assert sorted(isinstance(result, Refusal) for result in results) == [False, True]
        assert state in results
        assert found.owners[1] == body("MIIT" if state == "accepted" else "CBRC")


@pytest.mark.django_db(transaction=True)
def test_two_offers_at_once_leave_one() -> None:
    with acting_as(SYSTEM), clock.frozen(START):
        coordination_map()
        matters(m1="CBRC")
        sender = officer("CBRC")

    def offer(to: str) -> Any:
        return as_principal(
            sender,
            lambda: services.handover_offer(
                actor=sender, subject="matter:1", to_authority_id=body(to), reason="x"
            ),
        )  # fmt: skip

    with clock.frozen(START):
        results = at_once(offer("MIIT"), offer("CSRC"), offer("MPS"))
    assert sorted(getattr(result, "code", "offered") for result in results) == [
        "handover.already_open", "handover.already_open", "offered",
    ]  # fmt: skip
    with acting_as(SYSTEM):
        assert HandOver.objects.count() == 1
