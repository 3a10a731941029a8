"""Which role answers for which kind of object, and where a conflict of supervision goes: dated pack rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import living_once
from regulators.choices import ConflictKind, Destination, MandateRole
from regulators.models.authority import SourcedRow


class ReasonedRow(SourcedRow):
    """A sourced row that says why in both languages."""

    why_zh = models.TextField(_("reason (Chinese)"))
    why_en = models.TextField(_("reason (English)"))

    class Meta:
        abstract = True


class ConflictRoute(ReasonedRow):
    """A conflict of supervision of this kind goes to that place or body."""

    conflict = models.CharField(_("conflict"), max_length=20, choices=ConflictKind)
    destination = models.CharField(_("goes to"), max_length=20, choices=Destination)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole, default=MandateRole.CONDUCT)

    class Meta:
        verbose_name = _("route of a conflict")
        verbose_name_plural = _("routes of conflicts")
        ordering = ("conflict", "valid_from")
        constraints = [
            living_once("pack", "conflict", "valid_from", name="regulators_route_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="regulators_route_dates"
            ),
        ]

    def __str__(self) -> str:
        """Kind and destination."""
        return f"{self.get_conflict_display()} → {self.get_destination_display()}"


class OwnershipRule(ReasonedRow):
    """Objects of this kind belong to the lead of that role."""

    kind = models.CharField(_("kind of object"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole)

    class Meta:
        verbose_name = _("ownership rule")
        verbose_name_plural = _("ownership rules")
        ordering = ("kind", "valid_from")
        constraints = [
            living_once("pack", "kind", "valid_from", name="regulators_ownership_once"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="regulators_ownership_dates",
            ),
        ]

    def __str__(self) -> str:
        """Kind and role."""
        return f"{self.kind} → {self.get_role_display()}"
