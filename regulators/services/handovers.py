"""A matter changes hands between two authorities; until the receiver accepts, the sender stays responsible.

Source: central and local bodies and the information authorities supervise together (paper 000, sections 3.1, 3.4).
Days are house conventions of the pack; the order of escalation is reminder, superior body, joint meeting.
"""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.outbox import event_emit
from common.principal import Principal, system_principal
from common.transitions import transition_apply, transition_record
from regulators import events
from regulators.choices import OPEN_HAND_OVER
from regulators.models import HandOver
from regulators.permissions import permits_party, require
from regulators.selectors.authorities import authority_on_day
from regulators.services import matters, subjects, terms
from regulators.services.bodies import body_or_refuse
from regulators.workflow import HANDOVER_WORKFLOW

KIND = "handover"


@transaction.atomic
def handover_offer(*, actor: Principal, subject: str, to_authority_id: int, reason: str) -> int:
    """Offer a matter to another authority; returns the hand-over's id. The receiver may see the matter at once.

    Only the authority that owns the matter offers it, and one open hand-over at a time. Refuses: no reason, a
    matter the actor does not see (404) or does not own (403), a body that does not exist today or is the owner
    itself, a second open hand-over of the same matter, a rulebook without the term.
    """
    require(actor, "handover.offer")
    text = given(reason, "reason", _("Say why the matter is handed over."))
    facts = subjects.subject_facts(subject, lock=True)
    sender = owner_or_refuse(actor, facts.owner_authority_id)
    receiver = other_body_or_refuse(sender, to_authority_id)
    today = clock.today()
    answer = terms.term_from(terms.ANSWER, today)
    superior = terms.term_from(terms.SUPERIOR, answer.due_on)
    meeting = terms.term_from(terms.MEETING, superior.due_on)
    handover = _insert(
        subject=subject, title_zh=facts.title["zh"][:300], title_en=facts.title["en"][:300], reason=text,
        from_authority_id=sender, to_authority_id=receiver, sent_on=today, sent_by=actor.label,
        due_on=answer.due_on, superior_on=superior.due_on, meeting_on=meeting.due_on,
        is_provisional=answer.is_provisional, why_due=terms.terms_as_json(answer, superior, meeting),
    )  # fmt: skip
    transition_record(
        workflow=HANDOVER_WORKFLOW, pk=handover.pk, verb="offer", source="", target=handover.state, actor=actor,
        note=text,
    )  # fmt: skip
    event_emit(events.HANDOVER_OFFERED, {"id": handover.pk, **parties(handover)})
    subjects.subject_show(actor, subject, receiver, _grant(handover))
    return handover.pk


def _insert(**values: Any) -> HandOver:
    """The row, unless the matter is already on its way."""
    try:
        with transaction.atomic():
            return HandOver.objects.create(**values)
    except IntegrityError as error:
        raise Refusal(
            "handover.already_open",
            _("This matter has already been offered to an authority."),
            field="subject",
            cure=_("Wait for the answer, or withdraw the open hand-over first."),
        ) from error


@transaction.atomic
def handover_accept(*, actor: Principal, handover_id: int, note: str = "") -> None:
    """Take the matter over: in the same transaction the receiver becomes responsible and owns the object.

    Only the receiving authority. Refuses when the matter no longer belongs to the sender.
    """
    handover = _step(actor, handover_id, "accept", note=note, topic=events.HANDOVER_ACCEPTED)
    _move(actor, handover)


@transaction.atomic
def handover_refuse(*, actor: Principal, handover_id: int, reason: str) -> None:
    """Send the matter back; the sender was and stays responsible. Only the receiver, and never without a reason."""
    handover = _step(actor, handover_id, "refuse", note=reason, topic=events.HANDOVER_REFUSED)
    subjects.subject_hide(actor, handover.subject, handover.to_authority_id, _grant(handover))


@transaction.atomic
def handover_withdraw(*, actor: Principal, handover_id: int, reason: str) -> None:
    """Take the offer back. Only the sender, before an answer, with a reason."""
    handover = _step(actor, handover_id, "withdraw", note=reason, topic=events.HANDOVER_WITHDRAWN)
    subjects.subject_hide(actor, handover.subject, handover.to_authority_id, _grant(handover))


@transaction.atomic
def handover_settle(*, actor: Principal, handover_id: int, moves: bool, reason: str) -> None:
    """Record how the members settled the matter: it moves to the receiver, or stays with the sender.

    Only the secretariat, only a hand-over before the meeting, with the decision in words. In the sitting the
    resolution settles it (`resolution_record`); settled between two sittings, its agenda item is withdrawn.
    """
    require(actor, "handover.settle")
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        verb = "settle_moved" if moves else "settle_stays"
        handover = _step(system, handover_id, verb, note=reason, topic=events.HANDOVER_SETTLED)
        if moves:
            _move(actor, handover)
        else:
            subjects.subject_hide(actor, handover.subject, handover.to_authority_id, _grant(handover))


def _move(actor: Principal, handover: HandOver) -> None:
    """The object changes its owner, provided it still belonged to the sender."""
    still_sender(handover)
    taker = authority_on_day(handover.to_authority_id, clock.today())
    subjects.subject_take(actor, handover.subject, taker, _grant(handover))


def _step(actor: Principal, handover_id: int, verb: str, *, note: str, topic: str) -> HandOver:
    """One step of the table, the answer kept with the row and told to the item on an agenda that carries it."""
    row = HandOver.objects.filter(pk=handover_id).first()
    if row is None:
        raise NotYours(KIND)
    matters.place_lock(row)
    handover = transition_apply(
        actor=actor,
        workflow=HANDOVER_WORKFLOW,
        model=HandOver,
        pk=row.pk,
        verb=verb,
        permits=permits_party,
        guards=guards(note),
        note=note.strip(),
        data=parties(row),
        topic=topic,
    )
    handover.answer, handover.answered_on, handover.answered_by = note.strip(), clock.today(), actor.label
    handover.save(update_fields=["answer", "answered_on", "answered_by"])
    matters.matter_answered(handover, matters.answer_words(handover, verb, note.strip()))
    return handover


def still_sender(handover: Any) -> None:
    """The matter must still belong to the authority that offered it."""
    with acting_as(system_principal("regulators")):
        owner = subjects.subject_facts(handover.subject, lock=True).owner_authority_id
    if owner != handover.from_authority_id:
        raise Refusal(
            "handover.stale",
            _("The sender is no longer responsible for this matter."),
            cure=_("Ask the sender to withdraw the hand-over."),
        )


def guards(note: str) -> dict[str, Callable[[HandOver], None]]:
    """The checks that the table of steps names."""
    return {"reason": reason_given(note), "no_other_open": no_other_open, "still_sender": still_sender}


def reason_given(note: str) -> Callable[[HandOver], None]:
    """The guard of a step that needs words."""

    def check(_row: HandOver) -> None:
        given(note, "reason", _("Say why."))

    return check


def no_other_open(handover: HandOver) -> None:
    if HandOver.objects.filter(subject=handover.subject, state__in=OPEN_HAND_OVER).exists():
        raise Refusal(
            "handover.already_open",
            _("This matter has already been offered to an authority."),
            field="subject",
            cure=_("Wait for the answer, or withdraw the open hand-over first."),
        )


def parties(handover: HandOver) -> dict[str, Any]:
    return {
        "subject": handover.subject,
        "from_authority_id": handover.from_authority_id,
        "to_authority_id": handover.to_authority_id,
    }


def _grant(handover: HandOver) -> str:
    """The reason under which the receiver sees the matter; says which grant may be taken back."""
    return f"{KIND}:{handover.public_id}"


def given(text: str, field: str, message: Any) -> str:
    """The text, refused when empty."""
    if not text.strip():
        cure = _("Write one or two sentences.")
        raise Refusal(f"coordination.no_{field}", message, field=field, cure=cure, status=422)
    return text.strip()


def owner_or_refuse(actor: Principal, owner_id: int | None) -> int:
    """The owning authority, when the actor serves it."""
    if owner_id is None or (actor.kind != "system" and owner_id not in actor.authority_ids):
        raise Refusal(
            "subject.not_yours",
            _("Only the authority that is responsible for a matter may do this."),
            cure=_("Ask the responsible authority."),
            status=403,
        )
    return owner_id


def other_body_or_refuse(sender_id: int, receiver_id: int) -> int:
    """The receiving body, when it exists today and is not the sender under another name."""
    today = clock.today()
    receiver = body_or_refuse(today, pk=receiver_id)
    if authority_on_day(sender_id, today) == receiver.pk:
        raise Refusal(
            "handover.same_body",
            _("The matter already belongs to this authority."),
            field="authority",
            cure=_("Choose another authority."),
            status=422,
        )
    return receiver.pk
