"""Institutions of the register: platforms, depository banks, their keys and agreements."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from platforms.choices import BusinessLine, KeyState, PlatformKind, PlatformState


class PlatformQuerySet(models.QuerySet["Platform"]):
    """Named filters of the register."""

    def on_public_register(self, on: date | None = None) -> PlatformQuerySet:
        """Institutions anyone may look up: confirmed, and in the register on day `on` when given."""
        found = self.exclude(state=PlatformState.PENDING).filter(registered_on__isnull=False)
        if on is None:
            return found
        return found.filter(Q(exited_on__isnull=True) | Q(exited_on__gt=on), registered_on__lte=on)

    def of_line(self, line: str) -> PlatformQuerySet:
        """Institutions that carry on business line `line`, main or further."""
        return self.filter(Q(business_line=line) | Q(business_lines__contains=[line]))

    def in_region(self, region: str) -> PlatformQuerySet:
        """Institutions seated in a region (GB/T 2260) or in a region it contains."""
        prefix = region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region
        return self if region == "000000" else self.filter(region__startswith=prefix)

    def named_like(self, words: str) -> PlatformQuerySet:
        """Institutions whose name or legal name contains the words."""
        return self.filter(Q(name__icontains=words) | Q(legal_name__icontains=words))


class Platform(Entity):
    """A platform or a depository bank. One row per institution, never deleted."""

    kind = models.CharField(_("kind"), max_length=10, choices=PlatformKind.choices)
    name = models.CharField(_("institution name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200)
    business_line = models.CharField(_("business line"), max_length=40, choices=BusinessLine.choices)
    business_lines = models.JSONField(_("business lines"), default=list)
    region = models.CharField(_("region"), max_length=6, help_text=_("GB/T 2260 code of the seat"))
    website = models.CharField(_("website"), max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=PlatformState.choices, default=PlatformState.PENDING)
    external_ref = models.CharField(_("external reference"), max_length=80, unique=True, null=True, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=40, unique=True, null=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    exited_on = models.DateField(_("left the market on"), null=True, blank=True)

    objects = PlatformQuerySet.as_manager()

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        indexes = [
            models.Index(fields=["business_line", "region"], name="platform_line_region"),
            models.Index(fields=["state", "registered_on"], name="platform_state_registered"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PlatformKind.values), name="platform_kind_known"),
            models.CheckConstraint(condition=Q(state__in=PlatformState.values), name="platform_state_known"),
            models.CheckConstraint(condition=Q(business_line__in=BusinessLine.values), name="platform_line_known"),
            models.CheckConstraint(condition=Q(region__regex=r"^[0-9]{6}$"), name="platform_region_is_code"),
            models.CheckConstraint(
                condition=Q(state=PlatformState.PENDING) | Q(registered_on__isnull=False),
                name="platform_confirmed_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ClientKeyQuerySet(models.QuerySet["ClientKey"]):
    """Named filters of client keys."""

    def usable_at(self, moment: datetime) -> ClientKeyQuerySet:
        """Keys that may sign at a moment: active and within their dates."""
        return self.filter(
            Q(not_after__isnull=True) | Q(not_after__gt=moment), state=KeyState.ACTIVE, not_before__lte=moment
        )


class ClientKey(Entity):
    """A public key (Ed25519, 32 raw bytes) with which an institution signs its requests (RFC 9421)."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="keys", verbose_name=_("platform"))
    key_id = models.CharField(_("key id"), max_length=80, unique=True)
    public_key = models.BinaryField(_("public key"), max_length=32)
    state = models.CharField(_("state"), max_length=10, choices=KeyState.choices, default=KeyState.ACTIVE)
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    mtls_thumbprint = models.CharField(_("client certificate thumbprint"), max_length=64, null=True, blank=True)

    objects = ClientKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("client key")
        verbose_name_plural = _("client keys")
        constraints = [
            models.CheckConstraint(condition=Q(state__in=KeyState.values), name="clientkey_state_known"),
            models.CheckConstraint(
                condition=Q(state=KeyState.ACTIVE) | Q(revoked_at__isnull=False), name="clientkey_revoked_has_time"
            ),
        ]

    def __str__(self) -> str:
        return self.key_id


class DepositoryAgreementQuerySet(models.QuerySet["DepositoryAgreement"]):
    """Named filters of depository agreements."""

    def in_force_within(self, first: date, last: date) -> DepositoryAgreementQuerySet:
        """Agreements in force on at least one day of a period."""
        return self.filter(Q(in_force_to__isnull=True) | Q(in_force_to__gte=first), in_force_from__lte=last)


class DepositoryAgreement(Entity):
    """A bank keeps a platform's client money between two dates (depository guideline of 2017-02-22)."""

    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="depository_agreements", verbose_name=_("platform")
    )
    bank = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="depository_clients", verbose_name=_("Depository bank")
    )
    in_force_from = models.DateField(_("in force from"))
    in_force_to = models.DateField(_("in force to"), null=True, blank=True)

    objects = DepositoryAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("depository agreement")
        verbose_name_plural = _("depository agreements")
        constraints = [
            models.UniqueConstraint(fields=["platform", "bank", "in_force_from"], name="depository_agreement_once"),
            models.CheckConstraint(
                condition=Q(in_force_to__isnull=True) | Q(in_force_to__gte=F("in_force_from")),
                name="depository_agreement_dates_ordered",
            ),
            models.CheckConstraint(condition=~Q(platform=F("bank")), name="depository_agreement_two_parties"),
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} / {self.bank_id} {self.in_force_from}"
