"""HTTP message signatures (RFC 9421) as the filing interface wants them, and their strict check.

The library underneath has lax defaults (any covered components, one day of age). Nothing here relies on them:
label, components, parameters and age are all fixed below.
"""

import base64
import datetime
import hashlib
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from lianxi_filer.keys import FilerKey

LABEL = "sig1"
NONCE_BYTES = 18
MAX_AGE_SECONDS = 60
MAX_AHEAD_SECONDS = 10
_PARAMETERS = {"created", "nonce", "keyid", "alg"}
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]{43}=):")


class SignatureRefused(Exception):
    """A signature that `verify_headers` does not accept; `code` says why."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{reason} [{code}]")
        self.code = code
        self.reason = reason


@dataclass(frozen=True)
class Verified:
    """What a good signature vouches for. Whether the nonce was seen before is the caller's question."""

    key_id: str
    nonce: str
    created: int
    components: tuple[str, ...]


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, public: Ed25519PublicKey) -> None:
        self.public = public

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return self.public


class _Verifier(HTTPMessageVerifier):
    """Leaves the age to `verify_headers`, which takes its clock as an argument."""

    def validate_created_and_expires(self, sig_input: Any, max_age: datetime.timedelta | None = None) -> None:
        return None


_signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519)


def content_digest(sha256: bytes) -> str:
    """The Content-Digest field (RFC 9530) for a raw SHA-256."""
    return f"sha-256=:{base64.b64encode(sha256).decode('ascii')}:"


def covered_components(url: str, header_names: Iterable[str]) -> tuple[str, ...]:
    """The components a request must sign: method, path, query if any, digest, idempotency key if any."""
    names = {name.lower() for name in header_names}
    query = ("@query",) if "?" in url else ()
    idempotency = ("idempotency-key",) if "idempotency-key" in names else ()
    return ("@method", "@path", *query, "content-digest", *idempotency)


def sign_headers(
    method: str,
    url: str,
    headers: Mapping[str, str],
    digest: bytes,
    key: FilerKey,
    key_id: str,
    *,
    now: float | None = None,
    nonce: str | None = None,
) -> dict[str, str]:
    """Return Content-Digest, Signature-Input and Signature for a request.

    `url` is absolute and already percent-encoded; `digest` is the raw SHA-256 of the body (of no bytes, for
    an empty body); `headers` need only hold Idempotency-Key when one is sent. `now` is in seconds since 1970.
    """
    field = content_digest(digest)
    sent = {name.lower(): value for name, value in headers.items()}
    message = _Message(method, url, {**sent, "content-digest": field})
    created = datetime.datetime.fromtimestamp(int(time.time() if now is None else now), tz=datetime.UTC)
    prepared = _signer.prepare(
        message,
        key_id=key_id,
        created=created,
        nonce=nonce or new_nonce(),
        label=LABEL,
        covered_component_ids=covered_components(url, sent),
        use_existing_digest=True,
    )
    signature = base64.b64encode(key.private.sign(prepared.signature_base)).decode("ascii")
    return {
        "Content-Digest": field,
        "Signature-Input": f"{LABEL}={prepared.signature_params}",
        "Signature": f"{LABEL}=:{signature}:",
    }


def new_nonce() -> str:
    """A fresh nonce: 18 random bytes in base64, used for one request only."""
    return base64.b64encode(secrets.token_bytes(NONCE_BYTES)).decode("ascii")


def verify_headers(
    method: str,
    url: str,
    headers: Mapping[str, str],
    public_raw: bytes,
    *,
    now: float | None = None,
    body: bytes | None = None,
) -> Verified:
    """Check a signed request as strictly as the server does, except for the nonce's first use.

    Refuses with `signature.missing`, `.invalid`, `.components`, `.parameters`, `.expired`, `.future` or
    `.digest`.
    """
    sent = {name.lower(): value for name, value in headers.items()}
    if "signature" not in sent or "signature-input" not in sent:
        raise SignatureRefused("signature.missing", "The request carries no signature")
    verifier = _Verifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=_OneKey(Ed25519PublicKey.from_public_bytes(public_raw)),
    )
    try:
        results = verifier.verify(_Message(method, url, sent), max_age=None)
    except InvalidSignature as error:
        raise SignatureRefused("signature.invalid", str(error)) from error
    if [result.label for result in results] != [LABEL]:
        raise SignatureRefused("signature.invalid", f"Exactly one signature labelled {LABEL} is wanted")
    verified = _verified(results[0].parameters, results[0].covered_components)
    _check_components(verified, covered_components(url, sent))
    _check_age(verified.created, time.time() if now is None else now)
    _check_digest(sent["content-digest"], body)
    return verified


def _verified(parameters: Mapping[str, Any], components: Mapping[str, str]) -> Verified:
    if set(parameters) != _PARAMETERS:
        raise SignatureRefused(
            "signature.parameters", "created, nonce, keyid and alg are wanted, no more, no less"
        )
    names = tuple(name.strip('"') for name in components if name != '"@signature-params"')
    return Verified(str(parameters["keyid"]), str(parameters["nonce"]), int(parameters["created"]), names)


def _check_components(verified: Verified, wanted: tuple[str, ...]) -> None:
    if set(verified.components) != set(wanted):
        raise SignatureRefused("signature.components", f"The signature must cover {', '.join(wanted)}")


def _check_age(created: int, now: float) -> None:
    if now - created > MAX_AGE_SECONDS:
        raise SignatureRefused("signature.expired", f"The signature is older than {MAX_AGE_SECONDS} seconds")
    if created - now > MAX_AHEAD_SECONDS:
        raise SignatureRefused(
            "signature.future", f"The signature is dated {MAX_AHEAD_SECONDS} seconds ahead or more"
        )


def _check_digest(field: str, body: bytes | None) -> None:
    match = _DIGEST.fullmatch(field)
    if match is None:
        raise SignatureRefused("signature.digest", "Content-Digest must be one sha-256 value")
    if body is not None and base64.b64decode(match[1]) != hashlib.sha256(body).digest():
        raise SignatureRefused("signature.digest", "The body is not the one that was signed")
