"""The quarter's joint meeting of the demo, played through the services by the people who would do it.

Proposals → order → a question to two experts → notice → quorum → votes, resolutions, actions → minutes by two members
→ the pack. Safe to repeat: each step looks at the state the meeting is in and does only what is missing.
"""

import os
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from cases import services as cases
from common import clock
from common.db.acting import acting_as
from common.principal import Principal, system_principal
from config.demo import people
from regulators import selectors as reads
from regulators import services as regulators
from regulators.selectors import AgendaLine, MeetingFacts

Pin = Callable[[datetime], None]
PRESENT = ("PBOC", "CBRC", "CSRC", "SAFE", "MIIT", "CAC")
MEETING_DAY = date(2017, 7, 20)
ACTION_DUE = date(2017, 8, 10)
OPINIONS = (
    "以网站备案和电信业务许可为界，信息主管部门各司其职；日常内容监测由一家牵头，避免重复检查。",
    "两家单位共用一份监测清单即可消除重叠；牵头单位由联席会议指定并公布。",
)
QUESTION = {
    "title": {"zh": "网贷平台信息内容由谁牵头监管", "en": "Who leads on the content of lending platforms"},
    "text": {
        "zh": "两家信息主管部门的职责在平台信息内容上重叠，应如何划分？",
        "en": "Two information authorities overlap on what platforms publish. How should it be divided?",
    },
}

NEXT_QUESTION = {
    "title": {"zh": "网络小额贷款应归谁日常监管", "en": "Who should supervise online micro-loans day by day"},
    "text": {
        "zh": "指导意见未把网络小额贷款列入七类业务。请就牵头单位和过渡安排提出意见。",
        "en": "Online micro-loans are none of the seven lines of the guiding opinions. Who should lead, and from when?",
    },
}


def play(pin: Pin, *, quarter: str, opened_at: datetime) -> dict[str, Any]:
    """Play or complete the meeting of a quarter; business time stands at `opened_at` before and after.

    Returns counts and natural keys that a second run repeats.
    """
    secretariat = people.principal("secretariat")
    with acting_as(secretariat):
        meeting = regulators.meeting_open(actor=secretariat, quarter=quarter)
    _prepare(secretariat, meeting, quarter)
    if _facts(meeting).state == "convened":
        pin(datetime.combine(MEETING_DAY, opened_at.time(), tzinfo=clock.LEGAL_ZONE))
        _sit(secretariat, meeting)
    if _facts(meeting).state == "held":
        pin(datetime.combine(MEETING_DAY, opened_at.time(), tzinfo=clock.LEGAL_ZONE))
        _record(secretariat, meeting)
        _minutes(secretariat, meeting)
    pin(datetime.combine(MEETING_DAY, opened_at.time(), tzinfo=clock.LEGAL_ZONE))  # packs are made after the sitting
    packs = _export(secretariat, meeting, quarter)
    pin(opened_at)
    _ask_again(secretariat, quarter)
    return {**_facts(meeting).as_dict(), "packs": packs}


def _facts(meeting: int) -> MeetingFacts:
    with acting_as(system_principal("demo")):
        return reads.meeting_facts(meeting)


def _prepare(secretariat: Principal, meeting: int, quarter: str) -> None:
    """Proposals of the apps, one of a member; decided, ordered, papers and experts; then the notice."""
    if _facts(meeting).state != "preparing":
        return
    with acting_as(system_principal("demo")) as system:
        cases.agenda_propose_from_cases(actor=system, quarter=quarter)
        cases.effect_counts_push(actor=system)
        regulators.effect_items_propose(actor=system, quarter=quarter)
    with acting_as(people.principal("officer.banking")) as officer:
        regulators.agenda_item_propose(
            actor=officer, meeting_quarter=quarter, subject="member:demo-depository", kind="consultation",
            title={"zh": "示范：存管银行对账口径通报", "en": "Demo: how depository banks reconcile"},
            body={"zh": "请各成员通报所辖银行的对账口径。", "en": "Members report how their banks reconcile."},
        )  # fmt: skip
    with acting_as(secretariat):
        for item in _facts(meeting).items:
            if item.state == "draft":
                regulators.agenda_item_decide(actor=secretariat, item_id=item.id, accept=True)
        _paper(secretariat, meeting)
        _first(secretariat, meeting)
    _ask(secretariat, meeting)
    with acting_as(secretariat):
        regulators.meeting_plan(actor=secretariat, meeting_id=meeting, planned_on=MEETING_DAY)
        regulators.meeting_convene(actor=secretariat, meeting_id=meeting)


def _contested(meeting: int) -> int:
    """The item the experts are asked about: an overlap of supervision, or the first one."""
    items = _facts(meeting).items
    return next((item.id for item in items if item.kind == "overlap"), items[0].id)


def _paper(secretariat: Principal, meeting: int) -> None:
    regulators.paper_add(
        actor=secretariat, item_id=_contested(meeting), kind="coverage", ref="coverage",
        title={"zh": "监管分工覆盖情况", "en": "Coverage of the supervision map"},
        body={"zh": "见材料汇编“监管空白与重叠”。", "en": "See “Gaps and overlaps” in the pack."},
    )  # fmt: skip


def _first(secretariat: Principal, meeting: int) -> None:
    """Bring the contested item to the top of its part."""
    chosen = _contested(meeting)
    for _step in range(len(_facts(meeting).items)):
        regulators.agenda_item_move(actor=secretariat, item_id=chosen, up=True)


def _ask(secretariat: Principal, meeting: int) -> None:
    """One question; both experts answer, which publishes the opinions."""
    experts, item = people.experts(), _contested(meeting)
    with acting_as(secretariat):
        known = reads.questions_of(item)
        question = known[0] if known else regulators.question_ask(
            actor=secretariat, title=QUESTION["title"], text=QUESTION["text"], fields=["law", "technology"],
            due_at=clock.now() + timedelta(days=5), item_id=item,
        )  # fmt: skip
    for expert, opinion in zip(experts, OPINIONS, strict=True):
        with acting_as(system_principal("demo")):
            is_open = reads.question_is_open(question)
        if is_open:
            with acting_as(expert):
                regulators.opinion_give(actor=expert, question_id=question, text=opinion)


def _ask_again(secretariat: Principal, quarter: str) -> None:
    """A question that still waits: one expert has answered, the other opens it from the desk. Asked once."""
    following = f"{quarter[:4]}Q{int(quarter[-1]) + 1}" if quarter[-1] != "4" else f"{int(quarter[:4]) + 1}Q1"
    item = next((line.id for line in _agenda(following) if line.kind == "undecided"), 0)
    with acting_as(secretariat):
        if not item or reads.questions_of(item):
            return
        question = regulators.question_ask(
            actor=secretariat, title=NEXT_QUESTION["title"], text=NEXT_QUESTION["text"], fields=["law", "technology"],
            due_at=clock.now() + timedelta(days=14), item_id=item,
        )  # fmt: skip
    first = people.experts()[0]
    with acting_as(first):
        regulators.opinion_give(actor=first, question_id=question, text=OPINIONS[0])


def _agenda(quarter: str) -> tuple[AgendaLine, ...]:
    with acting_as(system_principal("demo")):
        return reads.agenda_of(quarter)


def _sit(secretariat: Principal, meeting: int) -> None:
    with acting_as(secretariat):
        for code, authority_id in _facts(meeting).bodies.items():
            regulators.attendance_record(
                actor=secretariat, meeting_id=meeting, authority_id=authority_id, is_present=code in PRESENT
            )
        regulators.meeting_hold(actor=secretariat, meeting_id=meeting)


def _record(secretariat: Principal, meeting: int) -> None:
    """A vote that follows the experts in part, a consent with an action, the rest noted or carried over."""
    contested = _contested(meeting)
    with acting_as(secretariat):
        items = [item for item in _facts(meeting).items if item.state == "accepted" and not item.outcome]
        if any(item.id == contested for item in items):
            _vote(secretariat, contested)
        others = [item for item in items if item.id != contested]
        for place, item in enumerate(others):
            _settle(secretariat, item.id, item.kind, is_first=place == 0)


def _vote(secretariat: Principal, item: int) -> None:
    regulators.discussion_note_add(
        actor=secretariat, item_id=item, speaker_code="PBOC", text="先共用监测清单，再定牵头单位。"
    )
    for code, choice in (("PBOC", "for"), ("CBRC", "for"), ("CSRC", "for"), ("SAFE", "abstain")):
        regulators.vote_record(actor=secretariat, item_id=item, authority_code=code, choice=choice)
    resolution = regulators.resolution_record(
        actor=secretariat, item_id=item, mode="vote", follows_panel="partly",
        panel_reason="先试行共用清单，牵头单位下次会议确定。 / The list comes first, the lead next time.",
        text={
            "zh": "两家信息主管部门共用一份监测清单，试行一个季度。",
            "en": "The two information authorities share one monitoring list for a quarter.",
        },
    )  # fmt: skip
    regulators.action_add(
        actor=secretariat, resolution_id=resolution, owner_code="MIIT", due_on=ACTION_DUE,
        text={"zh": "拟定共用监测清单。", "en": "Draft the shared monitoring list."},
    )  # fmt: skip


def _settle(secretariat: Principal, item: int, kind: str, *, is_first: bool) -> None:
    if is_first:
        resolution = regulators.resolution_record(
            actor=secretariat, item_id=item,
            text={"zh": "由牵头单位于八月前报告处置进展。", "en": "The lead reports on the handling by August."},
        )  # fmt: skip
        regulators.action_add(
            actor=secretariat, resolution_id=resolution, owner_code="CBRC", due_on=ACTION_DUE,
            text={"zh": "报告处置进展。", "en": "Report on the handling."},
        )  # fmt: skip
    elif kind == "undecided":
        regulators.agenda_item_carry_over(actor=secretariat, item_id=item)
    else:
        regulators.agenda_item_note(actor=secretariat, item_id=item)


def _minutes(secretariat: Principal, meeting: int) -> None:
    with acting_as(secretariat):
        regulators.minutes_draft(actor=secretariat, meeting_id=meeting)
    for name in ("officer.banking", "officer.pboc"):
        with acting_as(people.principal(name)) as member:
            regulators.minutes_approve(actor=member, meeting_id=meeting)
    with acting_as(secretariat):
        regulators.minutes_publish(actor=secretariat, meeting_id=meeting)
        regulators.meeting_close(actor=secretariat, meeting_id=meeting)


def _export(secretariat: Principal, meeting: int, quarter: str) -> list[str]:
    """Both languages as HTML in the run folder; the admin gives PDF where the extra is installed."""
    folder = Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR) / "packs"
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    with acting_as(secretariat):
        for language in ("zh", "en"):
            made = regulators.meeting_pack_export(actor=secretariat, meeting_id=meeting, language=language)
            (folder / made.name).write_bytes(made.body)
            names.append(made.name)
    return names
