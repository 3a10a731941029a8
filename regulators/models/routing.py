"""Which role answers for which kind of object, and where a conflict of supervision goes: dated pack rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from regulators.choices import ConflictKind, Destination, MandateRole
from regulators.models.authority import DatedQuerySet


class SourcedRow(Entity):
    """Reason, days in force and legal basis of a pack row."""

    why_zh = models.TextField(_("reason (Chinese)"))
    why_en = models.TextField(_("reason (English)"))
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    basis_zh = models.CharField(_("basis (Chinese)"), max_length=300, default="", blank=True)
    basis_en = models.CharField(_("basis (English)"), max_length=300, default="", blank=True)
    source = models.JSONField(_("source"), default=dict, blank=True)
    verified = models.BooleanField(_("source confirmed"), default=False)
    pack = models.CharField(_("pack"), max_length=20, default="")

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True


class ConflictRoute(SourcedRow):
    """A conflict of supervision of this kind goes to that place or body."""

    conflict = models.CharField(_("conflict"), max_length=20, choices=ConflictKind)
    destination = models.CharField(_("goes to"), max_length=20, choices=Destination)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole, default=MandateRole.CONDUCT)

    class Meta:
        verbose_name = _("route of a conflict")
        verbose_name_plural = _("routes of conflicts")
        ordering = ("conflict", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=("pack", "conflict", "valid_from"), name="regulators_route_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="regulators_route_dates"
            ),
        ]

    def __str__(self) -> str:
        """Kind and destination."""
        return f"{self.get_conflict_display()} → {self.get_destination_display()}"


class OwnershipRule(SourcedRow):
    """Objects of this kind belong to the lead of that role."""

    kind = models.CharField(_("kind of object"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole)

    class Meta:
        verbose_name = _("ownership rule")
        verbose_name_plural = _("ownership rules")
        ordering = ("kind", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=("pack", "kind", "valid_from"), name="regulators_ownership_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="regulators_ownership_dates",
            ),
        ]

    def __str__(self) -> str:
        """Kind and role."""
        return f"{self.kind} → {self.get_role_display()}"
