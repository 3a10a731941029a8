"""One consumer's complaint."""

from __future__ import annotations

import re
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models import Entity
from complaints.choices import OPEN_STATES, Category, ComplaintState, ContactChannel, IdentityTier, Outcome, Source
from regulators.choices import BusinessLine


class ComplaintQuerySet(models.QuerySet["Complaint"]):
    """Named filters of complaints."""

    def open(self) -> ComplaintQuerySet:
        """Complaints that still wait for something."""
        return self.filter(state__in=OPEN_STATES)

    def overdue(self, today: date) -> ComplaintQuerySet:
        """Open complaints with a clock that ran out before `today`, was not met, and did not escalate yet."""
        late = Q(
            clocks__met_at__isnull=True, clocks__escalated_at__isnull=True, clocks__is_paused=False,
            clocks__due_on__lt=today,
        )
        return self.open().filter(late).distinct()

    def forwarded(self) -> ComplaintQuerySet:
        """Complaints that were sent to the platform they are about."""
        return self.filter(forwarded_at__isnull=False)

    def first_hand(self) -> ComplaintQuerySet:
        """Complaints made here, without imported history."""
        return self.exclude(source=Source.IMPORT)


class Complaint(Entity):
    """What happened, told once. Every personal word is sealed under the complainant's own key from the first row.

    `person` names that key; destroying it erases the person and leaves the procedure. The receipt is stored as two
    keyed hashes: a short one to find the row, a full one to compare.
    """

    state = models.CharField(_("state"), max_length=16, choices=ComplaintState.choices, default=ComplaintState.FILED)
    platform = models.ForeignKey(
        "platforms.Platform",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("platform"),
    )
    platform_text_sealed = models.BinaryField(_("platform, as told"), null=True, blank=True)
    business_line = models.CharField(
        _("business line"), max_length=40, choices=BusinessLine.choices, blank=True, default=""
    )
    region = models.CharField(_("region"), max_length=6, default="000000")
    owner_authority = models.ForeignKey(
        "regulators.Authority",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="complaints",
        verbose_name=_("authority in charge"),
    )
    owner_why = models.JSONField(_("why this authority"), default=dict, blank=True)
    category = models.CharField(
        pgettext_lazy("complaint", "subject"), max_length=20, choices=Category.choices, default=Category.OTHER
    )
    happened_on = models.DateField(_("happened on"), null=True, blank=True)
    amount = models.DecimalField(_("amount in dispute"), max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    person = models.UUIDField(_("key of the complainant"))
    narrative_sealed = models.BinaryField(_("what happened"))
    contact_channel = models.CharField(
        _("contact channel"), max_length=8, choices=ContactChannel.choices, blank=True, default=""
    )
    contact_sealed = models.BinaryField(_("contact address"), null=True, blank=True)
    contact_index = models.CharField(_("contact index"), max_length=64, blank=True, default="")
    name_sealed = models.BinaryField(pgettext_lazy("person", "name"), null=True, blank=True)
    identity_tier = models.CharField(
        _("identity"), max_length=20, choices=IdentityTier.choices, default=IdentityTier.ANONYMOUS
    )
    receipt_key = models.CharField(max_length=16, blank=True, default="", db_index=True)
    receipt_hash = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    external_ref = models.CharField(_("external reference"), max_length=80, unique=True, null=True, blank=True)
    filed_at = models.DateTimeField(_("received at"))
    forwarded_at = models.DateTimeField(_("sent to the platform at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, blank=True, default="")

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("complaint")
        verbose_name_plural = _("complaints")
        indexes = [
            models.Index(fields=["owner_authority", "state", "-id"], name="complaint_owner_state"),
            models.Index(fields=["platform", "-filed_at"], name="complaint_platform_filed"),
            models.Index(fields=["contact_index"], name="complaint_contact", condition=~Q(contact_index="")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ComplaintState.values), name="complaint_state_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="complaint_source_known"),
            models.CheckConstraint(condition=Q(region__regex=r"^[0-9]{6}$"), name="complaint_region_is_code"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="complaint_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("filed_at")),
                name="complaint_closed_after_filed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ComplaintState.WITH_PLATFORM, ComplaintState.ANSWERED])
                | Q(platform__isnull=False),
                name="complaint_forwarded_has_platform",
            ),
            models.UniqueConstraint(
                fields=["receipt_hash"], condition=~Q(receipt_hash=""), name="complaint_receipt_once"
            ),
        ]

    def __str__(self) -> str:
        """The short number, never a name."""
        return self.number

    @property
    def number(self) -> str:
        """What people quote: the last eight characters of the outside number. It opens nothing by itself."""
        return f"T-{self.public_id.hex[-8:].upper()}"


def short_tail(text: str) -> str:
    """The end of an outside number behind a short one, empty for anything else."""
    found = re.fullmatch(r"\s*T-([0-9A-Fa-f]{8})\s*", text)
    return found[1].lower() if found else ""
