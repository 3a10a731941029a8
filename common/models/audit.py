"""The audit trail: written by triggers, sealed in batches."""

from django.db import models


class AuditEntry(models.Model):
    """One change of one row; ciphertext stays ciphertext here."""

    table_name = models.CharField(max_length=80)
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=8)
    at = models.DateTimeField()
    actor = models.CharField(max_length=120)
    request_id = models.CharField(max_length=64, blank=True)
    body = models.JSONField()
    leaf = models.BinaryField()
    xid = models.BigIntegerField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id"], name="audit_by_row")]

    def __str__(self) -> str:
        """Short form for lists."""
        return f"{self.op} {self.table_name}:{self.row_id}"


class AuditEpoch(models.Model):
    """A sealed batch: every entry whose transaction id lies in [first_xid, next_xid)."""

    first_xid = models.BigIntegerField()
    next_xid = models.BigIntegerField(unique=True)
    entries = models.BigIntegerField()
    root = models.BinaryField()
    previous = models.BinaryField()
    head = models.BinaryField()
    signature = models.TextField()
    key_id = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        """Short form for lists."""
        return f"epoch {self.pk}: {self.entries}"
