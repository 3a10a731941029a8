"""What the complaints API shows to whom."""

from typing import Any

from common.principal import Principal
from complaints import selectors, services
from complaints.facts import ClockFacts
from complaints.models import Complaint
from complaints.selectors import PublicStatus


def clock_document(item: ClockFacts) -> dict[str, Any]:
    """A clock with its explanation in both languages."""
    return {
        "clock": item.key,
        "due_on": item.due_on.isoformat(),
        "provisional": item.is_provisional,
        "met": item.is_met,
        "escalated": item.is_escalated,
        "rule": item.basis["rule"],
        "why": list(item.steps),
    }


def complaints_for_platform(actor: Principal, rows: list[Complaint]) -> list[dict[str, Any]]:
    """Complaints as the platform sees them: what happened and until when to answer, never who wrote it.

    Opening the texts is a logged reading.
    """
    ids = [row.pk for row in rows]
    texts = services.narratives_open(actor=actor, complaint_ids=ids, purpose="api: answer the complaint")
    clocks = selectors.clock_facts_of(ids)
    return [_document(row, texts[row.pk], clocks.get(row.pk, ())) for row in rows]


def _document(row: Complaint, text: str, clocks: tuple[ClockFacts, ...]) -> dict[str, Any]:
    return {
        "id": str(row.public_id),
        "state": row.state,
        "category": row.category,
        "narrative": text,
        "happened_on": row.happened_on.isoformat() if row.happened_on else None,
        "amount": f"{row.amount:.2f}" if row.amount is not None else None,
        "currency": row.currency,
        "language": row.language,
        "received_at": row.filed_at.isoformat(),
        "forwarded_at": row.forwarded_at.isoformat() if row.forwarded_at else None,
        "clocks": [clock_document(item) for item in clocks],
        "links": {"answers": f"/api/v1/complaints/{row.public_id}/answers"},
    }


def status_document(status: PublicStatus) -> dict[str, Any]:
    """What the holder of a receipt gets."""
    return {
        "id": status.public_id,
        "state": status.state,
        "received_at": status.filed_at.isoformat(),
        "authority": status.authority,
        "why": status.why,
        "next_step": status.outlook.next_step,
        "next_date": status.outlook.next_date.isoformat() if status.outlook.next_date else None,
        "clocks": [clock_document(item) for item in status.clocks],
        "history": [{"verb": item.verb, "state": item.target, "at": item.at.isoformat()} for item in status.history],
        "replies": [
            {"kind": item.kind, "outcome": item.outcome, "body": item.body, "said_at": item.said_at.isoformat()}
            for item in status.replies
        ],
    }
