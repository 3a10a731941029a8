"""What a complaint's state means for the person who waits. Pure: a snapshot in, facts out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from complaints.choices import ComplaintState
from rulebook.timeline import EXTENDED, Event

_PATH = ("filed", "routed", "with_platform", "answered", "closed")
_POSITION = {"escalated": "answered", "withdrawn": "closed"}
_NEXT_STEP = {
    "filed": "find_authority",
    "routed": "authority_reviews",
    "with_platform": "platform_answers",
    "answered": "authority_decides",
    "escalated": "authority_acts",
    "closed": "nothing",
    "withdrawn": "nothing",
}


# What a step of the workflow means to a clock. `answer` and `escalate` both hand the complaint to the authority.
_EVENTS = {
    "forward": ("complaint.transferred",),
    "ask_supplement": ("supplement.requested",),
    "supplement": ("supplement.completed",),
    "extend": (EXTENDED,),
    "answer": ("complaint.answered", "complaint.with_authority"),
    "escalate": ("complaint.with_authority",),
    "close": ("complaint.decided",),
    "withdraw": ("complaint.withdrawn",),
}


class Step(Protocol):
    """One row of a complaint's history."""

    @property
    def verb(self) -> str:
        """What was done."""

    @property
    def at(self) -> datetime:
        """When."""

    @property
    def data(self) -> dict[str, Any]:
        """What the step kept."""


def events_of(filed_at: datetime, history: Sequence[Step]) -> tuple[Event, ...]:
    """The event log that the clocks read: the receipt, then what each step meant. An edit leaves no event."""
    return (
        Event("complaint.received", filed_at),
        *(Event(kind, step.at, step.data if kind == EXTENDED else {})
          for step in history for kind in _EVENTS.get(step.verb, ())),
    )


def is_asked(verbs: Sequence[str]) -> bool:
    """Whether the complainant still owes an answer: the last of questions and supplements is a question."""
    asked = [verb for verb in verbs if verb in {"ask_supplement", "supplement"}]
    return bool(asked) and asked[-1] == "ask_supplement"


@dataclass(frozen=True)
class ClockFacts:
    """One running or finished clock."""

    key: str
    due_on: date
    is_provisional: bool
    is_paused: bool
    is_met: bool
    is_escalated: bool
    steps: tuple[dict[str, str], ...]
    basis: dict[str, str]
    instrument: dict[str, str]


@dataclass(frozen=True)
class ProgressStep:
    """One step of the way: done, now, or later."""

    state: str
    label: str
    status: str


@dataclass(frozen=True)
class Outlook:
    """What happens next and by when."""

    next_step: str
    next_date: date | None
    is_late: bool
    progress: tuple[ProgressStep, ...]


def progress_of(state: str) -> tuple[ProgressStep, ...]:
    """The five steps of the way with the present one marked. An escalated complaint waits for its decision."""
    here = _PATH.index(_POSITION.get(state, state))
    is_over = state in {"closed", "withdrawn"}
    steps = []
    for position, name in enumerate(_PATH):
        done = position < here or (is_over and position == here)
        status = "done" if done else "now" if position == here else "later"
        shown = state if position == here and state in _POSITION else name
        steps.append(ProgressStep(state=shown, label=str(ComplaintState(shown).label), status=status))
    return tuple(steps)


def outlook_of(state: str, clocks: Sequence[ClockFacts], today: date) -> Outlook:
    """The next step, and the soonest date that still runs; a met or escalated clock has no date to wait for."""
    waits = _NEXT_STEP[state] != "nothing"
    running = [
        clock.due_on
        for clock in clocks
        if waits and not (clock.is_met or clock.is_escalated or clock.is_paused)
    ]
    next_date = min(running, default=None)
    return Outlook(
        next_step=_NEXT_STEP[state],
        next_date=next_date,
        is_late=next_date is not None and next_date < today,
        progress=progress_of(state),
    )
