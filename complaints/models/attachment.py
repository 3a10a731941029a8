"""One file that came with a complaint, checked and sealed."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from complaints.choices import AttachmentKind
from complaints.models.complaint import Complaint


class Attachment(Entity):
    """A picture (drawn anew, so nothing hides in it) or a PDF (kept as it came, only ever downloaded).

    The bytes are sealed under the complainant's key: erasing the person erases the file.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=8, choices=AttachmentKind.choices)
    media_type = models.CharField(_("media type"), max_length=40)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    filename_sealed = models.BinaryField(_("file name"))
    content_sealed = models.BinaryField(_("content"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        """Kind and size."""
        return f"{self.kind} {self.size_bytes}"
