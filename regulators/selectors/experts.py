"""Experts, questions and opinions as far as the reader may see them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from common import clock
from common.principal import Principal
from common.vault import vault_open
from regulators.charter import charter_on
from regulators.choices import QuestionState, SeatState
from regulators.models import Expert, ExpertQuestion, Opinion, PanelSeat
from regulators.selectors.authorities import authority_by_code

ROLES = frozenset({"officer", "supervisor", "secretariat"})


def is_member(principal: Principal) -> bool:
    """The secretariat, and officers and supervisors of the convenor and the members of the day."""
    if not principal.roles & ROLES or principal.kind != "staff":
        return False
    charter = charter_on(clock.today())
    if charter is None:
        return False
    bodies = (authority_by_code(code, clock.today()) for code in (charter.convenor, *charter.members))
    return "secretariat" in principal.roles or bool(
        {body.id for body in bodies if body} & set(principal.authority_ids)
    )


def questions_visible_to(principal: Principal) -> QuerySet[ExpertQuestion]:
    """Which questions a principal may see; PostgreSQL enforces the expert's part by row-level security.

    - the system, members and the secretariat: all;
    - an expert: those on whose panel the expert sits;
    - anyone else: none.
    """
    rows = ExpertQuestion.objects.all()
    if principal.kind == "system" or is_member(principal):
        return rows
    return rows.filter(seats__actor=principal.label) if "expert" in principal.roles else rows.none()


def experts_visible_to(principal: Principal) -> QuerySet[Expert]:
    """Which experts a principal may see: members all, an expert only the own term, anyone else none."""
    if principal.kind == "system" or is_member(principal):
        return Expert.objects.all()
    if "expert" not in principal.roles or principal.user_id is None:
        return Expert.objects.none()
    return Expert.objects.filter(user_id=principal.user_id)


@dataclass(frozen=True, slots=True)
class OpinionText:
    """One version of an opinion, opened for somebody who may read it."""

    expert: str
    version: int
    text: str
    given_at: datetime
    is_last: bool


def opinions_of(principal: Principal, question_id: int) -> tuple[OpinionText, ...]:
    """Opinions on a question, seat by seat, all versions.

    Before publication: an expert's own ones, nobody else anything, not even the system. After it: those of all who
    were not recused, for members, the secretariat and the panel.
    """
    question = questions_visible_to(principal).filter(pk=question_id).first()
    if question is None:
        return ()
    seats = PanelSeat.objects.filter(question=question).select_related("expert__user").order_by("pk")
    if question.state != QuestionState.PUBLISHED:
        seats = seats.filter(actor=principal.label) if principal.kind == "staff" else seats.none()
    elif principal.kind == "staff" and not is_member(principal):
        return _of_panel(principal, question)
    else:
        seats = seats.filter(state=SeatState.ANSWERED)
    return tuple(text for seat in seats for text in _opened(seat))


def _of_panel(principal: Principal, question: ExpertQuestion) -> tuple[OpinionText, ...]:
    """An expert of the panel reads the others after publication; the seats of others are looked up as the system."""
    from common.db.acting import acting_as
    from common.principal import system_principal

    with acting_as(system_principal("panels")):
        own = PanelSeat.objects.filter(question=question, actor=principal.label).first()
        if own is None or own.state == SeatState.RECUSED:
            return ()
        seats = PanelSeat.objects.filter(question=question, state=SeatState.ANSWERED).select_related("expert__user")
        return tuple(text for seat in seats.order_by("pk") for text in _opened(seat))


def _opened(seat: PanelSeat) -> list[OpinionText]:
    rows = list(Opinion.objects.filter(seat=seat).order_by("version"))
    last = rows[-1].version if rows else 0
    return [
        OpinionText(
            str(seat.expert), row.version, vault_open(seat.vault_subject, row.sealed), row.created_at,
            row.version == last,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PanelLine:
    """One seat as the secretariat sees it: who, and whether an opinion was given, never which."""

    seat_id: int
    expert: str
    fields: tuple[str, ...]
    state: str
    state_text: str
    recusal_reason: str


def panel_of(question: ExpertQuestion) -> tuple[PanelLine, ...]:
    """The panel of a question, as far as the reader may see its seats."""
    rows = PanelSeat.objects.filter(question=question).select_related("expert__user").order_by("pk")
    return tuple(
        PanelLine(
            r.pk, str(r.expert), tuple(r.expert.fields), r.state, str(r.get_state_display()), r.recusal_reason
        )
        for r in rows
    )
