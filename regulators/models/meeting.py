"""The quarterly joint meeting: who takes part, what is on the agenda with its papers, what was said and resolved."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Entity
from regulators.choices import (
    PART_OF_KIND,
    ActionState,
    AgendaKind,
    AgendaState,
    AttendanceState,
    Capacity,
    FollowsPanel,
    ItemOutcome,
    MeetingPart,
    MeetingState,
    MinutesState,
    PaperKind,
    ResolutionMode,
    VoteChoice,
)
from regulators.models.authority import Authority


def in_reader_language(zh: str, en: str) -> str:
    """The text in the language of the reader."""
    return zh if (translation.get_language() or "").startswith("zh") else en


class JointMeeting(Entity):
    """One quarter's inter-ministerial joint meeting (paper 000, section 3.4)."""

    quarter = models.CharField(_("quarter"), max_length=6, unique=True)
    planned_on = models.DateField(_("planned for"), null=True, blank=True)
    convened_at = models.DateTimeField(_("notice sent at"), null=True, blank=True)
    papers_sha256 = models.CharField(_("seal of agenda and papers"), max_length=64, default="", blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=MeetingState, default=MeetingState.PREPARING)

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")
        ordering = ("-quarter",)

    def __str__(self) -> str:
        """The quarter."""
        return self.quarter


class Attendance(models.Model):
    """A body that was asked to a meeting, in which capacity, and whether it came."""

    meeting = models.ForeignKey(JointMeeting, models.PROTECT, related_name="attendance", verbose_name=_("meeting"))
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("authority"))
    capacity = models.CharField(_("capacity"), max_length=12, choices=Capacity)
    state = models.CharField(_("state"), max_length=10, choices=AttendanceState, default=AttendanceState.EXPECTED)
    persons = models.PositiveSmallIntegerField(_("persons"), default=0)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("meeting", "authority"), name="regulators_attendance_once")]

    def __str__(self) -> str:
        """Body and state."""
        return f"{self.authority.code}: {self.state}"


class AgendaItem(Entity):
    """One matter for one meeting. `subject` names it, so that it is proposed once.

    `about` says which part of the supervision map it concerns (`AgendaAbout.as_dict`), so that two proposals about one
    part are seen to be one matter. The note says what happened to the matter outside of the meeting.
    """

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
    position = models.PositiveIntegerField(_("position"), default=0)
    urgent_reason = models.CharField(_("why it is urgent"), max_length=300, default="", blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
    carried_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", verbose_name=_("carried over from")
    )
    outcome = models.CharField(_("outcome"), max_length=20, choices=ItemOutcome, default="", blank=True)
    note_zh = models.TextField(_("note (Chinese)"), default="", blank=True)
    note_en = models.TextField(_("note (English)"), default="", blank=True)
    about = models.JSONField(_("what it is about"), default=dict, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "position", "id")
        constraints = [models.UniqueConstraint(fields=("meeting", "subject"), name="regulators_agendaitem_once")]

    def __str__(self) -> str:
        """The title in the reader's language."""
        return in_reader_language(self.title_zh, self.title_en)

    @property
    def part(self) -> MeetingPart:
        """Which of the three standing parts the item belongs to."""
        return PART_OF_KIND[self.kind]


class AgendaPaper(Entity):
    """A paper of an item: a text, a link, or a reference. Papers are added until the notice is sent."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="papers", verbose_name=_("agenda item"))
    kind = models.CharField(_("kind"), max_length=12, choices=PaperKind)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    body_zh = models.TextField(_("text (Chinese)"), default="", blank=True)
    body_en = models.TextField(_("text (English)"), default="", blank=True)
    ref = models.CharField(_("reference"), max_length=300, default="", blank=True)
    added_by = models.CharField(_("added by"), max_length=80)

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("item", "kind", "ref"), condition=~Q(ref=""), name="regulators_paper_once"
            )
        ]

    def __str__(self) -> str:
        """The title in the reader's language."""
        return in_reader_language(self.title_zh, self.title_en)


class DiscussionNote(Entity):
    """What was said on an item. Notes are added, never edited."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="notes", verbose_name=_("agenda item"))
    speaker = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("speaker")
    )
    text = models.TextField(_("text"))
    author = models.CharField(_("written by"), max_length=80)

    class Meta:
        verbose_name = _("discussion note")
        verbose_name_plural = _("discussion notes")
        ordering = ("id",)

    def __str__(self) -> str:
        """Start of the text."""
        return self.text[:60]


class Vote(models.Model):
    """One voting body's vote on an item; the last word before the resolution counts."""

    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="votes", verbose_name=_("agenda item"))
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("authority"))
    choice = models.CharField(_("vote"), max_length=10, choices=VoteChoice)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=("item", "authority"), name="regulators_vote_once")]

    def __str__(self) -> str:
        """Body and vote."""
        return f"{self.authority.code}: {self.choice}"


class Resolution(Entity):
    """What the meeting resolved on an item, how, and whether it follows the experts."""

    item = models.OneToOneField(AgendaItem, models.PROTECT, related_name="resolution", verbose_name=_("agenda item"))
    text_zh = models.TextField(_("text (Chinese)"), default="")
    text_en = models.TextField(_("text (English)"), default="")
    mode = models.CharField(_("how"), max_length=10, choices=ResolutionMode, default=ResolutionMode.CONSENT)
    tally = models.JSONField(_("votes"), default=dict, blank=True)
    follows_panel = models.CharField(_("experts"), max_length=10, choices=FollowsPanel, default="", blank=True)
    panel_reason = models.TextField(_("why not"), default="", blank=True)

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")

    def __str__(self) -> str:
        """Start of the text in the reader's language."""
        return in_reader_language(self.text_zh, self.text_en)[:60]


class ActionItem(Entity):
    """Who does what until when. It comes back at every meeting until a meeting's secretariat confirms it done."""

    resolution = models.ForeignKey(Resolution, models.PROTECT, related_name="actions", verbose_name=_("resolution"))
    number = models.PositiveSmallIntegerField(_("number"))
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"), default="")
    owner = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("who acts"))
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, choices=ActionState, default=ActionState.OPEN)
    report = models.TextField(_("report"), default="", blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    overdue_at = models.DateTimeField(_("marked overdue at"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ("due_on", "id")
        indexes = [models.Index(fields=("state", "due_on"), name="regulators_action_open")]
        constraints = [models.UniqueConstraint(fields=("resolution", "number"), name="regulators_action_number")]

    def __str__(self) -> str:
        """Start of the text in the reader's language."""
        return in_reader_language(self.text_zh, self.text_en)[:80]

    @property
    def is_overdue(self) -> bool:
        """Not done although its day has passed."""
        return self.state != ActionState.DONE and self.due_on < clock.today()


class Minutes(Entity):
    """The minutes of a meeting, drafted from what was recorded. A new draft is a new revision of the same row."""

    meeting = models.OneToOneField(JointMeeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting"))
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    text_zh = models.TextField(_("text (Chinese)"))
    text_en = models.TextField(_("text (English)"))
    sha256 = models.CharField(_("seal of the text"), max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=MinutesState, default=MinutesState.DRAFT)
    published_on = models.DateField(_("published on"), null=True, blank=True)

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")

    def __str__(self) -> str:
        """Meeting and revision."""
        return f"{self.meeting.quarter} r{self.revision}"


class MinutesApproval(models.Model):
    """A member's approval of one revision of the minutes, bound to its text by the seal."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="approvals", verbose_name=_("minutes"))
    revision = models.PositiveSmallIntegerField(_("revision"))
    sha256 = models.CharField(_("seal of the text"), max_length=64)
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("authority"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    approved_at = models.DateTimeField(_("approved at"), default=clock.now)

    class Meta:
        verbose_name = _("approval of minutes")
        verbose_name_plural = _("approvals of minutes")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("minutes", "revision", "user"), name="regulators_minutes_person_once"),
            models.UniqueConstraint(fields=("minutes", "revision", "authority"), name="regulators_minutes_body_once"),
        ]

    def __str__(self) -> str:
        """Body and revision."""
        return f"{self.authority.code} r{self.revision}"
