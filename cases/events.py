"""What this app announces (outbox topics)."""

CASE_OPENED = "case.opened"  # {case_id, platform_id}
CASE_MOVED = "case.moved"  # {id, verb, from, to}
