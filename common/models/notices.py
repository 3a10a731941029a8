"""Messages that leave the system."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models.base import Entity


class OutgoingMessage(Entity):
    """A message to a person; the address stays sealed. Without a mail server it stays here, readable by staff."""

    channel = models.CharField(_("Channel"), max_length=20)
    subject_ref = models.CharField(_("About"), max_length=80, db_index=True)
    person = models.UUIDField(null=True)
    address_sealed = models.BinaryField(null=True)
    title = models.CharField(_("Title"), max_length=200)
    body = models.TextField(_("Text"))
    language = models.CharField(_("Language"), max_length=10)
    state = models.CharField(_("State"), max_length=12, default="local")

    class Meta:
        verbose_name = _("Outgoing message")
        verbose_name_plural = _("Outgoing messages")

    def __str__(self) -> str:
        """The title."""
        return self.title
