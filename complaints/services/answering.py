"""The platform answers."""

from django.utils.translation import gettext_lazy as _

from common import clock
from common.db.acting import acting_as
from common.errors import Refusal
from common.outbox import event_emit
from common.principal import Principal
from common.vault import vault_seal
from complaints.choices import Outcome, ReplyKind
from complaints.events import COMPLAINT_ANSWERED
from complaints.models import Complaint, Reply
from complaints.services.clocks import clocks_refresh
from complaints.services.notices import complainant_tell
from complaints.services.steps import step

BODY_MIN, BODY_MAX = 10, 10_000
PLATFORM_OUTCOMES = (Outcome.UPHELD.value, Outcome.PARTLY.value, Outcome.REJECTED.value, Outcome.EXPLAINED.value)


def reply_check(body: str, outcome: str, allowed: tuple[str, ...]) -> None:
    """Refuse a text that is too short or too long, and an outcome that is not on the list."""
    if not BODY_MIN <= len(body.strip()) <= BODY_MAX:
        raise Refusal(
            "complaint.reply_length",
            _("The text has to have between 10 and 10,000 characters."),
            field="body",
            cure=_("Answer each point of the complaint."),
            status=422,
        )
    if outcome not in allowed:
        raise Refusal(
            "complaint.outcome_unknown",
            _("This outcome is not known."),
            field="outcome",
            cure=", ".join(allowed),
            status=422,
        )


def reply_store(complaint: Complaint, actor: Principal, kind: str, outcome: str, body: str) -> Reply:
    """Keep a reply, sealed under the complainant's key, in the caller's transaction."""
    return Reply.objects.create(
        complaint=complaint,
        kind=kind,
        outcome=outcome,
        body_sealed=vault_seal(complaint.person, body.strip()),
        said_at=clock.now(),
        said_by=actor.label,
    )


def complaint_answer(*, actor: Principal, complaint_id: int, body: str, outcome: str) -> str:
    """The platform answers the complaint; the first-answer clock is met; the complainant is told.

    Refuses a foreign complaint (404), a complaint that is not with the platform, a text outside 10 to 10,000
    characters, an unknown outcome. A late answer is still taken: the escalation stays on record. Returns the
    public id of the reply.
    """
    reply_check(body, outcome, PLATFORM_OUTCOMES)
    with acting_as(actor):
        row = step(actor=actor, pk=complaint_id, verb="answer", data={"outcome": outcome})
        reply = reply_store(row, actor, ReplyKind.PLATFORM, outcome, body)
        clocks_refresh(row)
        event_emit(COMPLAINT_ANSWERED, {"complaint_id": row.pk, "platform_id": row.platform_id})
        complainant_tell(row, "answered")
    return str(reply.public_id)
