"""Trials of a draft on accepted filings: asked for by a person, done in the background, kept with the draft."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from rulebook.choices import RehearsalState


class DraftRehearsal(Entity):
    """One trial of one text by the law of one day, and what came out. The filings and findings know nothing of it.

    `text` is what was tried, saved or not, so that a later text is known to be another one. `asked_as` is the
    principal whose sight the trial has. `result` counts findings by platform; it holds no row and no borrower.
    """

    draft = models.ForeignKey(
        "rulebook.RuleDraft", models.PROTECT, related_name="rehearsals", verbose_name=_("rule draft")
    )
    on = models.DateField(_("law of the day"))
    text = models.TextField(_("text"))
    state = models.CharField(
        _("state"), max_length=10, choices=RehearsalState.choices, default=RehearsalState.OPEN
    )
    asked_by = models.CharField(_("asked by"), max_length=120)
    asked_as = models.JSONField(_("asked as"))
    asked_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ended_by = models.CharField(_("ended by person"), max_length=120, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)

    class Meta:
        verbose_name = _("rehearsal of a draft")
        verbose_name_plural = _("rehearsals of drafts")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=Q(state=RehearsalState.OPEN), name="draft_rehearsal_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.on}"
