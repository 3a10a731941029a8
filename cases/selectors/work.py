"""What waits for one person, from every app below, as links ordered by their day."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.permissions import reviews_law
from cases.selectors.wording import in_reader_language
from common import clock
from common.principal import Principal
from complaints import selectors as complaints
from complaints.choices import ComplaintState
from platforms import selectors as platforms
from regulators import selectors as regulators
from rulebook import selectors as rulebook

# what a duty asks for, and the staff page with its button
DUTIES = {
    "action_report": (gettext_lazy("Report on an action"), "regulators_actionitem"),
    "action_confirm": (gettext_lazy("Confirm a report"), "regulators_actionitem"),
    "papers_read": (gettext_lazy("Read the papers"), "regulators_jointmeeting"),
    "minutes_draft": (gettext_lazy("Draft the minutes"), "regulators_jointmeeting"),
    "minutes_approve": (gettext_lazy("Approve resolutions and minutes"), "regulators_jointmeeting"),
    "minutes_publish": (gettext_lazy("Publish the minutes"), "regulators_jointmeeting"),
    "proposals_order": (gettext_lazy("Take or drop proposals"), "regulators_jointmeeting"),
    "handover_superior": (gettext_lazy("Escalated hand-over"), "regulators_handover"),
    "consultation_superior": (gettext_lazy("Escalated question"), "regulators_consultation"),
    "handover_settle": (gettext_lazy("Settle a hand-over"), "regulators_handover"),
    "opinion_give": (gettext_lazy("Give your opinion"), "regulators_expertquestion"),
    "question_settle": (gettext_lazy("Opinions are overdue"), "regulators_expertquestion"),
}
MATTERS = {
    "handover": (gettext_lazy("Answer a hand-over"), "regulators_handover"),
    "consultation": (gettext_lazy("Give an opinion"), "regulators_consultation"),
}
COMPLAINTS = {
    ComplaintState.ROUTED.value: gettext_lazy("Send a complaint to the platform"),
    ComplaintState.ANSWERED.value: gettext_lazy("Decide a complaint"),
    ComplaintState.ESCALATED.value: gettext_lazy("Overdue complaint"),
}


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to do: what, about what, by when, and the page where it is done."""

    kind: str
    title: str
    url: str
    due_on: date | None = None
    detail: str = ""
    is_provisional: bool = False

    @property
    def days_left(self) -> int | None:
        """Days from today; negative when the day has passed; None without a day."""
        return None if self.due_on is None else (self.due_on - clock.today()).days


def work_for(principal: Principal, more: Iterable[Work] = ()) -> tuple[Work, ...]:
    """Everything that waits for a person of staff, the soonest first, what has no day last.

    `more` is work that only the caller knows of. Each source shows only what the reader may see and may do.
    """
    if principal.kind != "staff":
        return ()
    found = [*_duties(principal), *_matters(principal), *_complaints(principal), *_sources(principal), *more]
    return tuple(sorted(found, key=lambda work: (work.due_on or date.max, work.kind, work.url)))


def _page(noun: str, pk: int) -> str:
    return reverse(f"admin:{noun}_change", args=[pk])


def _duties(principal: Principal) -> Iterator[Work]:
    """The joint meeting, its experts, its escalations."""
    for duty in regulators.duties_of(principal):
        kind, noun = DUTIES[duty.kind]
        detail = in_reader_language(dict(duty.detail)) if duty.detail else ""
        yield Work(str(kind), in_reader_language(dict(duty.title)), _page(noun, duty.id), duty.due_on, detail)


def _matters(principal: Principal) -> Iterator[Work]:
    """Hand-overs and questions that the reader's body has to answer."""
    for matter in regulators.matters_waiting_for(principal):
        kind, noun = MATTERS[matter.kind]
        yield Work(
            str(kind), in_reader_language(matter.title), _page(noun, matter.id), matter.due_on,
            _("from %(body)s") % {"body": in_reader_language(matter.other)}, matter.is_provisional,
        )  # fmt: skip


def _complaints(principal: Principal) -> Iterator[Work]:
    """Complaints on which the reader's body has the next step."""
    rows = complaints.complaints_waiting_for(principal)
    names = platforms.platform_refs({row.platform_id for row in rows if row.platform_id})
    for row in rows:
        name = names[row.platform_id].name if row.platform_id else _("Platform not listed")
        url = _page("complaints_complaint", row.id)
        yield Work(str(COMPLAINTS[row.state]), name, url, row.due_on, row.number)


def _sources(principal: Principal) -> Iterator[Work]:
    """Sources that one person has seen and that wait for another."""
    if not reviews_law(principal):
        return
    page = reverse("admin:rulebook_sourceconfirmation_changelist")
    for row in rulebook.waiting_confirmations():
        if row.first_by != principal.label:
            title = in_reader_language({"zh": row.title_zh or row.key, "en": row.title_en or row.key})
            yield Work(_("Countersign a source"), title, page, detail=row.key)
