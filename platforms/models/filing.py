"""Filings and their revisions. A revision is never overwritten; its heavy parts live in its report."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.models import Entity
from platforms.choices import ACCEPTED_STATES, FilingState
from platforms.models.platform import Platform
from platforms.wording import template_title


class FilingQuerySet(models.QuerySet["Filing"]):
    """Named filters of filings."""

    def filed_by(self, platform_id: int | None) -> FilingQuerySet:
        """Filings of one filer; of nobody when no filer is known."""
        return self.none() if platform_id is None else self.filter(platform_id=platform_id)


class Filing(Entity):
    """One duty fulfilled by a filer: its data about a subject, for a template and a period."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="filings", verbose_name=_("filer"))
    subject = models.ForeignKey(
        Platform,
        on_delete=models.PROTECT,
        related_name="filings_about",
        verbose_name=pgettext_lazy("filing", "subject"),
    )
    template = models.CharField(_("template"), max_length=40)
    period = models.CharField(_("period"), max_length=10)
    period_end = models.DateField(_("last day of the period"))
    state = models.CharField(_("state"), max_length=24, choices=FilingState.choices, default=FilingState.OPEN)
    revision_number = models.PositiveIntegerField(_("current revision"), default=1)
    accepted_number = models.PositiveIntegerField(_("accepted revision"), null=True, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing")
        verbose_name_plural = _("filings")
        indexes = [
            models.Index(fields=["template", "period"], name="filing_template_period"),
            models.Index(fields=["subject", "template", "period"], name="filing_subject"),
            models.Index(fields=["platform", "-id"], name="filing_newest_of_platform"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "subject", "template", "period"], name="filing_once_per_period"
            ),
            models.CheckConstraint(condition=Q(state__in=FilingState.values), name="filing_state_known"),
            models.CheckConstraint(
                condition=Q(accepted_number__isnull=True) | Q(accepted_number__lte=F("revision_number")),
                name="filing_accepted_is_a_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"{template_title(self.template)} {self.period}"


class FilingRevisionQuerySet(models.QuerySet["FilingRevision"]):
    """Named filters of revisions."""

    def in_force(self) -> FilingRevisionQuerySet:
        """The accepted revision of each filing: what readers of the lake may use."""
        return self.filter(number=F("filing__accepted_number"), state__in=ACCEPTED_STATES).exclude(lake_key="")


class FilingRevision(Entity):
    """One sent content of a filing and what became of it."""

    filing = models.ForeignKey(Filing, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField(_("revision"))
    state = models.CharField(_("state"), max_length=24, choices=FilingState.choices, default=FilingState.OPEN)
    note = models.CharField(_("note"), max_length=500, blank=True)
    staged_key = models.CharField(_("content as sent"), max_length=500, blank=True)
    content_sha256 = models.CharField(_("sha-256 of the content"), max_length=64, blank=True)
    content_bytes = models.BigIntegerField(_("bytes"), default=0)
    media_type = models.CharField(_("media type"), max_length=60, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    known_at = models.DateTimeField(_("known at"), null=True, blank=True)
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    receipt_number = models.CharField(_("receipt number"), max_length=40, unique=True, null=True, blank=True)
    lake_key = models.CharField(_("lake file"), max_length=500, blank=True)
    lake_sha256 = models.CharField(_("sha-256 of the lake file"), max_length=64, blank=True)
    rows_total = models.BigIntegerField(_("rows"), default=0)
    rows_accepted = models.BigIntegerField(_("accepted rows"), default=0)
    rows_rejected = models.BigIntegerField(_("rejected rows"), default=0)
    blocking_count = models.PositiveIntegerField(_("blocking findings"), default=0)
    major_count = models.PositiveIntegerField(_("major findings"), default=0)
    minor_count = models.PositiveIntegerField(_("minor findings"), default=0)
    not_evaluable_count = models.PositiveIntegerField(_("rules not evaluable"), default=0)
    engine = models.CharField(_("engine"), max_length=40, blank=True)

    objects = FilingRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("filing revision")
        verbose_name_plural = _("filing revisions")
        constraints = [
            models.UniqueConstraint(fields=["filing", "number"], name="filing_revision_number_once"),
            models.CheckConstraint(condition=Q(state__in=FilingState.values), name="filing_revision_state_known"),
            models.CheckConstraint(
                condition=Q(rows_total=F("rows_accepted") + F("rows_rejected")), name="filing_revision_rows_add_up"
            ),
            models.CheckConstraint(
                condition=Q(submitted_at__isnull=True) | ~Q(content_sha256=""),
                name="filing_revision_submitted_has_content",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filing_id} r{self.number}"


class FilingReport(models.Model):
    """What the check of one revision said in full: rule outcomes, rejected rows, errors of the file."""

    revision = models.OneToOneField(FilingRevision, on_delete=models.PROTECT, primary_key=True, related_name="report")
    receipt = models.JSONField(_("signed receipt"), default=dict)
    outcomes = models.JSONField(_("rule outcomes"), default=list)
    rejected = models.JSONField(_("rejected rows (first 200)"), default=list)
    rejected_key = models.CharField(_("all rejected rows"), max_length=500, blank=True)
    file_errors = models.JSONField(_("errors of the file"), default=list)
    ingest = models.JSONField(_("what was read"), default=dict)

    class Meta:
        verbose_name = _("filing report")
        verbose_name_plural = _("filing reports")

    def __str__(self) -> str:
        return f"report of {self.revision_id}"
