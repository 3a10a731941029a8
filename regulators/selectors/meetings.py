"""Joint meetings as other apps see them."""

from dataclasses import dataclass
from datetime import date

from regulators.models import AgendaItem, OpenQuestion


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One agenda item with its title in both languages."""

    id: int
    subject: str
    kind: str
    title: dict[str, str]
    state: str


def agenda_of(quarter: str) -> tuple[AgendaLine, ...]:
    """The agenda of one quarter's meeting in the order of the agenda; empty when there is no meeting."""
    rows = AgendaItem.objects.filter(meeting__quarter=quarter).order_by("position", "pk")
    return tuple(AgendaLine(r.pk, r.subject, r.kind, {"zh": r.title_zh, "en": r.title_en}, r.state) for r in rows)


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """An open question of supervision with its reason in both languages."""

    key: str
    title: dict[str, str]
    why: dict[str, str]


def open_questions(on: date) -> tuple[QuestionRef, ...]:
    """Questions that the pack leaves open on that day, by key."""
    rows = OpenQuestion.objects.in_force(on).order_by("key")
    return tuple(
        QuestionRef(r.key, {"zh": r.title_zh, "en": r.title_en}, {"zh": r.why_zh, "en": r.why_en}) for r in rows
    )
