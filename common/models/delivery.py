"""What must not be lost: events to deliver and work to do."""

from django.db import models

from common import clock


class OutboxEvent(models.Model):
    """News written in the transaction that made it; open until every subscriber has taken it."""

    topic = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    pending = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.real_now)
    relayed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outbox_open", condition=models.Q(closed_at__isnull=True)),
            models.Index(fields=["topic", "id"], name="outbox_by_topic"),
        ]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.topic} #{self.pk}"


class InboxKey(models.Model):
    """A subscriber has taken an event: the second delivery finds this row and stops."""

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE)
    subscriber = models.CharField(max_length=120)
    taken_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "subscriber"], name="inbox_once")]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.subscriber} ← {self.event_id}"


class Job(models.Model):
    """Durable background work. PostgreSQL remembers it; Celery only carries its number."""

    class State(models.TextChoices):
        """Life of a job."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    kind = models.CharField(max_length=80)
    key = models.CharField(max_length=160)
    queue = models.CharField(max_length=20)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.real_now)
    dispatched_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_owner = models.UUIDField(null=True)
    step = models.CharField(max_length=60, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    progressed_at = models.DateTimeField(null=True)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.real_now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="job_once")]
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="job_open", condition=models.Q(state__in=["queued", "running"])
            ),
            models.Index(fields=["-finished_at"], name="job_finished"),
        ]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.kind} {self.key}"
