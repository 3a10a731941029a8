"""What this app announces (outbox topics). Payloads carry ids and codes, never personal data."""

COMPLAINT_FILED = "complaint.filed"  # {complaint_id, platform_id|null}
COMPLAINT_FORWARDED = "complaint.forwarded"  # {complaint_id, platform_id}
COMPLAINT_ANSWERED = "complaint.answered"  # {complaint_id, platform_id}
COMPLAINT_OVERDUE = "complaint.overdue"  # {complaint_id, platform_id|null, clock}
COMPLAINT_CLOSED = "complaint.closed"  # {complaint_id, platform_id|null, outcome}
