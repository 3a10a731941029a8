"""Early warnings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Entity
from riskmodels.choices import WarningKind, WarningLevel, WarningState


class WarningQuerySet(models.QuerySet["Warning"]):
    """Named filters."""

    def standing(self) -> WarningQuerySet:
        """Warnings nobody has closed."""
        return self.exclude(state=WarningState.CLOSED)

    def published(self) -> WarningQuerySet:
        """Warnings an officer has made public."""
        return self.filter(is_public=True)


class Warning(Entity):
    """Something about a platform that somebody should look at; at most one standing per platform and kind."""

    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+", verbose_name=_("platform"))
    kind = models.CharField(_("kind"), max_length=24, choices=WarningKind.choices)
    level = models.CharField(_("level"), max_length=8, choices=WarningLevel.choices)
    state = models.CharField(_("state"), max_length=14, choices=WarningState.choices, default=WarningState.OPEN)
    raised_at = models.DateTimeField(_("raised at"), default=clock.now)
    times_seen = models.PositiveIntegerField(_("times seen"), default=1)
    last_seen_at = models.DateTimeField(_("last seen at"), default=clock.now)
    reasons = models.JSONField(_("reasons"), default=list)
    subject_ref = models.CharField(_("about"), max_length=60, blank=True)
    owner_authority_id = models.BigIntegerField(_("responsible authority"), null=True, blank=True)
    is_public = models.BooleanField(_("published"), default=False)
    public_text_zh = models.TextField(_("public text (Chinese)"), blank=True)
    public_text_en = models.TextField(_("public text (English)"), blank=True)

    objects = WarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning")
        verbose_name_plural = _("warnings")
        indexes = [models.Index(fields=["state", "-raised_at"], name="riskmodels_warning_recent")]
        constraints = [
            models.UniqueConstraint(
                fields=["platform", "kind"],
                condition=~models.Q(state="closed"),
                name="riskmodels_one_standing_warning",
            ),
            models.CheckConstraint(
                condition=models.Q(is_public=False) | ~models.Q(public_text_zh=""),
                name="riskmodels_public_warning_has_text",
            ),
        ]

    def __str__(self) -> str:
        """Kind and state in the reader's language."""
        return f"{self.get_kind_display()} · {self.get_state_display()}"
