"""Joint meetings as other apps see them."""

from dataclasses import dataclass

from regulators.models import AgendaItem


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One agenda item with its title in both languages."""

    id: int
    subject: str
    kind: str
    title: dict[str, str]
    state: str


def agenda_of(quarter: str) -> tuple[AgendaLine, ...]:
    """The agenda of one quarter's meeting in the order of proposal; empty when there is no meeting."""
    rows = AgendaItem.objects.filter(meeting__quarter=quarter).order_by("pk")
    return tuple(
        AgendaLine(r.pk, r.subject, r.kind, {"zh": r.title_zh, "en": r.title_en}, r.state) for r in rows
    )
