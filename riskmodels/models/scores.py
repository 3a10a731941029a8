"""Scores and the waves that ask for them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Entity
from riskmodels.choices import RiskArea, WaveState


class ScoreQuerySet(models.QuerySet["Score"]):
    """Named filters."""

    def latest_per_platform(self) -> ScoreQuerySet:
        """The newest score of each platform (latest day, then latest written)."""
        return self.order_by("platform_id", "-as_of", "-id").distinct("platform_id")


class Score(Entity):
    """One platform on one day by one model version; never changed. New input gives a new row."""

    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+", verbose_name=_("platform"))
    model_version = models.ForeignKey(
        "riskmodels.ModelVersion", models.PROTECT, related_name="scores", verbose_name=_("model version")
    )
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"), default=clock.now)
    probability = models.FloatField(_("probability"))
    low = models.FloatField(_("lower bound"))
    high = models.FloatField(_("upper bound"))
    impact_cny = models.DecimalField(_("impact (yuan)"), max_digits=20, decimal_places=2)
    is_impact_estimated = models.BooleanField(_("impact is estimated"), default=False)
    area = models.CharField(_("area"), max_length=1, choices=RiskArea.choices)
    previous_area = models.CharField(_("area before"), max_length=1, choices=RiskArea.choices, blank=True)
    cell_probability = models.FloatField(_("certainty of the area"))
    is_unsettled = models.BooleanField(_("unsettled"), default=False)
    is_out_of_fold = models.BooleanField(_("out of fold"), default=False)
    is_retrospective = models.BooleanField(_("retrospective"), default=False)
    reasons = models.JSONField(_("reasons"), default=list)
    features = models.JSONField(_("features"), default=dict)
    input_sha256 = models.CharField(_("SHA-256 of the input"), max_length=64)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [models.Index(fields=["platform", "-as_of", "-id"], name="riskmodels_score_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "model_version", "as_of", "input_sha256"], name="riskmodels_score_once"
            ),
            models.CheckConstraint(
                condition=models.Q(probability__gte=0, probability__lte=1), name="riskmodels_probability_share"
            ),
            models.CheckConstraint(
                condition=models.Q(low__lte=models.F("probability"), high__gte=models.F("probability")),
                name="riskmodels_interval_around",
            ),
        ]

    def __str__(self) -> str:
        """Area, certainty and day."""
        return f"{self.area} {self.probability:.3f} {self.as_of}"

    @property
    def impact_text(self) -> str:
        """The impact with grouped thousands."""
        return f"{self.impact_cny:,.2f}"


class ScoreWave(models.Model):
    """A batch of score requests: collects while open, so that many filings cost one run."""

    state = models.CharField(max_length=8, choices=WaveState.choices, default=WaveState.OPEN)
    opened_at = models.DateTimeField(default=clock.real_now)
    result = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("score wave")
        verbose_name_plural = _("score waves")
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="open"), name="riskmodels_one_open_wave")
        ]

    def __str__(self) -> str:
        """Number and state."""
        return f"wave {self.pk} {self.state}"


class ScoreRequest(models.Model):
    """Somebody wants this platform scored anew; twice in one wave is once."""

    wave = models.ForeignKey(ScoreWave, models.CASCADE, related_name="requests")
    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("score request")
        verbose_name_plural = _("score requests")
        constraints = [models.UniqueConstraint(fields=["wave", "platform"], name="riskmodels_request_once")]

    def __str__(self) -> str:
        """Platform and reason."""
        return f"{self.platform_id}: {self.reason}"
