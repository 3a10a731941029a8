"""Who signed a request: RFC 9421 over registered client keys."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from common import clock
from common.api.parsers import strict_json
from common.api.problems import Problem
from common.errors import Refusal
from common.principal import Principal
from common.signatures import VerifiedSignature, require_body, verify_request
from platforms.facts import ED25519_KEY_BYTES, key_id_of
from platforms.selectors import SigningKey, signing_key


class ClientKeyAuthentication(BaseAuthentication):
    """A platform or bank, by the registered key that signed the request.

    The signature is verified over the headers first. A body that fits in memory is compared with its signed
    digest here; a view with `streams_body` compares while it reads, using `request.signature`.
    """

    def authenticate(self, request: Request) -> tuple[None, Principal]:
        """The principal of the signer; raises SignatureFailure, also for a key that was revoked."""
        found: dict[str, SigningKey] = {}

        def resolve(key_id: str) -> bytes | None:
            key = signing_key(key_id, clock.real_now())
            if key is None:
                return None
            found["key"] = key
            return key.public_key

        plain = plain_request(request)
        verified = verify_request(plain, resolve)
        if not _streams(request):
            require_body(verified, small_body(plain))
        request.signature = verified  # type: ignore[attr-defined]
        return None, principal_of_key(found["key"])

    def authenticate_header(self, request: Request) -> str:
        """The scheme named in 401 answers."""
        return "Signature"


def principal_of_key(key: SigningKey) -> Principal:
    """The principal a client key stands for."""
    return Principal(
        kind="platform",
        label=f"platform:{key.public_id}",
        platform_id=key.platform_id,
        roles=frozenset({key.kind}),
    )


def plain_request(request: Request) -> HttpRequest:
    """Django's request inside the one of the API framework, with its body unread."""
    inner: HttpRequest = request._request  # noqa: SLF001 - the framework has no public name for it
    return inner


def signature_of(request: Request) -> VerifiedSignature:
    """The verified signature of a request whose body is read by its view."""
    found: VerifiedSignature = request.signature  # type: ignore[attr-defined]
    return found


def _streams(request: Request) -> bool:
    view = request.parser_context.get("view")
    return bool(getattr(view, "streams_body", False)) and request.method == "PUT"


def small_body(request: HttpRequest) -> bytes:
    """The body of a request that is not an upload; refuses one over the limit before reading it."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.API_MAX_BODY_BYTES:
        raise Problem(
            status=413,
            code="json.too_large",
            title=_("The document is larger than 1 MiB."),
            cure=_("Send less at once."),
        )
    return request.body


class NewKeyAuthentication(BaseAuthentication):
    """A registration: signed with the very key that it registers, which proves possession."""

    def authenticate(self, request: Request) -> tuple[None, Principal]:
        """The principal of a key that belongs to nobody yet; raises SignatureFailure."""
        plain = plain_request(request)
        body = small_body(plain)
        public_key = _public_key(strict_json(body) if body else None)
        verified: VerifiedSignature = verify_request(plain, lambda _key_id: public_key)
        require_body(verified, body)
        return None, Principal(kind="platform", label=f"key:{key_id_of(public_key)}")

    def authenticate_header(self, request: Request) -> str:
        """The scheme named in 401 answers."""
        return "Signature"


def _public_key(document: Any) -> bytes:
    text = document.get("public_key") if isinstance(document, dict) else None
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError:
        raw = b""
    if len(raw) != ED25519_KEY_BYTES:
        raise Refusal(
            "registration.public_key",
            _("The public key is not an Ed25519 key of 32 bytes."),
            field="public_key",
            status=422,
            cure=_("Send the 32 raw bytes of the public key in base64."),
        )
    return raw
