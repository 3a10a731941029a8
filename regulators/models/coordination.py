"""Work between two authorities: a matter handed over, an opinion asked for. Only the two of them see it."""

from django.db import models
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import Entity
from regulators.choices import MOVED_HAND_OVER, OPEN_HAND_OVER, ConsultationState, HandOverState
from regulators.models.authority import Authority


class TwoParties(Entity):
    """A matter between the authority that asks and the one that is asked.

    `subject` is a reference such as "case:12"; the title is kept as it was on the day. `due_on` is the last day
    for an answer, `why_due` says in both languages how it was counted.
    """

    subject = models.CharField(_("subject"), max_length=80)
    title_zh = models.CharField(_("title (Chinese)"), max_length=300)
    title_en = models.CharField(_("title (English)"), max_length=300)
    from_authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("from"))
    to_authority = models.ForeignKey(Authority, models.PROTECT, related_name="+", verbose_name=_("to"))
    answer = models.TextField(_("answer"), default="", blank=True)
    sent_on = models.DateField(_("sent on"), default=clock.today)
    due_on = models.DateField(_("due on"))
    is_provisional = models.BooleanField(_("date provisional"), default=False)
    why_due = models.JSONField(_("why this date"), default=dict, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    sent_by = models.CharField(_("sent by"), max_length=80, default="")
    answered_by = models.CharField(_("answered by"), max_length=80, default="", blank=True)

    class Meta:
        abstract = True

    @property
    def is_late(self) -> bool:
        """True when the answer came, or is still awaited, after the last day."""
        return (self.answered_on or clock.today()) > self.due_on

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return self.title_zh if (translation.get_language() or "").startswith("zh") else self.title_en


class HandOver(TwoParties):
    """A matter offered to another authority.

    Who is responsible follows from the state alone, so that there is always exactly one: the sender, until the
    receiver accepts or the joint meeting settles on the receiver.
    """

    state = models.CharField(_("state"), max_length=20, choices=HandOverState, default=HandOverState.OFFERED)
    reason = models.TextField(_("reason"))
    superior_on = models.DateField(_("goes to the superior on"))
    meeting_on = models.DateField(_("goes to the joint meeting on"))
    superior = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("superior body")
    )
    agenda_item = models.ForeignKey(
        "regulators.AgendaItem", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("agenda item"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ("due_on", "id")
        indexes = [
            models.Index(fields=("to_authority", "state", "due_on"), name="regulators_handover_in"),
            models.Index(fields=("from_authority", "state", "due_on"), name="regulators_handover_out"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=("subject",), condition=Q(state__in=OPEN_HAND_OVER), name="regulators_handover_one_open"
            ),
            models.CheckConstraint(
                condition=~Q(from_authority=F("to_authority")), name="regulators_handover_two_bodies"
            ),
        ]

    def __str__(self) -> str:
        """Number and title."""
        return f"H-{self.pk} {self.title}"

    @property
    def responsible_id(self) -> int:
        """The authority that answers for the matter, as far as this hand-over says."""
        return self.to_authority_id if self.state in MOVED_HAND_OVER else self.from_authority_id


class Consultation(TwoParties):
    """An opinion asked of another authority; the asking one stays responsible throughout.

    Questions asked before they escalated carry no days of their own beyond the first: they move on after it.
    """

    state = models.CharField(_("state"), max_length=20, choices=ConsultationState, default=ConsultationState.OPEN)
    question = models.TextField(_("question"))
    papers = models.JSONField(_("papers"), default=list, blank=True)
    reminded_on = models.DateField(_("reminded on"), null=True, blank=True)
    superior_on = models.DateField(_("goes to the superior on"), null=True, blank=True)
    meeting_on = models.DateField(_("goes to the joint meeting on"), null=True, blank=True)
    superior = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("superior body")
    )
    agenda_item = models.ForeignKey(
        "regulators.AgendaItem", models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("agenda item"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        ordering = ("due_on", "id")
        indexes = [
            models.Index(fields=("to_authority", "state", "due_on"), name="regulators_consult_in"),
            models.Index(fields=("from_authority", "state", "due_on"), name="regulators_consult_out"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_authority=F("to_authority")), name="regulators_consult_two_bodies"
            )
        ]

    def __str__(self) -> str:
        """Number and title."""
        return f"Q-{self.pk} {self.title}"

    @property
    def responsible_id(self) -> int:
        """The authority that asks."""
        return self.from_authority_id
