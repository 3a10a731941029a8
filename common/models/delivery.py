"""What must not be lost: events to deliver and work to do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class OutboxEvent(models.Model):
    """News written in the transaction that made it; open until every subscriber has taken it."""

    topic = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    pending = models.JSONField(default=list)
    created_at = models.DateTimeField(_("Created at"), default=clock.real_now)
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

        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind = models.CharField(_("Kind"), max_length=80)
    key = models.CharField(_("Key"), max_length=160)
    queue = models.CharField(_("Queue"), max_length=20)
    args = models.JSONField(_("Arguments"), default=dict)
    state = models.CharField(_("State"), max_length=10, choices=State.choices, default=State.QUEUED)
    attempt = models.PositiveIntegerField(_("Attempt"), default=0)
    not_before = models.DateTimeField(_("Not before"), default=clock.real_now)
    dispatched_at = models.DateTimeField(_("Sent to a worker"), null=True)
    lease_until = models.DateTimeField(_("Lease until"), null=True)
    lease_owner = models.UUIDField(_("Lease holder"), null=True)
    step = models.CharField(_("Step"), max_length=60, blank=True)
    done = models.BigIntegerField(_("Done"), default=0)
    total = models.BigIntegerField(_("Of total"), null=True)
    progressed_at = models.DateTimeField(_("Last progress"), null=True)
    result = models.JSONField(_("Result"), null=True)
    error = models.TextField(_("Error"), blank=True)
    created_at = models.DateTimeField(_("Created at"), default=clock.real_now)
    started_at = models.DateTimeField(_("Started at"), null=True)
    finished_at = models.DateTimeField(_("Finished at"), null=True)

    class Meta:
        verbose_name = _("Background job")
        verbose_name_plural = _("Background jobs")
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
