"""People who act for an authority."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from regulators.models.authority import Authority


class Officer(Entity):
    """One person's term at one authority. A new term is a new row; terms are never rewritten."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="terms_of_office", verbose_name=_("user")
    )
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="officers", verbose_name=_("authority"))
    roles = models.JSONField(_("roles"), default=list)
    title = models.CharField(_("title"), max_length=120, default="", blank=True)
    term_from = models.DateField(_("term from"))
    term_to = models.DateField(_("term to"), null=True, blank=True)
    appointment = models.CharField(_("appointed by"), max_length=200, default="", blank=True)
    end_reason = models.CharField(_("why the term ended"), max_length=200, default="", blank=True)

    class Meta:
        verbose_name = _("officer")
        verbose_name_plural = _("officers")
        ordering = ("authority", "user")
        constraints = [
            models.UniqueConstraint(
                fields=("user", "authority"),
                condition=Q(term_to__isnull=True),
                name="regulators_officer_one_open_term",
            ),
            models.CheckConstraint(
                condition=Q(term_to__isnull=True) | Q(term_to__gt=F("term_from")),
                name="regulators_officer_dates",
            ),
        ]

    def __str__(self) -> str:
        """Name and body in the reader's language."""
        is_zh = (get_language() or "").startswith("zh")
        body = (self.authority.short_zh if is_zh else self.authority.short_en) or str(self.authority)
        return f"{self.user}（{body}）" if is_zh else f"{self.user} ({body})"
