"""A complaint in words for staff: its head, its steps, its replies, who acted. Codes in, words out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common import clock
from common.principal import Principal
from common.transitions import transitions_of
from complaints import selectors
from complaints.choices import ClockKey, Outcome, ReplyKind
from complaints.facts import is_asked, outlook_of
from complaints.models import Complaint, PersonalRead
from complaints.permissions import permits
from complaints.public.reading import ClockText, status_page_clocks
from complaints.workflow import COMPLAINT
from regulators import selectors as regulators

STEPS = {
    "file": _("Received"),
    "route": _("Authority found"),
    "forward": _("Sent to the platform"),
    "answer": _("Answered by the platform"),
    "return": _("Answer sent back"),
    "hand_over": _("Handed over to another authority"),
    "escalate": _("A date passed: escalated"),
    "close": _("Decided"),
    "ask_supplement": _("Question to the complainant"),
    "supplement": _("Complainant answered the question"),
    "add": _("Information added by the complainant"),
    "extend": _("More time granted"),
    "withdraw": _("Withdrawn by the complainant"),
}
NEXT = {
    "find_authority": _("Find the authority in charge."),
    "authority_reviews": _("The authority sends it to the platform, or decides."),
    "platform_answers": _("The platform answers."),
    "authority_decides": _("The authority decides."),
    "authority_acts": _("A date has passed: the authority acts itself."),
    "nothing": _("Nothing more happens."),
}
CLOCKS = {
    ClockKey.HANDLING.value: _("The authority acts and tells the complainant"),
    ClockKey.FIRST_ANSWER.value: _("The platform answers"),
    ClockKey.DECISION.value: _("The authority decides"),
}
READ_PARTS = {
    "narrative": _("What happened"),
    "contact": _("Name and address"),
    "attachment": _("Attachment"),
}


def said(text: Mapping[str, str]) -> str:
    """The reader's half of a pair of texts."""
    return text.get("zh" if (get_language() or "").startswith("zh") else "en", "")


@dataclass(frozen=True)
class Head:
    """What an officer needs first: where it stands, what comes next, by when, and the last answer without its text."""

    next_step: str
    next_date: date | None
    is_late: bool
    is_asked: bool
    answers: tuple[str, ...]


def head_of(row: Complaint) -> Head:
    """The head of a complaint's page and of the pages of its steps. Opens no personal text."""
    outlook = outlook_of(row.state, selectors.clock_facts(row), clock.today())
    asked = _is_asked(row)
    next_step = _("The complainant answers a question; the clocks stand still.") if asked else NEXT[outlook.next_step]
    rows = row.replies.filter(kind=ReplyKind.PLATFORM).order_by("id")
    answers = tuple(f"{reply.said_at:%Y-%m-%d} · {outcome_words(reply.outcome)}" for reply in rows)
    return Head(str(next_step), outlook.next_date, outlook.is_late, asked, answers)


def _is_asked(row: Complaint) -> bool:
    return is_asked([item.verb for item in transitions_of("complaint", row.pk)])


def verbs_of(actor: Principal, row: Complaint) -> frozenset[str]:
    """Steps that the state allows and the reader may take; no second question while one is open."""
    edges = (COMPLAINT.edge(row.state, verb) for verb in COMPLAINT.verbs_from(row.state))
    found = {edge.verb for edge in edges if edge is not None and permits(actor, edge.permission, row)}
    if row.platform_id is None:
        found.discard("forward")
    return frozenset(found - {"ask_supplement"} if _is_asked(row) else found)


def clocks_of(row: Complaint) -> list[ClockText]:
    """The clocks with titles that speak to staff."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    facts = selectors.clock_facts(row)
    shown = status_page_clocks(facts, language)
    return [replace(text, label=str(CLOCKS.get(fact.key, text.label))) for fact, text in zip(facts, shown, strict=True)]


def outcome_words(code: str) -> str:
    """An outcome; a question and its answer have none."""
    return str(Outcome(code).label) if code else ""


def replied(reply: selectors.ReplyText) -> selectors.ReplyText:
    """A reply with its kind and outcome in words."""
    return replace(reply, kind=str(ReplyKind(reply.kind).label), outcome=outcome_words(reply.outcome))


def history_of(row: Complaint) -> list[dict[str, Any]]:
    """The steps in words: what, who, and the hand-over behind a change of owner."""
    steps = transitions_of("complaint", row.pk)
    names, matters = actors_of(row, (s.actor for s in steps)), regulators.matter_refs(s.note for s in steps)
    return [
        {
            "at": s.at, "text": STEPS.get(s.verb, s.verb), "actor": names[s.actor], "matter": matters.get(s.note),
            "matter_title": said(matters[s.note].title) if s.note in matters else "",
            "note": "" if regulators.is_matter(s.note) else s.note,
        }
        for s in steps
    ]  # fmt: skip


def actors_of(row: Complaint, labels: Iterable[str]) -> dict[str, str]:
    """Who acted, in words; the one platform that can act here is the one complained about."""
    found = regulators.actor_names(labels)
    name = row.platform.name if row.platform else ""
    return {label: name if name and label.startswith("platform:") else words for label, words in found.items()}


def reads_of(row: Complaint) -> list[dict[str, Any]]:
    """Who opened which part of the text, why."""
    rows = list(PersonalRead.objects.filter(complaint=row)[:20])
    names = actors_of(row, (item.reader for item in rows))
    return [
        {"read_at": r.read_at, "who": names[r.reader], "what": READ_PARTS.get(r.what, r.what), "purpose": r.purpose}
        for r in rows
    ]
