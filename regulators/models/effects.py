"""Monthly counts by rule, pushed by the apps that know them, for the evaluation of existing policy."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from regulators.choices import ComplaintScope


class EffectCount(models.Model):
    """What was counted for one rule in one month.

    `findings` is empty (not zero) for a month without a filing to which the rule was, or could be, applied: nothing
    was measured. Months before the rule was in force are rehearsed on the filings of their time. Cases are those that
    rest on a finding of the rule. Complaints are those on the rule's subject where the pack says which ones these are,
    otherwise all of the rule's lines. `filings` and `platforms` are what to divide by.
    """

    rule_id = models.CharField(_("rule"), max_length=120)
    month = models.DateField(_("month"))
    findings = models.PositiveIntegerField(_("findings"), null=True, blank=True)
    complaints = models.PositiveIntegerField(_("complaints"), default=0)
    cases = models.PositiveIntegerField(_("cases"), default=0)
    filings = models.PositiveIntegerField(_("filings checked"), default=0)
    platforms = models.PositiveIntegerField(_("platforms"), default=0)
    rehearsed = models.BooleanField(_("findings by rehearsal"), default=False)
    complaint_scope = models.CharField(_("which complaints"), max_length=10, choices=ComplaintScope, default="line")
    counted_at = models.DateTimeField(_("counted at"), default=clock.now)

    class Meta:
        verbose_name = _("effect count")
        verbose_name_plural = _("effect counts")
        ordering = ("rule_id", "month")
        constraints = [models.UniqueConstraint(fields=("rule_id", "month"), name="regulators_effect_once")]

    def __str__(self) -> str:
        """Rule and month."""
        return f"{self.rule_id} {self.month:%Y-%m}"
