"""Dated numbers: parameters and terms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common.models import living_once
from rulebook.models.sourced import LivingRow

_ORDERED_DAYS = Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_to__gt=F("valid_from"))


class ParameterValue(LivingRow):
    """One value of one parameter from one day on. `basis` names instrument, article and facts."""

    key = models.CharField(_("key"), max_length=80)
    value_type = models.CharField(_("type"), max_length=10)
    unit = models.CharField(_("unit"), max_length=30)
    value = models.CharField(_("value"), max_length=30, help_text=_("Decimal text, so that nothing is rounded."))
    basis = models.JSONField(_("legal basis"), default=dict)

    class Meta:
        verbose_name = _("parameter value")
        verbose_name_plural = _("parameter values")
        ordering = ("key", "valid_from")
        constraints = [
            living_once("pack", "key", "valid_from", name="parameter_value_once"),
            models.CheckConstraint(condition=_ORDERED_DAYS, name="parameter_value_days_ordered"),
            models.CheckConstraint(condition=Q(value__regex=r"^-?[0-9]+([.][0-9]+)?$"), name="parameter_value_decimal"),
        ]
        indexes = [models.Index(fields=["pack", "key", "valid_from", "id"], name="parameter_value_versions")]


class DeadlineRule(LivingRow):
    """One term between two days, for some business lines (`scope`; `*` is all)."""

    key = models.CharField(_("key"), max_length=80)
    scope = models.CharField(_("business lines"), max_length=200)
    start_event = models.CharField(_("starts with"), max_length=60)
    amount = models.PositiveIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=20)
    calendar = models.CharField(_("calendar"), max_length=60)
    pause_events = models.JSONField(_("pauses on"), default=list)
    extensions = models.JSONField(_("extensions"), default=list)
    met_by = models.JSONField(_("ended by"), default=list)
    rolls = models.BooleanField(_("a free last day moves to the next working day"), default=False)
    basis = models.JSONField(_("legal basis"), default=dict)

    class Meta:
        verbose_name = _("deadline rule")
        verbose_name_plural = _("deadline rules")
        ordering = ("key", "valid_from")
        constraints = [
            living_once("pack", "key", "scope", "valid_from", name="deadline_rule_once"),
            models.CheckConstraint(condition=_ORDERED_DAYS, name="deadline_rule_days_ordered"),
        ]
        indexes = [models.Index(fields=["pack", "key", "valid_from", "id"], name="deadline_rule_versions")]
