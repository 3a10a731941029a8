"""The quarterly joint meeting, its agenda and what it resolves."""

from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common.models import Entity
from regulators.choices import AgendaKind, AgendaState, MeetingState
from regulators.models.authority import Authority


class JointMeeting(Entity):
    """One quarter's inter-ministerial joint meeting (paper 000, section 3.4)."""

    quarter = models.CharField(_("quarter"), max_length=6, unique=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=MeetingState, default=MeetingState.PREPARING)

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")
        ordering = ("-quarter",)

    def __str__(self) -> str:
        """The quarter."""
        return self.quarter


class AgendaItem(Entity):
    """One matter for one meeting. `subject` says what it is about, so that it is proposed once."""

    meeting = models.ForeignKey(JointMeeting, models.PROTECT, related_name="agenda", verbose_name=_("joint meeting"))
    kind = models.CharField(_("kind"), max_length=20, choices=AgendaKind)
    subject = models.CharField(_("subject"), max_length=200)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    body_zh = models.TextField(_("text (Chinese)"), default="", blank=True)
    body_en = models.TextField(_("text (English)"), default="", blank=True)
    proposed_by = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed by")
    )
    state = models.CharField(_("state"), max_length=20, choices=AgendaState, default=AgendaState.DRAFT)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "id")
        constraints = [models.UniqueConstraint(fields=("meeting", "subject"), name="regulators_agendaitem_once")]

    def __str__(self) -> str:
        """The title in the reader's language."""
        return self.title_zh if (translation.get_language() or "").startswith("zh") else self.title_en


class Resolution(Entity):
    """What the meeting resolved on an item, who acts and until when."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="resolution", verbose_name=_("agenda item"))
    text = models.TextField(_("text"))
    responsible = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who acts")
    )
    due_on = models.DateField(_("due on"), null=True, blank=True)

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")

    def __str__(self) -> str:
        """Start of the text."""
        return self.text[:60]
