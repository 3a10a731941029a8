"""Authorities over time and the dated table of who supervises what."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.models import Entity, KeptFilters, KeptQuerySet, KeptRow, living_once
from regulators.choices import AuthorityKind, BusinessLine, Duty, MandateRole, MapKind


class BilingualName(models.Model):
    """Names in both languages; pack texts never go through gettext."""

    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (translation.get_language() or "").startswith("zh") else self.name_en


class DatedQuerySet(models.QuerySet):
    """Rows with `valid_from` (first day) and `valid_to` (first day no longer)."""

    def in_force(self, on: date) -> Self:
        """Rows in force on that day."""
        started = Q(valid_from__isnull=True) | Q(valid_from__lte=on)
        return self.filter(started, Q(valid_to__isnull=True) | Q(valid_to__gt=on))


class KeptDatedQuerySet(KeptFilters, DatedQuerySet):
    """Rows of which every version is kept, with the days on which each holds."""


class AuthorityQuerySet(DatedQuerySet):
    """Named filters of bodies."""

    def in_force(self, on: date) -> Self:
        """Bodies that exist on that day; one that the pack dropped is no longer offered."""
        return super().in_force(on).filter(retired_at__isnull=True)


class Region(BilingualName):
    """A place of a pack. A region without `parent` is a whole country.

    `scheme` stands at a country whose codes tell the region above by their digits, so that places the pack does
    not list still find their province; empty elsewhere.
    """

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("lies in")
    )
    scheme = models.JSONField(_("code scheme"), default=dict, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    retired_at = models.DateTimeField(_("no longer in the pack since"), null=True, blank=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("code",)


class Authority(BilingualName, Entity):
    """A body that supervises, helps to supervise, or represents the industry: who it is, and its present words.

    Cases, hand-overs and officers point at it, so it stays one row for ever; its earlier words are `MapVersion` rows.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    short_zh = models.CharField(_("short name (Chinese)"), max_length=80, default="", blank=True)
    short_en = models.CharField(_("short name (English)"), max_length=80, default="", blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=AuthorityKind)
    region = models.CharField(_("region"), max_length=12, default="000000")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="branches", verbose_name=_("parent body")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    dates_verified = models.BooleanField(_("dates confirmed"), default=False)
    note_zh = models.CharField(_("note (Chinese)"), max_length=300, default="", blank=True)
    note_en = models.CharField(_("note (English)"), max_length=300, default="", blank=True)
    pack = models.CharField(_("pack"), max_length=20, default="")
    retired_at = models.DateTimeField(_("no longer in the pack since"), null=True, blank=True)

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ("code",)
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="regulators_authority_dates",
            )
        ]


class MapVersion(KeptRow):
    """What the map said about a body or a region from `created_at` until before `retired_at`, every column by name.

    Written by the load together with the row itself; read when somebody asks what was known at a moment.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=MapKind)
    code = models.CharField(_("code"), max_length=40)
    words = models.JSONField(_("what was said"), default=dict)
    pack = models.CharField(_("pack"), max_length=20)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of the map")
        verbose_name_plural = _("versions of the map")
        ordering = ("kind", "code", "id")
        constraints = [living_once("kind", "code", name="regulators_map_version_once")]
        indexes = [models.Index(fields=["kind", "code", "id"], name="regulators_map_versions")]

    def __str__(self) -> str:
        """Kind and code."""
        return f"{self.get_kind_display()} {self.code}"


class Succession(KeptRow):
    """From `on` the successor holds the duties of the predecessor (CBRC and CIRC → CBIRC on 2018-04-08)."""

    predecessor = models.ForeignKey(
        Authority, models.CASCADE, related_name="successions", verbose_name=_("predecessor")
    )
    successor = models.ForeignKey(Authority, models.CASCADE, related_name="inheritances", verbose_name=_("successor"))
    on = models.DateField(_("first day"))
    pack = models.CharField(_("pack"), max_length=20, default="")

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("succession")
        verbose_name_plural = _("successions")
        ordering = ("on",)
        constraints = [living_once("predecessor", "successor", name="regulators_succession_once")]

    def __str__(self) -> str:
        """Predecessor → successor (first day)."""
        return f"{self.predecessor.code} → {self.successor.code} ({self.on.isoformat()})"


class SourcedRow(KeptRow):
    """One version of a pack row that holds from a day on by a text: days, legal basis, whether it was confirmed."""

    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    basis_zh = models.CharField(_("basis (Chinese)"), max_length=300, default="", blank=True)
    basis_en = models.CharField(_("basis (English)"), max_length=300, default="", blank=True)
    source = models.JSONField(_("source"), default=dict, blank=True)
    verified = models.BooleanField(_("source confirmed"), default=False)
    pack = models.CharField(_("pack"), max_length=20, default="")

    objects = KeptDatedQuerySet.as_manager()

    class Meta:
        abstract = True


class Mandate(SourcedRow):
    """One dated row: an authority leads or assists on a business line, in a role, in a region."""

    business_line = models.CharField(_("business line"), max_length=30, choices=BusinessLine)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole)
    region = models.CharField(_("region"), max_length=12)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="mandates", verbose_name=_("authority"))
    duty = models.CharField(_("duty"), max_length=10, choices=Duty)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ("business_line", "role", "region", "valid_from")
        constraints = [
            living_once(
                "business_line", "role", "region", "authority", "duty", "valid_from", name="regulators_mandate_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")),
                name="regulators_mandate_dates",
            ),
        ]

    def __str__(self) -> str:
        """Line, role, body and duty in words."""
        line, role = self.get_business_line_display(), self.get_role_display()
        return f"{line} · {role}: {self.authority} · {self.get_duty_display()}"


class OpenQuestion(KeptRow):
    """A question of supervision that the pack leaves open on purpose; it belongs before the joint meeting."""

    key = models.CharField(_("key"), max_length=80)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    why_zh = models.TextField(_("reason (Chinese)"))
    why_en = models.TextField(_("reason (English)"))
    business_line = models.CharField(_("business line"), max_length=30, choices=BusinessLine, default="", blank=True)
    role = models.CharField(_("role"), max_length=20, choices=MandateRole, default="", blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    pack = models.CharField(_("pack"), max_length=20, default="")

    objects = KeptDatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("open question")
        verbose_name_plural = _("open questions")
        ordering = ("key",)
        constraints = [living_once("key", name="regulators_open_question_once")]

    def __str__(self) -> str:
        """The title in the reader's language."""
        return self.title_zh if (translation.get_language() or "").startswith("zh") else self.title_en
