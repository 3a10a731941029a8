"""What every noun shares."""

from django.db import models

from common import clock
from common.ids import uuid7


class Entity(models.Model):
    """Bigint key inside, UUIDv7 outside, the business time of its creation."""

    public_id = models.UUIDField(default=uuid7, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True
