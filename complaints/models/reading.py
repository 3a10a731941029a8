"""Who opened personal text, when, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models.complaint import Complaint


class PersonalRead(models.Model):
    """One reading of a narrative, a contact or an attachment. Append-only."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="reads")
    what = models.CharField(_("what was read"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=200)
    reader = models.CharField(_("reader"), max_length=120)
    read_at = models.DateTimeField(_("read at"))

    class Meta:
        verbose_name = _("reading of personal data")
        verbose_name_plural = _("readings of personal data")
        ordering = ("-id",)

    def __str__(self) -> str:
        """Reader and moment."""
        return f"{self.reader} {self.read_at:%Y-%m-%d %H:%M}"
