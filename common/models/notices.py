"""Messages that leave the system."""

from django.db import models

from common.models.base import Entity


class OutgoingMessage(Entity):
    """A message to a person; the address stays sealed. Without a mail server it stays here, readable by staff."""

    channel = models.CharField(max_length=20)
    subject_ref = models.CharField(max_length=80, db_index=True)
    person = models.UUIDField(null=True)
    address_sealed = models.BinaryField(null=True)
    title = models.CharField(max_length=200)
    body = models.TextField()
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=12, default="local")

    def __str__(self) -> str:
        """The title."""
        return self.title
