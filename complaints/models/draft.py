"""A complaint that is not finished yet."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity


class DraftQuerySet(models.QuerySet["ComplaintDraft"]):
    """Named filters of drafts."""

    def usable_at(self, moment: datetime) -> DraftQuerySet:
        """Drafts that may still be continued."""
        return self.filter(expires_at__gt=moment)

    def expired_at(self, moment: datetime) -> DraftQuerySet:
        """Drafts whose time is over."""
        return self.filter(expires_at__lte=moment)


class ComplaintDraft(Entity):
    """Everything typed so far, sealed; found again by a code that only the writer has. No account, no session."""

    code_hash = models.CharField(max_length=64, unique=True)
    person = models.UUIDField(default=uuid.uuid4)
    body_sealed = models.BinaryField(_("text"))
    language = models.CharField(_("language"), max_length=10)
    expires_at = models.DateTimeField(_("kept until"), db_index=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")

    def __str__(self) -> str:
        """The outside number."""
        return str(self.public_id)
