"""Checking a receipt without asking the server: its signature, its key, and the file it is for."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lianxi_filer.problems import FilerProblem


def receipt_verify(receipt: Mapping[str, Any], *, server_key: str = "", sha256: str = "") -> dict[str, Any]:
    """Return what a receipt says, once its Ed25519 signature over the canonical payload holds.

    Canonical: JSON with sorted keys, without spaces, in UTF-8. `server_key` (base64 of 32 bytes) is the authority's
    published key; without it the key inside the receipt is used, which only shows that nothing was altered.
    `sha256` is the hexadecimal digest of the file it should be for.
    Refuses with `filer.receipt_malformed`, `.receipt_key`, `.receipt_signature` or `.receipt_file`.
    """
    try:
        payload, key = dict(receipt["payload"]), str(receipt.get("public_key") or server_key)
        signature, raw = base64.b64decode(receipt["signature"]), base64.b64decode(server_key or key)
        public = Ed25519PublicKey.from_public_bytes(raw)
    except (KeyError, TypeError, ValueError):
        raise FilerProblem("filer.receipt_malformed", "This is no receipt", cure="Fetch it again") from None
    if server_key and not hmac.compare_digest(server_key, key):
        raise _false("key", "The receipt is signed with another key than the authority's")
    try:
        public.verify(signature, _canonical(payload))
    except InvalidSignature:
        raise _false("signature", "The receipt does not match its signature") from None
    if sha256 and payload.get("sha256") != sha256:
        raise FilerProblem(
            "filer.receipt_file",
            "The receipt is for another file",
            cure="Compare with the file that was sent",
        )
    return payload


def _canonical(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _false(part: str, title: str) -> FilerProblem:
    return FilerProblem(f"filer.receipt_{part}", title, cure="Do not rely on it; tell the authority")
