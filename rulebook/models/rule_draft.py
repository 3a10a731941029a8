"""Rules that staff are writing: texts on their way to a second person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from rulebook.choices import DraftPurpose, DraftState


class RuleDraft(Entity):
    """A text for a rule, or the wish to end one. Approval by a second person makes a rule version of it.

    `revision` counts saves, so that two editors of one draft notice each other; `base` is the version the text was
    copied from, so that nobody overwrites a newer one unseen. Persons are principal labels, never names.
    """

    pack = models.CharField(_("pack"), max_length=20)
    rule_id = models.CharField(_("rule"), max_length=60, blank=True)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300, blank=True)
    title_en = models.CharField(_("title (English)"), max_length=300, blank=True)
    purpose = models.CharField(_("purpose"), max_length=10, choices=DraftPurpose.choices, default=DraftPurpose.TEXT)
    state = models.CharField(_("state"), max_length=12, choices=DraftState.choices, default=DraftState.DRAFT)
    text = models.TextField(_("text"))
    reason = models.TextField(_("reason"), blank=True)
    ends_on = models.DateField(_("no longer in force from"), null=True, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    author = models.CharField(_("author"), max_length=120)
    editors = models.JSONField(_("editors"), default=list)
    changed_at = models.DateTimeField(_("changed at"))
    base = models.ForeignKey(
        "rulebook.RuleVersion", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("copied from")
    )
    result = models.ForeignKey(
        "rulebook.RuleVersion", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("version made of it"),
    )

    class Meta:
        verbose_name = _("rule draft")
        verbose_name_plural = _("rule drafts")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.rule_id} {self.title}".strip()

    @property
    def title(self) -> str:
        """The title in the reader's language; empty while the text cannot be read."""
        return self.title_en if (get_language() or "").startswith("en") else self.title_zh
