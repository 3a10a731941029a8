"""RFC 9421 signatures on requests, with the strict settings the library leaves to us.

Required: Ed25519; the method, path, query (when there is one), content digest and idempotency key (when sent) are
covered; created is at most 60 s old and 10 s ahead; the nonce is new for this key (a unique row: replay is refused).
"""

import hashlib
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from common import clock
from common.errors import Refusal
from common.models import SignatureNonce

MAX_AGE = timedelta(seconds=60)
MAX_AHEAD = timedelta(seconds=10)
MIN_NONCE = 16
LABEL = "sig1"
ALGORITHM = "ed25519"
ResolveKey = Callable[[str], bytes | None]


class SignatureFailure(Refusal):
    """The request is not signed as required; nothing was read or written."""

    def __init__(self, code: str, message: Any, cure: Any, *, status: int = 401) -> None:
        """401 except for a replay, which is 409."""
        super().__init__(f"signature.{code}", message, cure=cure, status=status)


@dataclass(frozen=True)
class VerifiedSignature:
    """Who signed, and the digest that the body must still match."""

    key_id: str
    nonce: str
    body_sha256: bytes


@dataclass(frozen=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _Verifier(HTTPMessageVerifier):
    """The library's check of ages allows other limits than ours; ours is `_check_age`, with words of its own."""

    def validate_created_and_expires(self, *args: Any, **kwargs: Any) -> None:
        """Left to `_check_age`."""


class _Keys(HTTPSignatureKeyResolver):
    def __init__(self, resolve: ResolveKey) -> None:
        self.resolve = resolve

    def resolve_public_key(self, key_id: str) -> Any:
        raw = self.resolve(key_id)
        if raw is None:
            raise SignatureFailure(
                "unknown_key", _("This key is not registered or was revoked."), _("Register the key first.")
            )
        return Ed25519PublicKey.from_public_bytes(raw)

    def resolve_private_key(self, key_id: str) -> Any:
        raise KeyError(key_id)


def content_digest(body: bytes) -> str:
    """The Content-Digest field (RFC 9530) of a body."""
    from base64 import b64encode

    return f"sha-256=:{b64encode(hashlib.sha256(body).digest()).decode()}:"


def declared_digest(header: str) -> bytes:
    """The 32 bytes of `sha-256=:…:`; refuses anything else."""
    text = header.strip()
    if text.startswith("sha-256=:") and text.endswith(":"):
        try:
            raw = b64decode(text[9:-1], validate=True)
        except ValueError:
            raw = b""
        if len(raw) == hashlib.sha256().digest_size:
            return raw
    raise SignatureFailure(
        "digest_missing", _("Content-Digest is missing or is not SHA-256."),
        _('Send "Content-Digest: sha-256=:<base64>:".'),
    )


def _required(request: Any) -> set[str]:
    names = {'"@method"', '"@path"', '"content-digest"'}
    if request.META.get("QUERY_STRING"):
        names.add('"@query"')
    if request.headers.get("Idempotency-Key"):
        names.add('"idempotency-key"')
    return names


def _verified(request: Any, resolve_key: ResolveKey) -> Any:
    message = _Message(request.method, request.build_absolute_uri(), dict(request.headers))
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_Keys(resolve_key))
    try:
        results = verifier.verify(message, max_age=None)
    except SignatureFailure:
        raise
    except Exception as error:  # the library raises several kinds on malformed input; all mean "not verified"
        raise SignatureFailure(
            "invalid", _("The signature does not verify: %(reason)s") % {"reason": error},
            _("Sign method, path, query, content-digest and idempotency-key with your registered Ed25519 key."),
        ) from None
    result = results[0]
    if len(results) != 1 or result.label != LABEL or result.parameters.get("alg") != ALGORITHM:
        raise SignatureFailure(
            "invalid", _("Exactly one Ed25519 signature with the label sig1 is expected."),
            _('Send Signature-Input: sig1=(…);created=…;keyid="…";nonce="…";alg="ed25519".'),
        )
    return result


def _burn_nonce(key_id: str, nonce: str) -> None:
    try:
        with transaction.atomic():
            SignatureNonce.objects.create(key_id=key_id, nonce=nonce)
    except IntegrityError:
        raise SignatureFailure(
            "replayed", _("This signed request was received before."),
            _("Sign again with a new nonce; keep the Idempotency-Key to get the first answer."), status=409,
        ) from None


def verify_request(request: Any, resolve_key: ResolveKey) -> VerifiedSignature:
    """Verify the signature headers of a Django request and use up its nonce.

    resolve_key maps a key id to 32 raw public-key bytes or None. The body itself is not read here: compare it with
    `body_sha256` (small JSON: `require_body`; uploads: while streaming). Refuses with SignatureFailure
    (401; 409 for a replay).
    """
    if not request.headers.get("Signature-Input") or not request.headers.get("Signature"):
        raise SignatureFailure(
            "missing", _("The request is not signed."),
            _("Add Signature-Input and Signature (RFC 9421), e.g. with lianxi-filer."),
        )
    digest = declared_digest(request.headers.get("Content-Digest", ""))
    result = _verified(request, resolve_key)
    covered = set(result.covered_components)
    missing = _required(request) - covered
    if missing:
        raise SignatureFailure(
            "incomplete",
            _("The signature does not cover %(parts)s.") % {"parts": ", ".join(sorted(missing))},
            _("Cover these components too."),
        )
    _check_age(result.parameters.get("created"))
    nonce, key_id = str(result.parameters.get("nonce", "")), str(result.parameters.get("keyid", ""))
    if len(nonce) < MIN_NONCE:
        raise SignatureFailure(
            "nonce", _("The nonce is missing or too short."), _("Send at least 16 random characters.")
        )
    _burn_nonce(key_id, nonce)
    return VerifiedSignature(key_id, nonce, digest)


def _check_age(created: object) -> None:
    moment = int(clock.real_now().timestamp())
    if not isinstance(created, int) or created < moment - MAX_AGE.total_seconds():
        raise SignatureFailure(
            "too_old", _("The signature is older than 60 seconds."), _("Check your clock and sign again.")
        )
    if created > moment + MAX_AHEAD.total_seconds():
        raise SignatureFailure("in_future", _("The signature was made in the future."), _("Check your clock (NTP)."))


def require_body(verified: VerifiedSignature, body: bytes) -> None:
    """Refuse a body that differs from the signed digest."""
    if hashlib.sha256(body).digest() != verified.body_sha256:
        raise SignatureFailure(
            "digest_mismatch", _("The body differs from its signed Content-Digest."),
            _("Send the body exactly as signed.")
        )
