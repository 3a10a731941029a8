"""The installation's own signature: receipts and audit heads that can be checked without us."""

import base64
import hashlib
import json
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


@cache
def _private_key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"lianxi-signing:" + seed.encode()).digest())


def public_key_raw() -> bytes:
    """The 32 bytes of our public key."""
    return _private_key(settings.SIGNING_SEED).public_key().public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw
    )


def key_id() -> str:
    """A short name of the key: the start of its hash."""
    return hashlib.sha256(public_key_raw()).hexdigest()[:16]


def canonical(payload: dict[str, Any]) -> bytes:
    """The bytes that are signed: sorted keys, no spaces, UTF-8."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def server_sign(payload: dict[str, Any]) -> dict[str, Any]:
    """The payload with our Ed25519 signature, the algorithm and the key's name."""
    signature = _private_key(settings.SIGNING_SEED).sign(canonical(payload))
    return {
        "payload": payload,
        "alg": "Ed25519",
        "kid": key_id(),
        "public_key": base64.b64encode(public_key_raw()).decode(),
        "signature": base64.b64encode(signature).decode(),
    }


def server_verify(signed: dict[str, Any]) -> bool:
    """True when `signed` carries our signature over exactly its payload."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key_raw()).verify(
            base64.b64decode(signed["signature"]), canonical(signed["payload"])
        )
    except (InvalidSignature, KeyError, ValueError):
        return False
    return True
