"""The association tree, its members and the industry's statistical indicators (paper 000, section 3.3)."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Entity
from selfdiscipline.choices import IndicatorColumn, MembershipState


class Association(Entity):
    """An industry association; branch associations for single lines of business hang below it."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="branches",
        verbose_name=_("parent association"),
    )

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("associations")
        ordering = ("code",)

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (translation.get_language() or "").startswith("zh") else self.name_en


class MembershipQuerySet(models.QuerySet):
    """Named filters over memberships."""

    def on(self, day: date) -> "MembershipQuerySet":
        """Memberships that hold on that day: admitted on or before it, not ended by it."""
        return self.filter(Q(member_to__isnull=True) | Q(member_to__gt=day), member_from__lte=day)


class Membership(Entity):
    """One platform's membership from a first day to a first day no longer (None = goes on)."""

    association = models.ForeignKey(
        Association, models.PROTECT, related_name="memberships", verbose_name=_("association")
    )
    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+", verbose_name=_("platform"))
    member_from = models.DateField(_("member from"))
    member_to = models.DateField(_("member to"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=MembershipState, default=MembershipState.ADMITTED)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ("association", "platform", "member_from")
        constraints = [
            models.UniqueConstraint(
                fields=("association", "platform"),
                condition=Q(member_to__isnull=True),
                name="selfdiscipline_one_open_membership",
            ),
            models.CheckConstraint(
                condition=Q(member_to__isnull=True) | Q(member_to__gt=F("member_from")),
                name="selfdiscipline_membership_dates",
            ),
        ]

    def __str__(self) -> str:
        """Association and first day."""
        return f"{self.association.code}: {self.platform_id} ({self.member_from.isoformat()})"


class IndicatorSeries(Entity):
    """A statistical indicator of the industry: one column of the members' monthly filings, added up."""

    code = models.CharField(_("code"), max_length=60, unique=True)
    association = models.ForeignKey(Association, models.PROTECT, related_name="series", verbose_name=_("association"))
    name_zh = models.CharField(_("name (Chinese)"), max_length=200)
    name_en = models.CharField(_("name (English)"), max_length=200)
    column = models.CharField(_("column"), max_length=60, choices=IndicatorColumn)
    unit = models.CharField(_("unit"), max_length=20, default="CNY")

    class Meta:
        verbose_name = _("indicator series")
        verbose_name_plural = _("indicator series")
        ordering = ("code",)

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name_zh if (translation.get_language() or "").startswith("zh") else self.name_en


class IndicatorValue(Entity):
    """Value of a series in one month, with how many members it rests on."""

    series = models.ForeignKey(
        IndicatorSeries, models.PROTECT, related_name="values_by_period", verbose_name=_("indicator series")
    )
    period = models.CharField(_("period"), max_length=7)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2)
    members_counted = models.PositiveIntegerField(_("members that filed"))
    members_total = models.PositiveIntegerField(_("members"))
    computed_at = models.DateTimeField(_("computed at"), default=clock.now)

    class Meta:
        verbose_name = _("indicator value")
        verbose_name_plural = _("indicator values")
        ordering = ("series", "period")
        constraints = [models.UniqueConstraint(fields=("series", "period"), name="selfdiscipline_value_once")]

    def __str__(self) -> str:
        """Series and month."""
        return f"{self.series.code} {self.period}"
