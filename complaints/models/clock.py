"""A deadline of a complaint: read from its history under the rule it started with, explained."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from complaints.choices import ClockKey
from complaints.models.complaint import Complaint


class ComplaintClock(models.Model):
    """One clock. The first ones start at receipt, assigned or not; `steps` says in both languages why this date.

    The row is what the event log said at its last change; `rule` holds the term it started under. A recomputation
    that moves a date leaves a line in `changes`.
    """

    complaint = models.ForeignKey(Complaint, on_delete=models.PROTECT, related_name="clocks")
    key = models.CharField(_("clock"), max_length=20, choices=ClockKey.choices)
    rule_id = models.CharField(_("rule"), max_length=40)
    rule = models.JSONField(_("rule reference"), default=dict)
    started_at = models.DateTimeField(_("started at"))
    due_on = models.DateField(_("due on"))
    is_provisional = models.BooleanField(_("provisional"), default=False)
    is_paused = models.BooleanField(_("paused"), default=False)
    steps = models.JSONField(_("why this date"), default=list)
    calendar_version = models.CharField(_("version of the calendar"), max_length=64, default="", blank=True)
    changes = models.JSONField(_("corrections"), default=list, blank=True)
    met_at = models.DateTimeField(_("met at"), null=True, blank=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        indexes = [
            models.Index(
                fields=["due_on"],
                name="complaintclock_running",
                condition=Q(met_at__isnull=True, escalated_at__isnull=True, is_paused=False),
            )
        ]
        constraints = [models.UniqueConstraint(fields=["complaint", "key"], name="complaintclock_once")]

    def __str__(self) -> str:
        """Clock and date."""
        return f"{self.key} {self.due_on.isoformat()}"
