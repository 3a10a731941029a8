"""Another authority's opinion on a matter; whoever asks stays responsible.

An unanswered question moves on as a hand-over does: reminder, superior body, joint meeting.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import NotYours
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import transition_apply, transition_record
from regulators import events
from regulators.models import Consultation
from regulators.permissions import permits_party, require
from regulators.services import matters, subjects, terms
from regulators.services.handovers import given, other_body_or_refuse, owner_or_refuse, reason_given, still_sender
from regulators.workflow import CONSULTATION_WORKFLOW

KIND = "consultation"
MAX_PAPERS = 20


@transaction.atomic
def consultation_open(
    *, actor: Principal, subject: str, to_authority_id: int, question: str, papers: Sequence[str] = ()
) -> int:
    """Ask another authority for its opinion on a matter; it may see the matter from now on. Returns the id.

    `papers` are references such as "finding:7" or titles of documents. Refuses: no question, a matter the actor
    does not see (404) or does not own (403), a body that does not exist today, a rulebook without the term.
    """
    require(actor, "consultation.ask")
    text = given(question, "question", _("Write the question."))
    facts = subjects.subject_facts(subject, lock=True)
    sender = owner_or_refuse(actor, facts.owner_authority_id)
    receiver = other_body_or_refuse(sender, to_authority_id)
    term = terms.term_from(terms.OPINION, clock.today())
    superior = terms.term_from(terms.SUPERIOR, term.due_on)
    meeting = terms.term_from(terms.MEETING, superior.due_on)
    row = Consultation.objects.create(
        subject=subject, title_zh=facts.title["zh"][:300], title_en=facts.title["en"][:300], question=text,
        papers=[str(paper)[:200] for paper in papers if str(paper).strip()][:MAX_PAPERS],
        from_authority_id=sender, to_authority_id=receiver, sent_on=clock.today(), sent_by=actor.label,
        due_on=term.due_on, superior_on=superior.due_on, meeting_on=meeting.due_on,
        is_provisional=term.is_provisional, why_due=terms.terms_as_json(term, superior, meeting),
    )  # fmt: skip
    transition_record(
        workflow=CONSULTATION_WORKFLOW, pk=row.pk, verb="ask", source="", target=row.state, actor=actor, note=text
    )
    event_emit(events.CONSULTATION_OPENED, {"id": row.pk, **parties(row)})
    subjects.subject_show(actor, subject, receiver, f"{KIND}:{row.public_id}")
    return row.pk


@transaction.atomic
def consultation_answer(*, actor: Principal, consultation_id: int, answer: str) -> None:
    """Give the opinion. Only the authority that was asked, once; an answer after the last day shows as late."""
    _step(actor, consultation_id, "answer", answer, events.CONSULTATION_ANSWERED)


@transaction.atomic
def consultation_refuse(*, actor: Principal, consultation_id: int, reason: str) -> None:
    """Say why there will be no opinion. Only the authority that was asked, never without a reason.

    It no longer sees the matter through this question; the asking one may take the question to the joint meeting.
    """
    row = _step(actor, consultation_id, "refuse", reason, events.CONSULTATION_REFUSED)
    subjects.subject_hide(actor, row.subject, row.to_authority_id, f"{KIND}:{row.public_id}")


@transaction.atomic
def consultation_withdraw(*, actor: Principal, consultation_id: int, note: str = "") -> None:
    """Take the question back before it is answered; the other authority no longer sees the matter through it."""
    row = _step(actor, consultation_id, "withdraw", note, events.CONSULTATION_WITHDRAWN)
    subjects.subject_hide(actor, row.subject, row.to_authority_id, f"{KIND}:{row.public_id}")


@transaction.atomic
def consultation_settle(*, actor: Principal, consultation_id: int, answer: str) -> None:
    """The joint meeting answers in place of the authority that did not. Only the secretariat, with the words."""
    require(actor, "consultation.settle")
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        _step(system, consultation_id, "settle", answer, events.CONSULTATION_SETTLED)


def _step(actor: Principal, pk: int, verb: str, note: str, topic: str) -> Consultation:
    row = Consultation.objects.filter(pk=pk).first()
    if row is None:
        raise NotYours(KIND)
    matters.place_lock(row)
    moved = transition_apply(
        actor=actor,
        workflow=CONSULTATION_WORKFLOW,
        model=Consultation,
        pk=pk,
        verb=verb,
        permits=permits_party,
        guards=guards(note),
        note=note.strip(),
        data=parties(row),
        topic=topic,
    )
    moved.answer, moved.answered_on, moved.answered_by = note.strip(), clock.today(), actor.label
    moved.save(update_fields=["answer", "answered_on", "answered_by"])
    matters.matter_answered(moved, matters.answer_words(moved, verb, note.strip()))
    return moved


def guards(note: str) -> dict[str, Callable[[Any], None]]:
    """The checks that the table of steps names."""

    def answer_given(_row: Consultation) -> None:
        given(note, "answer", _("Write the opinion."))

    return {"answer": answer_given, "reason": reason_given(note), "still_sender": still_sender}


def parties(row: Consultation) -> dict[str, Any]:
    """What every announcement about a question carries."""
    return {
        "subject": row.subject,
        "from_authority_id": row.from_authority_id,
        "to_authority_id": row.to_authority_id,
    }
