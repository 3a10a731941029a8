"""From a pressed button to one service: reads the form, calls, says what came of it."""

import hashlib
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from regulators import services
from regulators.models import ActionItem, JointMeeting, PanelSeat, Resolution

Verb = Callable[[Principal, int, QueryDict], Any]
DONE = _("Done.")


def run_verb(page: Any, request: HttpRequest, verb: Callable[[], Any]) -> None:
    """Call, and tell the reader either that it is done or why not and what to do next: all of it or nothing."""
    try:
        _refuse_nul(request.POST)
        with transaction.atomic():
            verb()
    except Refusal as refusal:
        refusal_message(page, request, refusal)
    else:
        page.message_user(request, DONE)


def _refuse_nul(form: QueryDict) -> None:
    """PostgreSQL cannot store a text with a NUL."""
    if any("\x00" in value for _name, values in form.lists() for value in values):
        raise Refusal(
            "form.bad_text", _("A text holds a character that cannot be stored."), field="text",
            cure=_("Type the text again."), status=422,
        )  # fmt: skip


def refusal_message(page: Any, request: HttpRequest, refusal: Refusal) -> None:
    """The refusal with its cure."""
    page.message_user(request, f"{refusal.message} {refusal.cure}".strip(), messages.ERROR)


def number_of(form: QueryDict, name: str) -> int:
    """A whole number of the form; 0, which no row has, for anything else."""
    text = form.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else 0


def _day(form: QueryDict, name: str) -> date:
    """A day of the form; refuses anything else."""
    try:
        return date.fromisoformat(form.get(name, ""))
    except ValueError:
        raise Refusal(
            "form.bad_day", _("This is no date."), field=name, cure=_("Write it as 2017-07-20."), status=422
        ) from None


def _both(form: QueryDict, name: str) -> dict[str, str]:
    return {"zh": form.get(f"{name}_zh", "").strip(), "en": form.get(f"{name}_en", "").strip()}


def _own_item(meeting_id: int, form: QueryDict) -> int:
    """The item of the form, if it belongs to this meeting; otherwise one that does not exist."""
    from regulators.models import AgendaItem

    number = number_of(form, "item")
    return number if AgendaItem.objects.filter(pk=number, meeting_id=meeting_id).exists() else 0


def _propose(actor: Principal, meeting_id: int, form: QueryDict) -> Any:
    title = _both(form, "title")
    known = "".join(title["zh"].casefold().split())
    return services.agenda_item_propose(
        actor=actor, meeting_quarter=JointMeeting.objects.get(pk=meeting_id).quarter, title=title,
        subject=f"member:{hashlib.sha256(known.encode()).hexdigest()[:16]}", kind=form.get("kind", ""),
        body=_both(form, "body"), urgent_reason=form.get("urgent_reason", ""),
    )  # fmt: skip


def _paper(actor: Principal, meeting_id: int, form: QueryDict) -> Any:
    return services.paper_add(
        actor=actor, item_id=_own_item(meeting_id, form), kind=form.get("kind", ""), title=_both(form, "title"),
        body=_both(form, "body"), ref=form.get("ref", ""),
    )  # fmt: skip


def _attendance(actor: Principal, meeting_id: int, form: QueryDict) -> None:
    for field, value in form.items():
        if field.startswith("body-") and value in ("present", "absent") and field[5:].isdecimal():
            services.attendance_record(
                actor=actor, meeting_id=meeting_id, authority_id=int(field[5:]), is_present=value == "present",
                persons=number_of(form, f"persons-{field[5:]}") or 1,
            )  # fmt: skip


def _votes(actor: Principal, meeting_id: int, form: QueryDict) -> None:
    for field, value in form.items():
        if field.startswith("vote-") and value:
            services.vote_record(
                actor=actor, item_id=_own_item(meeting_id, form), authority_code=field[5:], choice=str(value)
            )


def _resolve(actor: Principal, meeting_id: int, form: QueryDict) -> Any:
    return services.resolution_record(
        actor=actor, item_id=_own_item(meeting_id, form), text=_both(form, "text"), mode=form.get("mode", "consent"),
        follows_panel=form.get("follows_panel", ""), panel_reason=form.get("panel_reason", ""), moves=_moves(form),
    )  # fmt: skip


def _moves(form: QueryDict) -> dict[int, bool]:
    """For each hand-over of the item whether the matter moves, as chosen."""
    chosen = {name[6:]: value for name, value in form.items() if name.startswith("moves-") and value in ("yes", "no")}
    return {int(pk): value == "yes" for pk, value in chosen.items() if pk.isdecimal() and len(pk) < 18}


def _act(actor: Principal, meeting_id: int, form: QueryDict) -> Any:
    found = Resolution.objects.filter(item_id=_own_item(meeting_id, form)).values_list("pk", flat=True).first()
    return services.action_add(
        actor=actor, resolution_id=found or 0, text=_both(form, "text"), owner_code=form.get("owner", ""),
        due_on=_day(form, "due_on"),
    )  # fmt: skip


def _action(meeting_id: int, form: QueryDict) -> int:
    number = number_of(form, "action")
    row = ActionItem.objects.filter(pk=number)
    return number if row.exists() else 0


MEETING_VERBS: dict[str, Verb] = {
    "plan": lambda a, pk, f: services.meeting_plan(actor=a, meeting_id=pk, planned_on=_day(f, "planned_on")),
    "invite": lambda a, pk, f: services.meeting_invite(actor=a, meeting_id=pk, authority_code=f.get("authority", "")),
    "convene": lambda a, pk, f: services.meeting_convene(actor=a, meeting_id=pk),
    "postpone": lambda a, pk, f: services.meeting_postpone(actor=a, meeting_id=pk, reason=f.get("reason", "")),
    "hold": lambda a, pk, f: services.meeting_hold(actor=a, meeting_id=pk),
    "close": lambda a, pk, f: services.meeting_close(actor=a, meeting_id=pk),
    "attendance": _attendance,
    "propose": _propose,
    "take": lambda a, pk, f: services.agenda_item_decide(actor=a, item_id=_own_item(pk, f), accept=True),
    "drop": lambda a, pk, f: services.agenda_item_decide(actor=a, item_id=_own_item(pk, f), accept=False),
    "up": lambda a, pk, f: services.agenda_item_move(actor=a, item_id=_own_item(pk, f), up=True),
    "down": lambda a, pk, f: services.agenda_item_move(actor=a, item_id=_own_item(pk, f), up=False),
    "merge": lambda a, pk, f: services.agenda_items_merge(
        actor=a, item_id=_own_item(pk, f), into_id=number_of(f, "into")
    ),
    "split": lambda a, pk, f: services.agenda_item_split(actor=a, item_id=_own_item(pk, f)),
    "paper": _paper,
    "carry": lambda a, pk, f: services.agenda_item_carry_over(actor=a, item_id=_own_item(pk, f)),
    "effects": lambda a, pk, f: services.effect_items_propose(
        actor=a, quarter=JointMeeting.objects.get(pk=pk).quarter
    ),
    "note": lambda a, pk, f: services.discussion_note_add(
        actor=a, item_id=_own_item(pk, f), text=f.get("text", ""), speaker_code=f.get("speaker", "")
    ),
    "vote": _votes,
    "resolve": _resolve,
    "noted": lambda a, pk, f: services.agenda_item_note(actor=a, item_id=_own_item(pk, f)),
    "act": _act,
    "minutes": lambda a, pk, f: services.minutes_draft(actor=a, meeting_id=pk),
    "approve": lambda a, pk, f: services.minutes_approve(actor=a, meeting_id=pk),
    "publish": lambda a, pk, f: services.minutes_publish(actor=a, meeting_id=pk),
    "report": lambda a, pk, f: services.action_report(
        actor=a, action_id=_action(pk, f), report=f.get("report", "")
    ),
    "confirm": lambda a, pk, f: services.action_confirm(actor=a, action_id=_action(pk, f)),
    "return": lambda a, pk, f: services.action_return(actor=a, action_id=_action(pk, f), reason=f.get("reason", "")),
}


def ask(actor: Principal, form: QueryDict) -> int:
    """Put the question of the form to a panel; opinions are due at the end of the day given."""
    due = datetime.combine(_day(form, "due_on"), time(23, 59), tzinfo=clock.LEGAL_ZONE)
    item = number_of(form, "item_id")
    named = [int(text) for text in form.getlist("experts") if text.isdecimal()]
    return services.question_ask(
        actor=actor, title=_both(form, "title"), text=_both(form, "text"), fields=form.getlist("fields"), due_at=due,
        platforms=[text for text in form.get("platforms", "").split() if text],
        business_line=form.get("business_line", ""), authorities=form.getlist("authorities"),
        item_id=item or None, expert_ids=named or None,
    )  # fmt: skip


def appoint(actor: Principal, form: QueryDict) -> int:
    """Appoint the person with the login of the form; a login that does not exist is refused by the service."""
    name = form.get("username", "").strip()
    found = get_user_model().objects.filter(username=name).values_list("pk", flat=True).first()
    return services.expert_appoint(
        actor=actor, user_id=found or 0, fields=form.getlist("fields"), affiliation=form.get("affiliation", "")[:200],
        shown_as=_both(form, "shown"),
    )  # fmt: skip


def _seat(question_id: int, form: QueryDict) -> int:
    number = number_of(form, "seat")
    return number if PanelSeat.objects.filter(pk=number, question_id=question_id).exists() else 0


QUESTION_VERBS: dict[str, Verb] = {
    "opinion": lambda a, pk, f: services.opinion_give(actor=a, question_id=pk, text=f.get("text", "")),
    "publish": lambda a, pk, f: services.question_publish(actor=a, question_id=pk),
    "withdraw": lambda a, pk, f: services.question_withdraw(actor=a, question_id=pk, reason=f.get("reason", "")),
    "recuse": lambda a, pk, f: services.expert_recuse(actor=a, seat_id=_seat(pk, f), reason=f.get("reason", "")),
    "seat": lambda a, pk, f: services.panel_seat_add(actor=a, question_id=pk, expert_id=number_of(f, "expert")),
}
EXPERT_VERBS: dict[str, Verb] = {
    "release": lambda a, pk, f: services.expert_release(actor=a, expert_id=pk),
    "conflict": lambda a, pk, f: services.conflict_declare(
        actor=a, expert_id=pk, kind=f.get("kind", ""), ref=f.get("ref", ""), reason=f.get("reason", "")
    ),
}
