"""Entering the register: registration by the institution, confirmation by the competent authority."""

from __future__ import annotations

import re
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import NotYours, Refusal
from common.outbox import event_emit
from common.principal import Principal
from common.transitions import Guard, transition_apply
from platforms import events
from platforms.choices import BusinessLine, PlatformKind, PlatformState
from platforms.facts import ED25519_KEY_BYTES, key_id_of
from platforms.models import ClientKey, DepositoryAgreement, Platform
from platforms.permissions import permits
from platforms.services.results import Registration
from platforms.services.unit import unit_of_work
from platforms.workflow import PLATFORM
from regulators.selectors import competent_authorities

_REGION = re.compile(r"[0-9]{6}")


def platform_register(
    *,
    actor: Principal,
    name: str,
    legal_name: str,
    kind: str,
    business_lines: list[str],
    region: str,
    public_key: bytes,
    website: str = "",
    external_ref: str | None = None,
) -> Registration:
    """Enter an institution as pending, with its first client key.

    The same institution asking again with the same key gets its first answer. Refused: a kind, line, region or
    key that is not one; an external reference or a key that already belongs to another registration.
    """
    _check_shape(kind, business_lines, region, public_key)
    with unit_of_work(actor):
        known = _known_registration(public_key, external_ref)
        if known is not None:
            return known
        return _enter(
            public_key,
            Platform(
                name=name,
                legal_name=legal_name,
                kind=kind,
                business_line=business_lines[0],
                business_lines=business_lines,
                region=region,
                website=website,
                external_ref=external_ref or None,
            ),
        )


def _check_shape(kind: str, business_lines: list[str], region: str, public_key: bytes) -> None:
    if kind not in PlatformKind.values:
        raise Refusal(
            "registration.kind",
            _("The kind is platform or bank."),
            field="kind",
            status=422,
            cure=_("Write platform or bank."),
        )
    unknown = [line for line in business_lines if line not in BusinessLine.values]
    if unknown or not business_lines:
        raise Refusal(
            "registration.business_line",
            _("A business line is missing or unknown."),
            field="business_lines",
            status=422,
            cure=_("Use codes such as p2p_lending; the mandates endpoint lists all."),
        )
    if not _REGION.fullmatch(region):
        raise Refusal(
            "registration.region",
            _("The region is not a code of six digits."),
            field="region",
            status=422,
            cure=_("Write the GB/T 2260 code of the seat, for example 110000."),
        )
    if len(public_key) != ED25519_KEY_BYTES:
        raise Refusal(
            "registration.public_key",
            _("The public key is not an Ed25519 key of 32 bytes."),
            field="public_key",
            status=422,
            cure=_("Send the 32 raw bytes of the public key in base64."),
        )


def _known_registration(public_key: bytes, external_ref: str | None) -> Registration | None:
    key = ClientKey.objects.select_related("platform").filter(key_id=key_id_of(public_key)).first()
    if key is not None:
        if key.platform.external_ref != (external_ref or None):
            raise Refusal(
                "registration.key_in_use",
                _("This key already belongs to another registration."),
                field="public_key",
                cure=_("Make a new key for each institution."),
            )
        return _registration(key.platform, key.key_id, is_new=False)
    if external_ref and Platform.objects.filter(external_ref=external_ref).exists():
        raise _reference_in_use()
    return None


def _reference_in_use() -> Refusal:
    return Refusal(
        "registration.exists",
        _("This institution is already registered with another key."),
        field="external_ref",
        cure=_("Sign with the registered key, or ask the authority to add this key."),
    )


def _enter(public_key: bytes, platform: Platform) -> Registration:
    try:
        with transaction.atomic():
            platform.save(force_insert=True)
            key = ClientKey.objects.create(
                platform=platform, key_id=key_id_of(public_key), public_key=public_key, not_before=clock.real_now()
            )
    except IntegrityError:
        raise _reference_in_use() from None
    return _registration(platform, key.key_id, is_new=True)


def _registration(platform: Platform, key_id: str, *, is_new: bool) -> Registration:
    return Registration(platform.pk, platform.public_id, key_id, str(platform.state), is_new)


def _require_competence(actor: Principal) -> dict[str, Guard]:
    """The guard of registration steps: the lead authority of the line and region, or an assisting one, acts.

    Source: Guiding Opinions of 2015-07-14 (each line has its supervisor), mandate table on the day of the act.
    """

    def is_competent(platform: Platform) -> None:
        if actor.kind == "system" or actor.has_role("secretariat"):
            return
        competence = competent_authorities(platform.business_line, "institution", platform.region, clock.today())
        allowed = {body.id for body in (competence.lead, *competence.assisting) if body is not None}
        if not allowed.intersection(actor.authority_ids):
            raise Refusal(
                "platform.not_competent",
                _("Your authority does not supervise this line in this region."),
                status=403,
                cure=_("Pass the matter to the authority that the mandate table names."),
            )

    return {"is_competent": is_competent}


def platform_confirm(*, actor: Principal, platform_id: int, registered_on: date | None = None) -> str:
    """Confirm a registration; returns the registration number and announces `platform.registered`.

    Refused unless pending, and for officers of an authority that is not competent. Idempotent through its state.
    """
    with unit_of_work(actor):
        # the row's own check wants a date in every state but pending, so the date goes first
        Platform.objects.filter(pk=platform_id, state=PlatformState.PENDING).update(
            registered_on=registered_on or clock.today()
        )
        platform = _step(actor, platform_id, "confirm")
        platform.registration_number = f"{platform.region}-{platform.pk:08d}"
        platform.save(update_fields=["registration_number"])
        event_emit(events.PLATFORM_REGISTERED, {"platform_id": platform.pk})
        return platform.registration_number


def platform_suspend(*, actor: Principal, platform_id: int, note: str) -> None:
    """Suspend a registered institution; it must keep filing. Refused without a reason or competence."""
    with unit_of_work(actor):
        _step(actor, platform_id, "suspend", _required(note))


def platform_resume(*, actor: Principal, platform_id: int, note: str) -> None:
    """End a suspension. Refused without a reason or competence."""
    with unit_of_work(actor):
        _step(actor, platform_id, "resume", _required(note))


def platform_exit(*, actor: Principal, platform_id: int, note: str, exited_on: date | None = None) -> None:
    """Record that an institution left the market; final. Refused without a reason or competence."""
    with unit_of_work(actor):
        platform = _step(actor, platform_id, "exit", _required(note))
        platform.exited_on = exited_on or clock.today()
        platform.save(update_fields=["exited_on"])


def _required(note: str) -> str:
    if not note.strip():
        raise Refusal(
            "note.missing", _("The reason is missing."), field="note", status=422, cure=_("Say why, in a sentence.")
        )
    return note


def _step(actor: Principal, platform_id: int, verb: str, note: str = "") -> Platform:
    return transition_apply(
        actor=actor,
        workflow=PLATFORM,
        model=Platform,
        pk=platform_id,
        verb=verb,
        permits=permits,
        guards=_require_competence(actor),
        note=note,
    )


def depository_agreement_record(
    *, actor: Principal, platform_id: int, bank_id: int, in_force_from: date, in_force_to: date | None = None
) -> int:
    """Record that a bank keeps a platform's client money; the same agreement twice is one row.

    Refused without the role, or when the second party is no bank. Source: depository guideline of 2017-02-22.
    """
    with unit_of_work(actor):
        platform, bank = _party(platform_id), _party(bank_id)
        if not permits(actor, "platforms.agreements", platform):
            raise Refusal("forbidden", _("You may not record agreements."), status=403)
        if bank.kind != PlatformKind.BANK or platform.kind != PlatformKind.PLATFORM:
            raise Refusal(
                "agreement.parties",
                _("An agreement is between a platform and a bank."),
                field="bank",
                status=422,
                cure=_("Choose a registered depository bank."),
            )
        agreement, _created = DepositoryAgreement.objects.get_or_create(
            platform=platform, bank=bank, in_force_from=in_force_from, defaults={"in_force_to": in_force_to}
        )
        return agreement.pk


def _party(platform_id: int) -> Platform:
    party = Platform.objects.filter(pk=platform_id).first()
    if party is None:
        raise NotYours("platform")
    return party
