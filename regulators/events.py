"""What this app announces (outbox topics)."""

HANDOVER_OFFERED = "handover.offered"  # {id, subject, from_authority_id, to_authority_id, verb, from, to}
HANDOVER_ACCEPTED = "handover.accepted"  # the same; the subject has already changed hands in the same transaction
HANDOVER_REFUSED = "handover.refused"
HANDOVER_WITHDRAWN = "handover.withdrawn"
HANDOVER_ESCALATED = "handover.escalated"  # verb says which step: remind, raise, bring
HANDOVER_SETTLED = "handover.settled"
CONSULTATION_OPENED = "consultation.opened"  # {id, subject, from_authority_id, to_authority_id}
CONSULTATION_ANSWERED = "consultation.answered"
CONSULTATION_WITHDRAWN = "consultation.withdrawn"
CONSULTATION_OVERDUE = "consultation.overdue"  # the reminder
CONSULTATION_REFUSED = "consultation.refused"
CONSULTATION_ESCALATED = "consultation.escalated"  # verb says which step: raise, bring
CONSULTATION_SETTLED = "consultation.settled"
