"""What two sources say about the same money: ledger and bank, reported and recomputed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from platforms.models.filing import FilingRevision
from platforms.models.platform import Platform


class ReconciliationRun(Entity):
    """A platform's ledger against its bank's statement for one period; amounts in CNY yuan."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="reconciliations")
    period = models.CharField(_("period"), max_length=10)
    ledger_revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="+")
    statement_revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(_("lines by class"), default=dict)
    amounts = models.JSONField(_("amounts by class"), default=dict)
    is_matched = models.BooleanField(_("agrees"), default=False)
    evidence_key = models.CharField(_("evidence file"), max_length=500, blank=True)
    evidence_sha256 = models.CharField(_("sha-256 of the evidence"), max_length=64, blank=True)
    engine = models.CharField(_("engine"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        constraints = [
            models.UniqueConstraint(
                fields=["ledger_revision", "statement_revision"], name="reconciliation_once_per_pair"
            )
        ]

    def __str__(self) -> str:
        return f"{self.platform_id} {self.period}"


class RecomputedIndicator(Entity):
    """A disclosed indicator beside the same figure computed from the loan book."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="recomputed_indicators")
    period = models.CharField(_("period"), max_length=10)
    loan_book_revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="+")
    indicators_revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="+")
    indicator = models.CharField(_("indicator"), max_length=60)
    reported = models.DecimalField(_("reported"), max_digits=20, decimal_places=4, null=True)
    recomputed = models.DecimalField(_("recomputed"), max_digits=20, decimal_places=4, null=True)
    difference = models.DecimalField(_("difference"), max_digits=20, decimal_places=4, null=True)

    class Meta:
        verbose_name = _("recomputed indicator")
        verbose_name_plural = _("recomputed indicators")
        constraints = [
            models.UniqueConstraint(
                fields=["loan_book_revision", "indicators_revision", "indicator"], name="recomputed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period}"


class MetricReading(Entity):
    """One reading of one metric, computed from the loans of a loan book: the definitions conflict, so all are kept."""

    platform = models.ForeignKey(Platform, on_delete=models.PROTECT, related_name="metric_readings")
    period = models.CharField(_("period"), max_length=10)
    loan_book_revision = models.ForeignKey(FilingRevision, on_delete=models.PROTECT, related_name="metric_readings")
    definition = models.CharField(_("definition"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    currency = models.CharField(_("currency"), max_length=3)
    part = models.CharField(_("part"), max_length=20)
    value = models.DecimalField(_("value"), max_digits=26, decimal_places=6, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=26, decimal_places=6, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=26, decimal_places=6, null=True)

    class Meta:
        verbose_name = _("metric reading")
        verbose_name_plural = _("metric readings")
        constraints = [
            models.UniqueConstraint(
                fields=["loan_book_revision", "definition", "version", "currency", "part"], name="metric_read_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.definition} {self.period}"
