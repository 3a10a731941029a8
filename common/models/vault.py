"""One data key per person."""

import uuid

from django.db import models

from common import clock


class PersonKey(models.Model):
    """The wrapped data key of one person. Destroying it makes everything sealed with it unreadable."""

    subject = models.UUIDField(primary_key=True, default=uuid.uuid4)
    wrapped = models.BinaryField(null=True)
    kek_id = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=clock.real_now)
    destroyed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """The subject."""
        return str(self.subject)
