"""Joint meetings as other apps see them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from regulators.choices import QuestionState
from regulators.models import ActionItem, AgendaItem, Attendance, ExpertQuestion, JointMeeting, OpenQuestion, Resolution


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One agenda item with its title in both languages."""

    id: int
    subject: str
    kind: str
    title: dict[str, str]
    state: str
    outcome: str = ""


def agenda_of(quarter: str) -> tuple[AgendaLine, ...]:
    """The agenda of one quarter's meeting in the order of the agenda; empty when there is no meeting."""
    rows = AgendaItem.objects.filter(meeting__quarter=quarter).order_by("position", "pk")
    return tuple(
        AgendaLine(r.pk, r.subject, r.kind, {"zh": r.title_zh, "en": r.title_en}, r.state, r.outcome) for r in rows
    )


@dataclass(frozen=True, slots=True)
class QuestionRef:
    """An open question of supervision with its reason in both languages."""

    key: str
    title: dict[str, str]
    why: dict[str, str]
    business_line: str = ""
    role: str = ""


def open_questions(on: date, *, known_at: datetime | None = None) -> tuple[QuestionRef, ...]:
    """Questions that the pack leaves open on that day, by key; with a moment, as they were known then."""
    rows = OpenQuestion.objects.known(known_at).in_force(on).order_by("key")
    return tuple(
        QuestionRef(
            r.key, {"zh": r.title_zh, "en": r.title_en}, {"zh": r.why_zh, "en": r.why_en}, r.business_line, r.role
        )
        for r in rows
    )


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """A meeting in figures and natural keys: for reports and for programs that run one."""

    quarter: str
    state: str
    items: tuple[AgendaLine, ...]
    bodies: dict[str, int]
    resolutions: int
    actions: int
    questions: int
    minutes: str

    def as_dict(self) -> dict[str, Any]:
        """For a report: counts by outcome instead of the items themselves, no inner keys."""
        told = asdict(self)
        outcomes = [item.outcome or item.state for item in self.items]
        return {
            **{name: told[name] for name in ("quarter", "state", "resolutions", "actions", "questions", "minutes")},
            "bodies": sorted(self.bodies),
            "items": {name: outcomes.count(name) for name in sorted(set(outcomes))},
            "subjects": [item.subject for item in self.items if not item.subject.startswith(("case:", "action:"))],
        }


def meeting_facts(meeting_id: int) -> MeetingFacts:
    """The figures of one meeting."""
    meeting = JointMeeting.objects.get(pk=meeting_id)
    bodies = Attendance.objects.filter(meeting=meeting).order_by("pk").values_list("authority__code", "authority_id")
    minutes = getattr(meeting, "minutes", None)
    return MeetingFacts(
        quarter=meeting.quarter,
        state=meeting.state,
        items=agenda_of(meeting.quarter),
        bodies=dict(bodies),
        resolutions=Resolution.objects.filter(item__meeting=meeting).count(),
        actions=ActionItem.objects.filter(resolution__item__meeting=meeting).count(),
        questions=ExpertQuestion.objects.filter(item__meeting=meeting).count(),
        minutes=minutes.state if minutes else "",
    )


def questions_of(item_id: int) -> tuple[int, ...]:
    """Ids of the questions to experts on an item, the oldest first."""
    return tuple(ExpertQuestion.objects.filter(item_id=item_id).order_by("pk").values_list("pk", flat=True))


def question_is_open(question_id: int) -> bool:
    """Whether opinions are still awaited."""
    return ExpertQuestion.objects.filter(pk=question_id, state=QuestionState.ASKED).exists()
