"""The expert advisory group: appointed experts, declared interests, panels, independent opinions (paper 000, 3.4).

An opinion is sealed when it is given. Nobody reads it before all of the panel have answered or the day has passed:
not the other experts, not the secretariat, not the system. Row-level policies say the same once more.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal, system_principal
from common.transitions import transition_apply
from common.vault import vault_seal
from regulators.charter import charter_on
from regulators.choices import BusinessLine, ExpertField, InterestKind, QuestionState, SeatState
from regulators.models import ConflictOfInterest, Expert, ExpertQuestion, Officer, Opinion, PanelSeat
from regulators.permissions import permits, require
from regulators.services.agenda import item_locked
from regulators.services.meetings import refuse_without_reason
from regulators.workflow import QUESTION_WORKFLOW

PANELS = system_principal("panels")
DEFAULT_PANEL_MINIMUM = 2


@transaction.atomic
def expert_appoint(
    *, actor: Principal, user_id: int, fields: Iterable[str], affiliation: str = "",
    shown_as: Mapping[str, str] | None = None,
) -> int:
    """Begin a person's term in the advisory group today; again updates what is given here. Returns the id.

    `shown_as` (zh, en) is the name or title that readers of opinions see; without one it is the expert's number,
    never the login.

    Refuses unknown fields, and people who hold an office at an authority: they would not be independent.
    """
    require(actor, "expert.appoint")
    wanted = sorted(set(fields))
    if not wanted or [name for name in wanted if name not in ExpertField.values]:
        raise Refusal(
            "expert.unknown_field", _("Unknown or missing field of experience."), field="fields",
            cure=_("Use one or more of: %(fields)s.") % {"fields": ", ".join(ExpertField.values)}, status=422,
        )  # fmt: skip
    if not get_user_model().objects.filter(pk=user_id, is_staff=True).exists():
        raise NotYours("user")
    in_office = Officer.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=clock.today()), user_id=user_id)
    if in_office.exists():
        raise Refusal(
            "expert.holds_office", _("A person in office at an authority is no independent expert."), field="user",
            cure=_("Choose somebody else, or end the term of office first."),
        )  # fmt: skip
    given: dict[str, Any] = {"fields": wanted, "affiliation": affiliation, **_shown(shown_as)}
    expert, created = Expert.objects.get_or_create(
        user_id=user_id, term_to=None,
        defaults={"term_from": clock.today(), **given},
    )  # fmt: skip
    if not created and any(getattr(expert, name) != value for name, value in given.items()):
        Expert.objects.filter(pk=expert.pk).update(**given)
    return expert.pk


def _shown(shown_as: Mapping[str, str] | None) -> dict[str, str]:
    """The stored name or title; an update without one leaves it."""
    return {f"shown_{language}": text.strip()[:120] for language, text in (shown_as or {}).items() if text.strip()}


@transaction.atomic
def expert_release(*, actor: Principal, expert_id: int) -> date:
    """End a person's term; seats on running panels are recused, opinions already published stay.

    Refuses others than the secretariat (403). Twice is once. Returns the first day without the term.
    """
    require(actor, "expert.appoint")
    expert = Expert.objects.select_for_update().filter(pk=expert_id).first()
    if expert is None:
        raise NotYours("expert")
    if expert.term_to is None:
        expert.term_to = max(clock.today(), expert.term_from + timedelta(days=1))
        expert.save(update_fields=["term_to"])
        with acting_as(PANELS):
            for seat in PanelSeat.objects.filter(expert=expert, question__state=QuestionState.ASKED):
                if seat.state != SeatState.RECUSED:
                    _recuse(seat, "任期结束 / the term ended")
                    _publish_when_all_in(seat.question_id)
    return expert.term_to


def _own(actor: Principal, expert: Expert) -> bool:
    return actor.kind == "staff" and actor.user_id == expert.user_id


def _refuse_stranger(actor: Principal, expert: Expert) -> None:
    """Only the expert and the secretariat declare interests and recuse."""
    if not _own(actor, expert):
        require(actor, "expert.appoint")


@transaction.atomic
def conflict_declare(*, actor: Principal, expert_id: int, kind: str, ref: str, reason: str) -> int:
    """Declare an interest in a platform, a line or an authority. Twice is once. Returns the declaration's id.

    An interest that becomes known while the expert sits on a panel about it recuses the expert at once.
    Refuses strangers (403), unknown kinds, an empty reference or reason.
    """
    expert = Expert.objects.select_for_update().filter(pk=expert_id).first()
    if expert is None:
        raise NotYours("expert")
    _refuse_stranger(actor, expert)
    known_ref = bool(ref.strip()) and (kind != InterestKind.LINE or ref in BusinessLine.values)
    if kind not in InterestKind.values or not known_ref or not reason.strip():
        raise Refusal(
            "conflict.incomplete", _("Say in what the interest is, and why."), field="ref",
            cure=_("Choose platform, line or authority, name it, and write one sentence."), status=422,
        )  # fmt: skip
    row, _created = ConflictOfInterest.objects.get_or_create(
        expert=expert, kind=kind, ref=ref.strip()[:80], ended_on=None,
        defaults={"reason": reason.strip()[:300], "declared_by": actor.label},
    )  # fmt: skip
    with acting_as(PANELS):
        seats = PanelSeat.objects.select_for_update(of=("self",)).select_related("question")
        for seat in seats.filter(expert=expert, question__state=QuestionState.ASKED).exclude(state=SeatState.RECUSED):
            if _concerns(row.kind, row.ref, seat.question):
                _recuse(seat, row.reason)
                _publish_when_all_in(seat.question_id)
    return row.pk


def _concerns(kind: str, ref: str, question: ExpertQuestion) -> bool:
    return (
        (kind == InterestKind.PLATFORM and ref in question.platforms)
        or (kind == InterestKind.LINE and ref == question.business_line)
        or (kind == InterestKind.AUTHORITY and ref in question.authorities)
    )


def _conflict(expert: Expert, question: ExpertQuestion) -> ConflictOfInterest | None:
    rows = ConflictOfInterest.objects.filter(expert=expert).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=clock.today())
    )
    return next((row for row in rows if _concerns(row.kind, row.ref, question)), None)


def _recuse(seat: PanelSeat, reason: str) -> None:
    seat.state, seat.recused_on, seat.recusal_reason = SeatState.RECUSED, clock.today(), reason[:300]
    seat.save(update_fields=["state", "recused_on", "recusal_reason"])


def experts_in_term(on: date) -> list[Expert]:
    """Experts whose term runs on that day."""
    rows = Expert.objects.filter(Q(term_to__isnull=True) | Q(term_to__gt=on), term_from__lte=on)
    return list(rows.select_related("user").order_by("pk"))


@transaction.atomic
def question_ask(
    *,
    actor: Principal,
    title: Mapping[str, str],
    text: Mapping[str, str],
    fields: Iterable[str],
    due_at: datetime,
    platforms: Collection[str] = (),
    business_line: str = "",
    authorities: Collection[str] = (),
    item_id: int | None = None,
    expert_ids: Collection[int] | None = None,
) -> int:
    """Put a question to a panel: the experts of the fields without a conflict, or those named. Returns its id.

    Refuses a text that lacks a language, unknown fields, a day that has passed, a named expert with a conflict or
    of no fitting field, and a panel that is too small.
    """
    require(actor, "question.ask")
    wanted = sorted(set(fields))
    _refuse_bad_question(title, text, wanted, due_at)
    if item_id is not None:
        item_locked(item_id)
    question = ExpertQuestion.objects.create(
        item_id=item_id, title_zh=title["zh"][:300], title_en=title["en"][:300], text_zh=text["zh"],
        text_en=text["en"], fields=wanted, platforms=sorted(set(platforms)), business_line=business_line,
        authorities=sorted(set(authorities)), due_at=due_at,
        asked_by_id=actor.authority_ids[0] if actor.authority_ids else None,
    )  # fmt: skip
    chosen = _named(question, expert_ids) if expert_ids is not None else _fitting(question)
    charter = charter_on(clock.today())
    minimum = charter.panel_minimum if charter else DEFAULT_PANEL_MINIMUM
    if len(chosen) < minimum:
        raise Refusal(
            "panel.too_small",
            _("Only %(count)s experts fit; a panel has at least %(minimum)s.")
            % {"count": len(chosen), "minimum": minimum},
            field="experts",
            cure=_("Choose more fields, or appoint more experts."),
        )
    for expert in chosen:
        _seat(question, expert)
    return question.pk


def _refuse_bad_question(
    title: Mapping[str, str], text: Mapping[str, str], fields: list[str], due_at: datetime
) -> None:
    problem = ""
    if not all(part.get(language, "").strip() for part in (title, text) for language in ("zh", "en")):
        problem = "text"
    elif not fields or [name for name in fields if name not in ExpertField.values]:
        problem = "fields"
    elif due_at <= clock.now():
        problem = "due_at"
    if problem:
        raise Refusal(
            "question.incomplete", _("This question is not complete."), field=problem,
            cure=_("Give title and text in both languages, known fields and a coming day."), status=422,
        )  # fmt: skip


def _fitting(question: ExpertQuestion) -> list[Expert]:
    rows = experts_in_term(clock.today())
    return [e for e in rows if set(e.fields) & set(question.fields) and _conflict(e, question) is None]


def _named(question: ExpertQuestion, ids: Collection[int]) -> list[Expert]:
    known = {expert.pk: expert for expert in experts_in_term(clock.today())}
    chosen = []
    for pk in dict.fromkeys(ids):
        expert = known.get(pk)
        if expert is None or not set(expert.fields) & set(question.fields):
            raise Refusal(
                "panel.not_fitting", _("This expert is not in term or has no fitting field."), field="experts",
                cure=_("Choose an expert of one of the fields."), status=422,
            )  # fmt: skip
        conflict = _conflict(expert, question)
        if conflict is not None:
            raise Refusal(
                "panel.conflicted",
                _("%(expert)s has declared an interest (%(what)s) and may not sit on this panel.")
                % {"expert": expert, "what": conflict},
                field="experts",
                cure=_("Choose an expert without an interest in the matter."),
            )
        chosen.append(expert)
    return chosen


def _seat(question: ExpertQuestion, expert: Expert) -> PanelSeat:
    seat, _created = PanelSeat.objects.get_or_create(
        question=question, expert=expert, defaults={"actor": f"user:{expert.user_id}"}
    )
    return seat


@transaction.atomic
def panel_seat_add(*, actor: Principal, question_id: int, expert_id: int) -> int:
    """Add an expert to a running panel, for instance after a recusal. Twice is once. Refuses as `question_ask`."""
    require(actor, "question.ask")
    question = _asked(question_id)
    return _seat(question, _named(question, [expert_id])[0]).pk


def _asked(question_id: int) -> ExpertQuestion:
    question = ExpertQuestion.objects.select_for_update(of=("self",)).filter(pk=question_id).first()
    if question is None:
        raise NotYours("question")
    if question.state != QuestionState.ASKED:
        raise Refusal(
            "question.settled", _("This question is published or withdrawn."), field="question",
            cure=_("Ask a new one."),
        )  # fmt: skip
    return question


@transaction.atomic
def expert_recuse(*, actor: Principal, seat_id: int, reason: str) -> str:
    """Take an expert off a running panel. What the expert gave stays sealed and is never published.

    When nobody is missing any more, the opinions of the others are published at once, as with the last opinion; a
    panel without any opinion waits for more experts. The expert and the secretariat may do it; refuses others (403),
    an empty reason and settled questions.
    """
    seat = PanelSeat.objects.select_related("expert").filter(pk=seat_id).first()
    if seat is None:
        raise NotYours("seat")
    _refuse_stranger(actor, seat.expert)
    with acting_as(PANELS):
        _asked(seat.question_id)
        refuse_without_reason(seat, reason=reason)
        seat = PanelSeat.objects.select_for_update(of=("self",)).get(pk=seat_id)
        if seat.state != SeatState.RECUSED:
            _recuse(seat, reason.strip())
            _publish_when_all_in(seat.question_id)
    return str(seat.state)


@transaction.atomic
def opinion_give(*, actor: Principal, question_id: int, text: str) -> int:
    """An expert gives or changes an opinion until publication; every version is kept, sealed. Returns the version.

    The last opinion that was missing publishes all of them. Refuses people who are not on the panel (404),
    recused experts, an empty text, and opinions after the day.
    """
    require(actor, "opinion.give")
    mine = PanelSeat.objects.filter(question_id=question_id, actor=actor.label).first()
    if mine is None:
        raise NotYours("question")
    with acting_as(PANELS):
        question = _asked(question_id)
        seat = PanelSeat.objects.select_for_update(of=("self",)).get(pk=mine.pk)
    _refuse_late_or_recused(question, seat, text)
    last = Opinion.objects.filter(seat=seat).aggregate(last=Max("version"))["last"] or 0
    Opinion.objects.create(seat=seat, version=last + 1, sealed=vault_seal(seat.vault_subject, text.strip()))
    with acting_as(PANELS):
        PanelSeat.objects.filter(pk=seat.pk).update(state=SeatState.ANSWERED, answered_at=clock.now())
        _publish_when_all_in(question.pk)
    return int(last) + 1


def _refuse_late_or_recused(question: ExpertQuestion, seat: PanelSeat, text: str) -> None:
    if seat.state == SeatState.RECUSED:
        raise Refusal(
            "opinion.recused", _("You were recused from this panel."), field="question",
            cure=_("Ask the secretariat if this is wrong."), status=403,
        )  # fmt: skip
    if clock.now() >= question.due_at:
        raise Refusal(
            "opinion.too_late", _("The day for opinions has passed."), field="question",
            cure=_("Ask the secretariat to put the question again."),
        )  # fmt: skip
    if not text.strip():
        raise Refusal(
            "opinion.empty", _("The opinion is empty."), field="text", cure=_("Write it down."), status=422
        )


def _all_in_or_past_due(question: ExpertQuestion) -> None:
    with acting_as(PANELS):
        seats = list(PanelSeat.objects.filter(question=question).values_list("state", flat=True))
    if SeatState.ANSWERED not in seats:
        raise Refusal(
            "question.no_opinion", _("There is no opinion to publish."), field="question",
            cure=_("Wait, add experts, or withdraw the question with a reason."),
        )  # fmt: skip
    if SeatState.SEATED in seats and clock.now() < question.due_at:
        raise Refusal(
            "question.not_all_in", _("Not all opinions are in, and the day has not passed."), field="question",
            cure=_("Opinions stay sealed until then."),
        )  # fmt: skip


def _publish_when_all_in(question_id: int) -> None:
    """Publish once every seat has answered or was recused, and at least one answered."""
    left = set(PanelSeat.objects.filter(question_id=question_id).values_list("state", flat=True))
    if SeatState.ANSWERED in left and SeatState.SEATED not in left:
        _publish(question_id)


def _publish(question_id: int, actor: Principal = PANELS) -> None:
    question = transition_apply(
        actor=actor, workflow=QUESTION_WORKFLOW, model=ExpertQuestion, pk=question_id, verb="publish",
        permits=permits, guards={"all_in_or_past_due": _all_in_or_past_due}, topic="question.published",
    )  # fmt: skip
    question.published_at = clock.now()
    question.save(update_fields=["published_at"])


@transaction.atomic
def question_publish(*, actor: Principal, question_id: int) -> str:
    """Publish the opinions to the members. Refuses before all are in or the day has passed, and without any."""
    require(actor, "question.ask")
    _publish(question_id, actor)
    return str(QuestionState.PUBLISHED)


@transaction.atomic
def question_withdraw(*, actor: Principal, question_id: int, reason: str) -> str:
    """Withdraw a question; its opinions are never published. Refuses without a reason."""
    question = transition_apply(
        actor=actor, workflow=QUESTION_WORKFLOW, model=ExpertQuestion, pk=question_id, verb="withdraw",
        permits=permits, guards={"reason": partial(refuse_without_reason, reason=reason)}, note=reason.strip(),
    )  # fmt: skip
    return str(question.state)


@transaction.atomic
def questions_publish_due(*, actor: Principal) -> int:
    """Publish every question whose day has passed and that has an opinion. Run by the clock; twice is once."""
    require(actor, "question.ask")
    due = ExpertQuestion.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=QuestionState.ASKED, due_at__lte=clock.now(), seats__state=SeatState.ANSWERED
    )
    ids = {question.pk for question in due}
    for pk in sorted(ids):
        _publish(pk, actor)
    return len(ids)
