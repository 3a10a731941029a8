"""The expert advisory group: experts, their interests, questions, panels and sealed opinions (paper 000, 3.4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common import clock
from common.ids import uuid7
from common.models import Entity
from regulators.choices import BusinessLine, InterestKind, QuestionState, SeatState
from regulators.models.authority import Authority
from regulators.models.meeting import AgendaItem, in_reader_language


class Expert(Entity):
    """A person of the advisory group during a term. Experts hold no office at an authority."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="expert_terms", verbose_name=_("user")
    )
    fields = models.JSONField(_("fields"), default=list)
    affiliation = models.CharField(_("affiliation"), max_length=200, default="", blank=True)
    shown_zh = models.CharField(_("shown as (Chinese)"), max_length=120, default="", blank=True)
    shown_en = models.CharField(_("shown as (English)"), max_length=120, default="", blank=True)
    term_from = models.DateField(_("term from"))
    term_to = models.DateField(_("term to"), null=True, blank=True)

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("user",), condition=Q(term_to__isnull=True), name="regulators_expert_one_open_term"
            ),
            models.CheckConstraint(
                condition=Q(term_to__isnull=True) | Q(term_to__gt=F("term_from")), name="regulators_expert_dates"
            ),
        ]

    def __str__(self) -> str:
        """Name or title as stored for readers, never the login."""
        return in_reader_language(self.shown_zh or self.shown_en, self.shown_en or self.shown_zh) or gettext(
            "Expert %(number)s"
        ) % {"number": self.pk}


class ConflictOfInterest(Entity):
    """An expert's declared interest in a platform (public id), a business line or an authority (code)."""

    expert = models.ForeignKey(Expert, models.PROTECT, related_name="conflicts", verbose_name=_("expert"))
    kind = models.CharField(_("kind"), max_length=12, choices=InterestKind)
    ref = models.CharField(_("in what"), max_length=80)
    reason = models.CharField(_("why"), max_length=300)
    declared_on = models.DateField(_("declared on"), default=clock.today)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    declared_by = models.CharField(_("declared by"), max_length=80)

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("expert", "kind", "ref"), condition=Q(ended_on__isnull=True), name="regulators_conflict_once"
            )
        ]

    def __str__(self) -> str:
        """Kind and object."""
        return f"{self.kind}:{self.ref}"


class ExpertQuestion(Entity):
    """A question to a panel. What it concerns decides whose interest conflicts."""

    item = models.ForeignKey(
        AgendaItem, models.PROTECT, null=True, blank=True, related_name="questions", verbose_name=_("agenda item")
    )
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    fields = models.JSONField(_("fields"), default=list)
    platforms = models.JSONField(_("platforms concerned"), default=list, blank=True)
    business_line = models.CharField(_("business line"), max_length=30, choices=BusinessLine, default="", blank=True)
    authorities = models.JSONField(_("authorities concerned"), default=list, blank=True)
    asked_by = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    due_at = models.DateTimeField(_("opinions due"))
    state = models.CharField(_("state"), max_length=12, choices=QuestionState, default=QuestionState.ASKED)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question to experts")
        verbose_name_plural = _("questions to experts")
        ordering = ("-id",)

    def __str__(self) -> str:
        """The title in the reader's language."""
        return in_reader_language(self.title_zh, self.title_en)


class PanelSeat(Entity):
    """An expert's place on the panel of a question."""

    question = models.ForeignKey(ExpertQuestion, models.PROTECT, related_name="seats", verbose_name=_("question"))
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="seats", verbose_name=_("expert"))
    actor = models.CharField(_("label of the expert"), max_length=80, editable=False)
    vault_subject = models.UUIDField(default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=SeatState, default=SeatState.SEATED)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    recused_on = models.DateField(_("recused on"), null=True, blank=True)
    recusal_reason = models.CharField(_("reason of the recusal"), max_length=300, default="", blank=True)

    class Meta:
        verbose_name = _("seat on a panel")
        verbose_name_plural = _("seats on panels")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("question", "expert"), name="regulators_seat_once")]

    def __str__(self) -> str:
        """The expert."""
        return str(self.expert)


class Opinion(Entity):
    """One version of an expert's opinion, sealed. Versions are added, never edited; the last one counts."""

    seat = models.ForeignKey(PanelSeat, models.PROTECT, related_name="opinions", verbose_name=_("seat"))
    version = models.PositiveSmallIntegerField(_("version"))
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ("seat", "version")
        constraints = [models.UniqueConstraint(fields=("seat", "version"), name="regulators_opinion_version")]

    def __str__(self) -> str:
        """Version only; what it says is sealed."""
        return f"v{self.version}"
