"""Every step of every workflow, never changed."""

from django.db import models

from common import clock


class Transition(models.Model):
    """One step: who moved which object from where to where, when and why."""

    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    target = models.CharField(max_length=40)
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(default=clock.now)
    known_at = models.DateTimeField(default=clock.real_now)
    note = models.TextField(blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "id"], name="transition_subject")]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.subject_kind}:{self.subject_id} {self.source} → {self.target}"
