"""What this app announces (outbox topics)."""

CALENDAR_PUBLISHED = "calendar.published"  # {calendar, year}
