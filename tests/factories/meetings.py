"""A joint meeting for tests, brought by services to the state that is wanted. People are invented."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import count

from django.contrib.auth import get_user_model

from common import clock
from common.principal import Principal
from regulators import selectors, services
from regulators.models import Attendance, Expert, JointMeeting
from rulebook.entries import Pack
from tests.factories.regulators import SYSTEM, officer
from tests.factories.rulebook import cn_pack

QUARTER = "2017Q3"
OPENED, DAY = "2017-07-10", "2017-07-20"
_numbers = count(1)


@dataclass(frozen=True)
class People:
    """Who takes part."""

    secretariat: Principal
    pboc: Principal
    cbrc: Principal
    csrc: Principal


@cache
def central_pack() -> Pack:
    """The shipped pack with its central bodies only: reading and storing three hundred branches takes a second."""
    pack = cn_pack()
    kept = tuple(body for body in pack.authorities if "-" not in body.code or body.code.endswith("-110000"))
    return replace(pack, authorities=kept)


def people() -> People:
    """The secretariat and officers of three members, in the map of the shipped pack."""
    services.authorities_load(actor=SYSTEM, pack=central_pack())
    return People(officer("PBOC", "secretariat"), officer("PBOC"), officer("CBRC"), officer("CSRC"))


def text(words: str) -> dict[str, str]:
    """The same words in both languages, told apart."""
    return {"zh": f"{words}（中）", "en": f"{words} (en)"}


def item(
    subject: str = "case:1", *, accept: bool = True, kind: str = "important_matter", quarter: str = QUARTER
) -> int:
    """An agenda item, taken onto the agenda."""
    made = services.agenda_item_propose(
        actor=SYSTEM, meeting_quarter=quarter, subject=subject, title=text(f"Matter {subject}"), kind=kind
    )
    if accept:
        services.agenda_item_decide(actor=SYSTEM, item_id=made.item_id, accept=True)
    return made.item_id


def planned(who: People) -> int:
    """A meeting in preparation with its day."""
    meeting = services.meeting_open(actor=who.secretariat, quarter=QUARTER)
    services.meeting_plan(actor=who.secretariat, meeting_id=meeting, planned_on=date.fromisoformat(DAY))
    return meeting


def convened(who: People) -> int:
    """A meeting whose notice was sent (needs at least one item)."""
    meeting = planned(who)
    services.meeting_convene(actor=who.secretariat, meeting_id=meeting)
    return meeting


def attend(who: People, meeting: int, *codes: str) -> None:
    """These bodies come."""
    for row in Attendance.objects.filter(meeting_id=meeting, authority__code__in=codes):
        services.attendance_record(
            actor=who.secretariat, meeting_id=meeting, authority_id=row.authority_id, is_present=True
        )


def sitting(who: People, *codes: str) -> int:
    """A meeting that sits today; the clock must stand on its day."""
    meeting = JointMeeting.objects.get(quarter=QUARTER).pk
    attend(who, meeting, *(codes or ("PBOC", "CBRC", "CSRC")))
    services.meeting_hold(actor=who.secretariat, meeting_id=meeting)
    return meeting


def expert(*fields: str, name: str = "") -> tuple[int, Principal]:
    """A new person in the advisory group: the expert's id and the principal that acts."""
    user = get_user_model().objects.create_user(username=name or f"测试专家{next(_numbers)}", is_staff=True)
    made = services.expert_appoint(
        actor=SYSTEM, user_id=user.pk, fields=fields or ("law",), affiliation="测试大学",
        shown_as={"zh": user.username, "en": user.username},
    )  # fmt: skip
    return made, selectors.principal_for_user(user)


def expert_row(expert_id: int) -> Expert:
    """The row."""
    return Expert.objects.get(pk=expert_id)


def question(actor: Principal = SYSTEM, **changes: object) -> int:
    """A question on law, due in a week."""
    given: dict[str, object] = {
        "title": text("Question"), "text": text("What applies?"), "fields": ["law"], "due_at": in_days(7), **changes,
    }  # fmt: skip
    return services.question_ask(actor=actor, **given)  # type: ignore[arg-type]


def in_days(days: int) -> datetime:
    """The moment so many days from now."""
    return clock.now() + timedelta(days=days)
