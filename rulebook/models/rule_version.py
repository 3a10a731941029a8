"""Rules as immutable versions: the text that decided can always be read again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rulebook.choices import Origin, RuleForm, RuleKind, Severity, Subject
from rulebook.models.sourced import Sourced, SourcedQuerySet


class RuleVersionQuerySet(SourcedQuerySet):
    """Named filters of rule versions."""

    def newest(self, known_at: datetime | None = None) -> Self:
        """The last version of each rule (known at a moment); a rule whose last version is withdrawn is left out."""
        return self._last(models.Q(), known_at)

    def standing(self, on: date, known_at: datetime | None = None) -> Self:
        """The version of each rule that decides on a day: the last one known.

        A text that staff made leaves the days before its own first day to the version before it; a pack's text is
        the pack's word for all days. Whether the version is in force on the day is another filter.
        """
        return self._last(models.Q(origin=Origin.PACK) | models.Q(valid_from__lte=on), known_at)

    def _last(self, among: models.Q, known_at: datetime | None) -> Self:
        known = models.Q() if known_at is None else models.Q(created_at__lte=known_at)
        versions = self.model.objects.filter(among, known)
        ids = versions.values("pack", "rule_id").annotate(last=Max("id")).values("last")
        return self.filter(pk__in=ids, is_withdrawn=False)

    def of(self, *, template: str | None = None, business_line: str | None = None) -> Self:
        """Versions for a template and a business line; `None` leaves that side open."""
        found: Any = self
        if template is not None:
            found = found.filter(template=template)
        if business_line is not None:
            found = found.filter(business_lines__contains=[business_line])
        return found


class RuleVersion(Sourced):
    """One text of one rule. The database refuses to change or delete it; a new text is a new row.

    `enabled` is false while nobody has confirmed the source (and the rule is no open house convention).
    """

    rule_id = models.CharField(_("rule"), max_length=60)
    sha256 = models.CharField(_("sha-256"), max_length=64)
    source_text = models.TextField(_("text"))
    dialect = models.CharField(_("dialect"), max_length=20, default="duckdb")
    kind = models.CharField(_("kind"), max_length=20, choices=RuleKind.choices)
    subject = models.CharField(
        pgettext_lazy("area of law", "subject"), max_length=12, choices=Subject.choices, blank=True, default=""
    )
    form = models.CharField(_("form"), max_length=10, choices=RuleForm.choices)
    template = models.CharField(_("template"), max_length=40, blank=True)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity.choices)
    business_lines = models.JSONField(_("business lines"), default=list)
    basis = models.JSONField(_("legal basis"), default=dict)
    enabled = models.BooleanField(_("gives findings"))
    is_withdrawn = models.BooleanField(_("withdrawn"), default=False)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule version")
        verbose_name_plural = _("rule versions")
        ordering = ("rule_id", "-id")
        indexes = [models.Index(fields=["pack", "rule_id", "-id"], name="rule_version_newest")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.title}"
