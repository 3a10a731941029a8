"""The quarterly joint meeting and its agenda."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from common.principal import Principal
from regulators.choices import AgendaKind, AgendaState, MeetingState
from regulators.models import AgendaItem, JointMeeting
from regulators.permissions import require

_QUARTER = re.compile(r"\d{4}Q[1-4]")


@dataclass(frozen=True, slots=True)
class Proposed:
    """An agenda item and whether this call created it."""

    item_id: int
    created: bool


@transaction.atomic
def meeting_open(*, actor: Principal, quarter: str) -> int:
    """Open the meeting of a quarter, written 2017Q3; opening it again returns the same one.

    Source: the mechanism meets every quarter (paper 000, section 3.4).
    """
    require(actor, "meeting.open")
    return _meeting(quarter).pk


def _meeting(quarter: str) -> JointMeeting:
    if not _QUARTER.fullmatch(quarter):
        raise Refusal(
            "meeting.bad_quarter",
            _("A quarter is written as year, Q and number."),
            field="quarter",
            cure=_("For example 2017Q3."),
            status=422,
        )
    meeting, _created = JointMeeting.objects.get_or_create(quarter=quarter)
    return JointMeeting.objects.select_for_update().get(pk=meeting.pk)


@transaction.atomic
def agenda_item_propose(
    *,
    actor: Principal,
    meeting_quarter: str,
    subject: str,
    title: Mapping[str, str],
    kind: str,
    body: Mapping[str, str] | None = None,
    proposed_by_id: int | None = None,
) -> Proposed:
    """Put a matter on the draft agenda of a quarter; `title` and `body` carry zh and en.

    The same subject is proposed once per meeting; its text is refreshed while it is a draft.
    Refuses an unknown kind and a meeting already held.
    """
    require(actor, "agenda.propose")
    if kind not in AgendaKind.values:
        raise Refusal(
            "agenda.unknown_kind",
            _("Unknown kind of agenda item."),
            field="kind",
            cure=_("Use one of: %(kinds)s.") % {"kinds": ", ".join(AgendaKind.values)},
            status=422,
        )
    meeting = _meeting(meeting_quarter)
    _refuse_if_held(meeting)
    text = {
        "title_zh": title["zh"][:300],
        "title_en": title["en"][:300],
        "body_zh": (body or {}).get("zh", ""),
        "body_en": (body or {}).get("en", ""),
    }
    proposer = proposed_by_id or (actor.authority_ids[0] if actor.authority_ids else None)
    item, created = AgendaItem.objects.get_or_create(
        meeting=meeting, subject=subject, defaults={**text, "kind": kind, "proposed_by_id": proposer}
    )
    if not created and item.state == AgendaState.DRAFT:
        AgendaItem.objects.filter(pk=item.pk).update(**text)
    return Proposed(item.pk, created)


@transaction.atomic
def agenda_item_decide(*, actor: Principal, item_id: int, accept: bool) -> str:
    """The secretariat takes a draft onto the agenda or drops it; returns the new state.

    Refuses when the meeting was held. Deciding the same way twice changes nothing.
    """
    require(actor, "agenda.decide")
    item = AgendaItem.objects.select_related("meeting").select_for_update().get(pk=item_id)
    _refuse_if_held(item.meeting)
    item.state = AgendaState.ACCEPTED if accept else AgendaState.DROPPED
    item.save(update_fields=["state"])
    return item.state


def _refuse_if_held(meeting: JointMeeting) -> None:
    if meeting.state == MeetingState.HELD:
        raise Refusal(
            "meeting.already_held",
            _("This meeting has been held; its agenda is closed."),
            field="quarter",
            cure=_("Propose the matter for the next quarter."),
        )
