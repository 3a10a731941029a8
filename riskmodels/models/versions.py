"""Model versions: what was fitted, on what, how good it was, who let it work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from riskmodels.choices import ModelState, Purpose


class ModelVersionQuerySet(models.QuerySet["ModelVersion"]):
    """Named filters."""

    def active(self, purpose: str = Purpose.PLATFORM_FAILURE) -> ModelVersionQuerySet:
        """The version in use, if any."""
        return self.filter(purpose=purpose, state=ModelState.ACTIVE)


class ModelVersion(Entity):
    """One fitted model. Its file is opened only when its bytes have this SHA-256."""

    purpose = models.CharField(_("purpose"), max_length=40, choices=Purpose.choices)
    number = models.PositiveIntegerField(_("number"))
    state = models.CharField(_("state"), max_length=12, choices=ModelState.choices, default=ModelState.CANDIDATE)
    sha256 = models.CharField(_("SHA-256 of the file"), max_length=64, unique=True)
    size_bytes = models.PositiveIntegerField(_("size in bytes"))
    data_sha256 = models.CharField(_("SHA-256 of the fitting set"), max_length=64)
    trained_on = models.CharField(_("trained on"), max_length=240)
    trained_month = models.CharField(_("features as of"), max_length=7)
    is_generated_data = models.BooleanField(_("fitted on invented data"), default=False)
    features = models.JSONField(_("features"), default=list)
    fit_settings = models.JSONField(_("settings"), default=dict)
    metrics = models.JSONField(_("measured"), default=dict)
    gates = models.JSONField(_("gates"), default=dict)
    thresholds = models.JSONField(_("thresholds"), default=dict)
    fitted_by = models.CharField(_("fitted by"), max_length=160)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    approved_by = models.CharField(_("approved by"), max_length=160, blank=True)
    approval_reason = models.TextField(_("reason of approval"), blank=True)
    activated_at = models.DateTimeField(_("activated at"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("model version")
        verbose_name_plural = _("model versions")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "number"], name="riskmodels_version_number"),
            models.UniqueConstraint(
                fields=["purpose"], condition=models.Q(state="active"), name="riskmodels_one_active"
            ),
        ]

    def __str__(self) -> str:
        """Purpose and number, as people name it."""
        return f"{self.get_purpose_display()} {self.number}"
