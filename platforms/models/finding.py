"""Findings: one per revision, rule version and subject, with what proves it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from platforms.choices import FindingState, Severity
from platforms.models.filing import FilingRevision
from platforms.models.platform import Platform
from platforms.wording import figure_text


class Finding(Entity):
    """A rule failed on a revision. Rule version, compiled query and engine allow replaying the decision."""

    revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="findings")
    platform = models.ForeignKey(
        Platform, on_delete=models.PROTECT, related_name="findings", verbose_name=_("platform")
    )
    owner_authority = models.ForeignKey(
        "regulators.Authority", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rule_version = models.ForeignKey("rulebook.RuleVersion", on_delete=models.PROTECT, related_name="+")
    rule_id = models.CharField(_("rule"), max_length=120)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    title_en = models.CharField(_("title (English)"), max_length=300)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    subject = models.CharField(pgettext_lazy("evidence", "subject"), max_length=200, blank=True)
    count = models.BigIntegerField(_("rows"))
    measured = models.CharField(pgettext_lazy("evidence", "measured"), max_length=120, blank=True)
    threshold = models.CharField(_("threshold"), max_length=120, blank=True)
    row_numbers = models.JSONField(_("row numbers (first 20)"), default=list)
    evidence_key = models.CharField(_("evidence file"), max_length=500, blank=True)
    evidence_sha256 = models.CharField(_("sha-256 of the evidence"), max_length=64, blank=True)
    compiled_sql = models.TextField(_("compiled query"), blank=True)
    engine = models.CharField(_("engine"), max_length=40)
    legal_basis = models.JSONField(_("legal basis"), default=dict)
    as_of = models.DateField(_("law taken on"))
    known_at = models.DateTimeField(_("known at"))
    state = models.CharField(_("state"), max_length=10, choices=FindingState.choices, default=FindingState.OPEN)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            models.Index(fields=["platform", "state"], name="finding_platform_state"),
            models.Index(fields=["rule_id"], name="finding_rule"),
            models.Index(fields=["owner_authority", "-id"], name="finding_newest_of_authority"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["revision", "rule_version", "subject"], name="finding_once"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="finding_severity_known"),
            models.CheckConstraint(condition=Q(state__in=FindingState.values), name="finding_state_known"),
            models.CheckConstraint(condition=Q(count__gte=0), name="finding_count_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} · {self.title}"

    @property
    def title(self) -> str:
        """The rule's title in the reader's language."""
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en

    @property
    def measured_text(self) -> str:
        """The measured figure with grouped thousands."""
        return figure_text(self.measured)

    @property
    def threshold_text(self) -> str:
        """The threshold with grouped thousands."""
        return figure_text(self.threshold)
