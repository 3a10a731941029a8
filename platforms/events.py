"""What this app announces (outbox topics)."""

PLATFORM_REGISTERED = "platform.registered"  # {platform_id}
FILING_SUBMITTED = "filing.submitted"  # {filing_id, platform_id, template, period, revision}
FILING_CHECKED = "filing.checked"  # {filing_id, platform_id, template, period, state, blocking, major, minor}
