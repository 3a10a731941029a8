"""Client keys: adding and revoking."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.principal import Principal
from platforms.choices import KeyState, PlatformState
from platforms.facts import ED25519_KEY_BYTES, key_id_of
from platforms.models import ClientKey, Platform
from platforms.permissions import permits
from platforms.services.unit import unit_of_work


def client_key_add(
    *,
    actor: Principal,
    platform_id: int,
    public_key: bytes,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    mtls_thumbprint: str | None = None,
) -> str:
    """Add a public key to an institution; returns its key id. The same key twice is one row.

    Refused: a key that is not 32 bytes or belongs to another institution; an institution that left the market;
    an actor that is neither the institution itself nor staff with the right.
    """
    if len(public_key) != ED25519_KEY_BYTES:
        raise Refusal(
            "key.size",
            _("The public key is not an Ed25519 key of 32 bytes."),
            field="public_key",
            status=422,
            cure=_("Send the 32 raw bytes of the public key in base64."),
        )
    with unit_of_work(actor):
        platform = Platform.objects.select_for_update().filter(pk=platform_id).first()
        _require_key_right(actor, platform)
        key_id = key_id_of(public_key)
        known = ClientKey.objects.filter(key_id=key_id).first()
        if known is not None and (known.platform_id != platform_id or known.state != KeyState.ACTIVE):
            raise _key_in_use()
        if known is None:
            _insert(
                ClientKey(
                    platform_id=platform_id,
                    key_id=key_id,
                    public_key=public_key,
                    not_before=not_before or clock.real_now(),
                    not_after=not_after,
                    mtls_thumbprint=mtls_thumbprint,
                )
            )
        return key_id


def _key_in_use() -> Refusal:
    return Refusal("key.in_use", _("This key was registered before."), field="public_key", cure=_("Make a new key."))


def _insert(key: ClientKey) -> None:
    try:
        with transaction.atomic():
            key.save(force_insert=True)
    except IntegrityError:
        raise _key_in_use() from None


def _require_key_right(actor: Principal, platform: Platform | None) -> None:
    is_own = platform is not None and actor.kind == "platform" and actor.platform_id == platform.pk
    if platform is None or not (is_own or permits(actor, "platforms.keys", platform)):
        raise NotYours("platform")
    if platform.state == PlatformState.EXITED:
        raise Refusal("platform.exited", _("The institution has left the market."))


def client_key_revoke(*, actor: Principal, key_id: str) -> None:
    """Revoke a key at once. Revoking twice changes nothing; a foreign key does not exist for the actor."""
    with unit_of_work(actor):
        key = ClientKey.objects.select_for_update(of=("self",)).select_related("platform").filter(key_id=key_id).first()
        if key is None:
            raise NotYours("key")
        _require_key_right(actor, key.platform)
        if key.state == KeyState.ACTIVE:
            key.state, key.revoked_at = KeyState.REVOKED, clock.real_now()
            key.save(update_fields=["state", "revoked_at"])
