"""A deadline of a complaint: computed once from the start event and a dated rule, explained, never moved by an edit."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.choices import ClockKey
from complaints.models.complaint import Complaint


class ComplaintClock(models.Model):
    """One clock. It starts at receipt, assigned or not; `steps` says in both languages why the date is this date."""

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="clocks")
    key = models.CharField(_("clock"), max_length=20, choices=ClockKey.choices)
    rule_id = models.CharField(_("rule"), max_length=40)
    rule = models.JSONField(_("rule reference"), default=dict)
    started_at = models.DateTimeField(_("started at"))
    due_on = models.DateField(_("due on"))
    is_provisional = models.BooleanField(_("provisional"), default=False)
    steps = models.JSONField(_("why this date"), default=list)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(
                fields=["due_on"],
                name="complaintclock_running",
                condition=Q(met_at__isnull=True, escalated_at__isnull=True),
            )
        ]
        constraints = [models.UniqueConstraint(fields=["complaint", "key"], name="complaintclock_once")]

    def __str__(self) -> str:
        """Clock and date."""
        return f"{self.key} {self.due_on.isoformat()}"
