"""Idempotency keys: the first answer is kept, the same key with another body is refused."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.utils.encoders import JSONEncoder

from common.errors import Refusal
from common.models import IdempotencyKey

MAX_KEY_LENGTH = 120


@dataclass(frozen=True)
class StoredAnswer:
    """The first answer."""

    status: int
    body: Any


def idempotent_answer(scope: str, key: str, request_sha256: str) -> StoredAnswer | None:
    """None when the caller is first (the key is now taken in this transaction), else the first answer.

    A concurrent request with the same key waits on the unique row until the first one commits. Refuses 422 when the
    key was used for another request, 400 when it is too long.
    """
    if len(key) > MAX_KEY_LENGTH:
        raise Refusal("idempotency.too_long", _("The Idempotency-Key is longer than 120 characters."), status=400)
    row, is_new = IdempotencyKey.objects.get_or_create(
        principal=scope, key=key, defaults={"request_sha256": request_sha256}
    )
    if is_new:
        return None
    if row.request_sha256 != request_sha256:
        raise Refusal(
            "idempotency.other_request", _("This Idempotency-Key was used for a different request."), status=422,
            cure=_("Make a new key for each new request; repeat a key only with the same bytes."),
        )
    return StoredAnswer(row.status or 200, row.response)


def idempotent_store(scope: str, key: str, status: int, body: Any) -> None:
    """Keep the answer in the same transaction as its effect."""
    plain = json.loads(json.dumps(body, cls=JSONEncoder))
    IdempotencyKey.objects.filter(principal=scope, key=key).update(status=status, response=plain)
