"""Personal data: one data key per person, AES-256-GCM, key wrapped by the installation's key.

Erasing a person destroys the data key; look-ups use a keyed blind index. Nothing here logs a value.
"""

import base64
import hashlib
import hmac
import os
import uuid
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap, aes_key_wrap
from django.conf import settings

from common import clock
from common.errors import Refusal
from common.models import PersonKey

_VERSION = b"\x01"
KEK_ID = "kek-1"


@cache
def _key_from(secret: str) -> bytes:
    return hashlib.sha256(b"lianxi-vault:" + secret.encode()).digest()


def _data_key(subject: uuid.UUID, *, create: bool) -> bytes:
    row = PersonKey.objects.filter(subject=subject).first()
    if row is None and create:
        fresh = AESGCM.generate_key(bit_length=256)
        row, _made = PersonKey.objects.get_or_create(
            subject=subject,
            defaults={"wrapped": aes_key_wrap(_key_from(settings.VAULT_KEK), fresh), "kek_id": KEK_ID},
        )
    if row is None or row.wrapped is None:
        raise Refusal("person.forgotten", "The personal data was erased.", status=410)
    return aes_key_unwrap(_key_from(settings.VAULT_KEK), bytes(row.wrapped))


def vault_seal(subject: uuid.UUID, text: str) -> bytes:
    """Encrypt `text` under the person's key (made on first use); the subject is bound as associated data."""
    nonce = os.urandom(12)
    return _VERSION + nonce + AESGCM(_data_key(subject, create=True)).encrypt(nonce, text.encode(), subject.bytes)


def vault_open(subject: uuid.UUID, sealed: bytes | memoryview) -> str:
    """Decrypt; refuses with `person.forgotten` after erasure and `vault.damaged` when the bytes were altered."""
    data = bytes(sealed)
    try:
        return AESGCM(_data_key(subject, create=False)).decrypt(data[1:13], data[13:], subject.bytes).decode()
    except InvalidTag:
        raise Refusal("vault.damaged", "The sealed data does not belong here or was altered.", status=422) from None


def blind_index(purpose: str, text: str) -> str:
    """A keyed hash for look-ups: same text and purpose, same value; without the key nobody can guess it."""
    message = f"{purpose}\x1f{text.strip().casefold()}".encode()
    digest = hmac.new(_key_from(settings.BLIND_INDEX_KEY), message, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def person_forget(subject: uuid.UUID) -> bool:
    """Destroy the person's key: everything sealed with it becomes unreadable, also in a restored backup of the rows."""
    return bool(
        PersonKey.objects.filter(subject=subject, destroyed_at__isnull=True).update(
            wrapped=None, destroyed_at=clock.real_now()
        )
    )
