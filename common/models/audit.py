"""The audit trail: written by triggers, sealed in batches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One change of one row; ciphertext stays ciphertext here."""

    table_name = models.CharField(_("Table"), max_length=80)
    row_id = models.BigIntegerField(_("Row"))
    op = models.CharField(_("Operation"), max_length=8)
    at = models.DateTimeField(_("At"))
    actor = models.CharField(_("Acting party"), max_length=120)
    request_id = models.CharField(_("Request"), max_length=64, blank=True)
    body = models.JSONField(_("Content"))
    leaf = models.BinaryField()
    xid = models.BigIntegerField(_("Transaction number"), db_index=True)

    class Meta:
        verbose_name = _("Audit entry")
        verbose_name_plural = _("Audit trail")
        indexes = [models.Index(fields=["table_name", "row_id"], name="audit_by_row")]

    def __str__(self) -> str:
        """Short form for lists."""
        return f"{self.op} {self.table_name}:{self.row_id}"


class AuditEpoch(models.Model):
    """A sealed batch: every entry whose transaction id lies in [first_xid, next_xid)."""

    first_xid = models.BigIntegerField(_("First transaction"))
    next_xid = models.BigIntegerField(_("Next transaction"), unique=True)
    entries = models.BigIntegerField(_("Entries"))
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()
    signature = models.TextField(_("Signature"))
    key_id = models.CharField(_("Key"), max_length=64)
    sealed_at = models.DateTimeField(_("Sealed at"))

    class Meta:
        verbose_name = _("Sealed batch")
        verbose_name_plural = _("Sealed batches")

    def __str__(self) -> str:
        """Short form for lists."""
        return f"epoch {self.pk}: {self.entries}"
