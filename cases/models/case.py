"""A supervisory case about one platform. At most one case per platform is not closed."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.choices import CaseOrigin, CaseState, Competence, LinkKind
from common import clock
from common.models import Entity


class CaseQuerySet(models.QuerySet):
    """Named filters over cases."""

    def running(self) -> "CaseQuerySet":
        """Cases that are not closed."""
        return self.exclude(state=CaseState.CLOSED)

    def of_person(self, user_id: int) -> "CaseQuerySet":
        """Cases of this person, also when a new appointment has begun a new term since."""
        return self.filter(assignee__user_id=user_id)

    def waiting(self, on: date) -> "CaseQuerySet":
        """Cases without an officer: taken by nobody, or by somebody who holds no office any more."""
        in_office = Q(assignee__user__terms_of_office__term_to__isnull=True) | Q(
            assignee__user__terms_of_office__term_to__gt=on
        )
        gone = self.filter(assignee__isnull=False).exclude(in_office)
        return self.filter(Q(assignee__isnull=True) | Q(pk__in=gone.values("pk")))


class Case(Entity):
    """What one authority leads and others may assist. Why it leads is kept with the day it was decided on."""

    platform = models.ForeignKey("platforms.Platform", models.PROTECT, related_name="+", verbose_name=_("platform"))
    state = models.CharField(_("state"), max_length=20, choices=CaseState, default=CaseState.OPEN)
    opened_on = models.DateField(_("opened on"), default=clock.today)
    origin = models.CharField(_("opened because of"), max_length=20, choices=CaseOrigin)
    owner_authority = models.ForeignKey(
        "regulators.Authority",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lead authority"),
    )
    competence = models.CharField(_("competence"), max_length=20, choices=Competence, default=Competence.DECIDED)
    why = models.JSONField(_("why this lead"), default=dict)
    decided_as_of = models.DateField(_("competence as of"), default=clock.today)
    known_at = models.DateTimeField(_("decided at"), default=clock.now)
    summary = models.JSONField(_("summary"), default=list)
    area = models.CharField(_("risk area"), max_length=1, default="", blank=True)
    assignee = models.ForeignKey(
        "regulators.Officer",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("officer in charge"),
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_why = models.JSONField(_("why this date"), default=dict, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("due_on", "id")
        indexes = [
            models.Index(fields=("owner_authority", "state", "due_on"), name="cases_queue"),
            models.Index(fields=("assignee", "state"), name="cases_mine"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("platform",), condition=~Q(state="closed"), name="cases_one_running_per_platform"
            )
        ]

    def __str__(self) -> str:
        """A short number that people can say."""
        return f"C-{self.pk}"


class CaseLink(models.Model):
    """A case rests on this filing, finding, score, complaint or warning."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="links", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=20, choices=LinkKind)
    ref = models.CharField(_("reference"), max_length=80)
    added_at = models.DateTimeField(_("added at"), default=clock.now)

    class Meta:
        verbose_name = _("case link")
        verbose_name_plural = _("case links")
        constraints = [models.UniqueConstraint(fields=("case", "kind", "ref"), name="cases_link_once")]

    def __str__(self) -> str:
        """Kind and reference."""
        return f"{self.kind}:{self.ref}"


class CaseNote(Entity):
    """A note by an officer of the leading or an assisting authority. Notes are never edited."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name=_("case"))
    text = models.TextField(_("text"))
    author = models.CharField(_("author"), max_length=80)

    class Meta:
        verbose_name = _("case note")
        verbose_name_plural = _("case notes")
        ordering = ("id",)

    def __str__(self) -> str:
        """Start of the text."""
        return self.text[:60]
