"""Rules as immutable versions: the text that decided can always be read again."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from rulebook.choices import RuleForm, RuleKind, Severity
from rulebook.models.sourced import Sourced, SourcedQuerySet


class RuleVersionQuerySet(SourcedQuerySet):
    """Named filters of rule versions."""

    def newest(self) -> Self:
        """The last version of each rule; a pack that drops a rule writes a last version that is withdrawn."""
        ids = self.model.objects.values("pack", "rule_id").annotate(last=Max("id")).values("last")
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
