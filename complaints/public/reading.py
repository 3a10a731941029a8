"""A complaint's status in the reader's language. Pure: codes in, words out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from complaints.choices import ClockKey, ComplaintState, Outcome, ReplyKind
from complaints.facts import ClockFacts, ProgressStep
from complaints.selectors import PublicStatus
from complaints.services.steps import MOST_ADDITIONS
from complaints.workflow import COMPLAINT
from rulebook.selectors import basis_title

NEXT_STEPS = {
    "find_authority": _("We are looking for the authority in charge."),
    "authority_reviews": _(
        "The authority in charge reads your complaint and passes it to the platform, or decides it."
    ),
    "platform_answers": _("The platform has to answer."),
    "authority_decides": _("The authority reads the platform’s answer and decides."),
    "authority_acts": _(
        "The date for an answer has passed. The authority has taken your complaint over and acts itself. "
        "Your complaint stays open and you lose no right."
    ),
    "nothing": _("Nothing more happens here."),
}
VERBS = {
    "file": _("We received your complaint."),
    "route": _("The authority in charge was found and received it."),
    "forward": _("The authority sent it to the platform."),
    "answer": _("The platform answered."),
    "return": _("The authority sent the answer back to the platform: it was not sufficient."),
    "escalate": _("A date passed. The authority took the complaint over."),
    "close": _("The authority decided."),
    "ask_supplement": _("The authority asked you a question. The clocks stand still."),
    "supplement": _("You answered the question. The clocks go on."),
    "add": _("You added information."),
    "hand_over": _("Another authority has taken over the complaint."),
    "extend": _("The authority granted more time, with a reason and an approver."),
    "withdraw": _("You withdrew the complaint."),
}
TONE = {"closed": "done", "withdrawn": "", "escalated": "now", "answered": "done", "with_platform": "wait"}


@dataclass(frozen=True)
class ClockText:
    """One date with its explanation."""

    label: str
    due_on: date
    is_provisional: bool
    is_paused: bool
    is_met: bool
    is_escalated: bool
    steps: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class HistoryText:
    """One step that was taken."""

    at: datetime
    text: str


@dataclass(frozen=True)
class ReplyShown:
    """One answer or decision."""

    title: str
    outcome: str
    body: str
    said_at: datetime


@dataclass(frozen=True)
class StatusPage:
    """Everything the status page shows, in words."""

    number: str
    state: str
    state_label: str
    tone: str
    filed_at: datetime
    platform_name: str
    authority: str
    why: str
    next_step: str
    next_date: date | None
    is_late: bool
    is_over: bool
    progress: tuple[ProgressStep, ...]
    clocks: tuple[ClockText, ...]
    history: tuple[HistoryText, ...]
    replies: tuple[ReplyShown, ...]
    is_asked: bool
    may_add: bool


def _in(texts: Mapping[str, str] | None, language: str) -> str:
    return (texts or {}).get("zh" if language.startswith("zh") else "en", "")


def _outcome(code: str) -> str:
    """A question and its answer have no outcome."""
    return str(Outcome(code).label) if code else ""


def _clock(item: ClockFacts, language: str) -> ClockText:
    source = basis_title(item.basis, {item.basis["instrument"]: item.instrument} if item.instrument else {})
    return ClockText(
        label=str(ClockKey(item.key).label),
        due_on=item.due_on,
        is_provisional=item.is_provisional,
        is_paused=item.is_paused,
        is_met=item.is_met,
        is_escalated=item.is_escalated,
        steps=tuple(_in(step, language) for step in item.steps),
        source=source,
    )


def status_page_clocks(clocks: Iterable[ClockFacts], language: str) -> tuple[ClockText, ...]:
    """The clocks in words."""
    return tuple(_clock(item, language) for item in clocks)


def may_add(status: PublicStatus) -> bool:
    """Whether the page offers to add something: an authority has the matter, and the number is not used up."""
    added = sum(item.verb == "add" for item in status.history)
    return COMPLAINT.edge(status.state, "add") is not None and added < MOST_ADDITIONS


def status_page(status: PublicStatus, language: str) -> StatusPage:
    """The status in words."""
    return StatusPage(
        number=status.number,
        state=status.state,
        state_label=str(ComplaintState(status.state).label),
        tone=TONE.get(status.state, ""),
        filed_at=status.filed_at,
        platform_name=status.platform_name,
        authority=_in(status.authority, language),
        why=_in(status.why, language),
        next_step=str(NEXT_STEPS[status.outlook.next_step]),
        next_date=status.outlook.next_date,
        is_late=status.outlook.is_late,
        is_over=status.outlook.next_step == "nothing",
        progress=status.outlook.progress,
        clocks=status_page_clocks(status.clocks, language),
        history=tuple(HistoryText(item.at, str(VERBS.get(item.verb, item.verb))) for item in status.history),
        is_asked=status.is_asked,
        may_add=may_add(status),
        replies=tuple(
            ReplyShown(str(ReplyKind(item.kind).label), _outcome(item.outcome), item.body, item.said_at)
            for item in status.replies
        ),
    )
