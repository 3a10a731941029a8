"""What an instrument asks, clause by clause, in own words."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from common.models import living_once
from rulebook.choices import ClauseKind, Subject
from rulebook.models.sourced import LivingRow


class Clause(LivingRow):
    """One demand of one instrument. Which rule, number, term or mandate carries it out follows from its facts."""

    key = models.CharField(_("key"), max_length=120)
    instrument = models.CharField(_("instrument"), max_length=20)
    article = models.CharField(_("article"), max_length=100, blank=True)
    article_verified = models.BooleanField(_("article confirmed"), default=False)
    facts = models.JSONField(_("facts"), default=list)
    kind = models.CharField(_("kind"), max_length=12, choices=ClauseKind.choices)
    subject = models.CharField(pgettext_lazy("area of law", "subject"), max_length=12, choices=Subject.choices)
    business_lines = models.JSONField(_("business lines"), default=list)
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    note = models.JSONField(_("note"), null=True, blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ("instrument", "id")
        constraints = [living_once("pack", "key", name="clause_key_once")]
        indexes = [
            models.Index(fields=["pack", "subject"], name="clause_pack_subject"),
            models.Index(fields=["pack", "key", "id"], name="clause_versions"),
        ]

    @property
    def text(self) -> str:
        """The text in the reader's language."""
        return self.text_en if (get_language() or "").startswith("en") else self.text_zh
