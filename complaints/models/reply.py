"""What the platform answered and what the authority decided."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from complaints.choices import Outcome, ReplyKind
from complaints.models.complaint import Complaint


class Reply(Entity):
    """One answer or decision, never changed. Its text may name people, so it is sealed like the complaint."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="replies")
    kind = models.CharField(_("kind"), max_length=10, choices=ReplyKind.choices)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, default="", blank=True)
    body_sealed = models.BinaryField(_("text"))
    said_at = models.DateTimeField(_("said at"))
    said_by = models.CharField(_("said by"), max_length=120)

    class Meta:
        verbose_name = _("reply")
        verbose_name_plural = _("replies")
        ordering = ("id",)

    def __str__(self) -> str:
        """Kind and outcome."""
        return f"{self.kind}: {self.outcome}" if self.outcome else self.kind
