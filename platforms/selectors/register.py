"""The register as other apps and the public see it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from common.errors import NotYours
from platforms.choices import PlatformKind
from platforms.models import ClientKey, DepositoryAgreement, Platform


@dataclass(frozen=True)
class PlatformRef:
    """An institution as other apps see it."""

    id: int
    public_id: uuid.UUID
    name: str
    business_line: str
    region: str
    state: str
    external_ref: str | None
    kind: str = PlatformKind.PLATFORM.value


@dataclass(frozen=True)
class SigningKey:
    """A usable client key and whose it is."""

    key_id: str
    public_key: bytes
    platform_id: int
    public_id: uuid.UUID
    kind: str


def _ref(platform: Platform) -> PlatformRef:
    return PlatformRef(
        id=platform.pk,
        public_id=platform.public_id,
        name=platform.name,
        business_line=platform.business_line,
        region=platform.region,
        state=platform.state,
        external_ref=platform.external_ref,
        kind=platform.kind,
    )


def platform_ref(platform_id: int) -> PlatformRef:
    """One institution by its inner key; NotYours when there is none. No visibility rule: inner keys stay inside."""
    platform = Platform.objects.filter(pk=platform_id).first()
    if platform is None:
        raise NotYours("platform")
    return _ref(platform)


def platform_refs(platform_ids: Iterable[int] | None = None) -> dict[int, PlatformRef]:
    """Institutions by inner key; every platform (no bank) when no keys are given."""
    rows = Platform.objects.all()
    rows = rows.filter(kind=PlatformKind.PLATFORM) if platform_ids is None else rows.filter(pk__in=list(platform_ids))
    return {platform.pk: _ref(platform) for platform in rows}


def platform_by_public_id(public_id: uuid.UUID | str) -> PlatformRef | None:
    """The confirmed institution with this public identifier, or None. Anyone may ask: the register is public."""
    platform = Platform.objects.on_public_register().filter(public_id=public_id).first()
    return None if platform is None else _ref(platform)


def platform_by_external_ref(external_ref: str) -> PlatformRef | None:
    """The institution with this external reference, or None."""
    platform = Platform.objects.filter(external_ref=external_ref).first()
    return None if platform is None else _ref(platform)


def platforms_search(words: str, limit: int = 20) -> list[PlatformRef]:
    """Confirmed platforms whose name contains the words, by name. Anyone may ask."""
    found = Platform.objects.on_public_register().filter(kind=PlatformKind.PLATFORM).named_like(words)
    return [_ref(platform) for platform in found.order_by("name", "id")[:limit]]


def public_register(*, on: date | None = None, line: str = "", region: str = "", words: str = "") -> QuerySet[Platform]:
    """The public register, filtered. Pending institutions are not in it; everything else is open to all."""
    rows = Platform.objects.on_public_register(on)
    if line:
        rows = rows.of_line(line)
    if region:
        rows = rows.in_region(region)
    return rows.named_like(words) if words else rows


def depository_banks(platform_id: int, on: date) -> list[str]:
    """Names of the banks that keep a platform's client money on a day."""
    rows = DepositoryAgreement.objects.in_force_within(on, on).filter(platform_id=platform_id)
    return list(rows.order_by("bank__name").values_list("bank__name", flat=True))


def signing_key(key_id: str, at: datetime) -> SigningKey | None:
    """The key with this id if it may sign at a moment. Read fresh each time: a revoked key is dead at once."""
    key = ClientKey.objects.usable_at(at).select_related("platform").filter(key_id=key_id).first()
    if key is None:
        return None
    return SigningKey(key.key_id, bytes(key.public_key), key.platform_id, key.platform.public_id, key.platform.kind)
