"""Rows that make requests safe to repeat and useless to replay."""

from django.db import models

from common import clock


class IdempotencyKey(models.Model):
    """The first answer to a POST; later requests with the same key get these bytes."""

    principal = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    request_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    response = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.real_now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_once")]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.principal} {self.key}"


class SignatureNonce(models.Model):
    """A nonce a key has used. Unique: a replay fails here. Rows older than the age limit may be swept."""

    key_id = models.CharField(max_length=80)
    nonce = models.CharField(max_length=120)
    used_at = models.DateTimeField(default=clock.real_now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_id", "nonce"], name="nonce_once")]

    def __str__(self) -> str:
        """Short form."""
        return f"{self.key_id} {self.nonce}"
