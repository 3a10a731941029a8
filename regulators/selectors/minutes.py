"""The text of the minutes, from what was recorded. The same records give the same text, whoever asks and when.

Its words stand here and not in the catalogues: approvals are bound to the text by its seal.
"""

from collections.abc import Iterator

from regulators.choices import AgendaState, AttendanceState, MeetingPart
from regulators.models import AgendaItem, Attendance, ExpertQuestion, JointMeeting

# ruff: noqa: E501 - phrases stay whole
WORDS = {
    "zh": {
        "head": "联席会议{quarter}纪要", "held": "召开日期：{day}。", "present": "到会：{names}。", "absent": "未到会：{names}。",
        "none": "无", "said": "{who}：{text}", "note": "记录：{text}", "vote": "表决：赞成{for}，反对{against}，弃权{abstain}。",
        "consent": "协商一致。", "resolved": "决议：{text}", "noted": "会议知悉。", "carried": "移交下次会议。", "withdrawn": "撤回：有关单位已作答复。",
        "open": "未议定。", "action": "事项{n}：{text}（承办：{owner}；期限：{due}）",
        "panel": {"yes": "与专家意见一致。", "partly": "部分采纳专家意见。理由：{why}", "no": "未采纳专家意见。理由：{why}"},
        "asked": "专家咨询：{title}（{given}份意见）。", "urgent": "紧急增列。理由：{why}", "sep": "、", "empty": "本部分无议题。",
        "parts": {"important": "重要事项", "effect": "现行政策效果评估", "exchange": "协商与通报交流"},
    },
    "en": {
        "head": "Minutes of the joint meeting {quarter}", "held": "Held on {day}.", "present": "Present: {names}.",
        "absent": "Absent: {names}.", "none": "nobody", "said": "{who}: {text}", "note": "Note: {text}",
        "vote": "Vote: {for} for, {against} against, {abstain} abstaining.", "consent": "By consent.",
        "resolved": "Resolved: {text}", "noted": "Taken note of.", "carried": "Carried over to the next meeting.",
        "withdrawn": "Withdrawn: the authorities have answered.",
        "open": "Not settled.", "action": "Action {n}: {text} (owner: {owner}; due on {due})",
        "panel": {
            "yes": "Follows the experts.", "partly": "Follows the experts in part. Reason: {why}",
            "no": "Does not follow the experts. Reason: {why}",
        },
        "asked": "Experts were asked: {title} ({given} opinions).", "urgent": "Added as urgent. Reason: {why}",
        "sep": ", ", "empty": "No item in this part.",
        "parts": {
            "important": "Important matters", "effect": "Effect of existing policy",
            "exchange": "Consultation and exchange",
        },
    },
}  # fmt: skip

def minutes_text(meeting: JointMeeting, language: str) -> str:
    """The whole text in one language, line by line."""
    return "\n".join(_lines(meeting, language))


def _lines(meeting: JointMeeting, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield str(words["head"]).format(quarter=meeting.quarter)
    yield str(words["held"]).format(day=meeting.held_on)
    for key, came in (("present", True), ("absent", False)):
        yield str(words[key]).format(names=_names(meeting, language, came=came))
    rows = AgendaItem.objects.filter(meeting=meeting, state=AgendaState.ACCEPTED).order_by("position", "pk")
    items = list(rows.select_related("resolution").prefetch_related("notes__speaker"))
    number = 0
    for part in MeetingPart:
        names = words["parts"]
        yield f"\n{names[part.value]}" if isinstance(names, dict) else ""
        own = [item for item in items if item.part == part]
        if not own:
            yield str(words["empty"])
        for item in own:
            number += 1
            yield from _item_lines(item, number, language)


def _names(meeting: JointMeeting, language: str, *, came: bool) -> str:
    """Who was there; whoever is not recorded as present was not."""
    words = WORDS[language]
    rows = Attendance.objects.filter(meeting=meeting).select_related("authority").order_by("pk")
    rows = rows.filter(state=AttendanceState.PRESENT) if came else rows.exclude(state=AttendanceState.PRESENT)
    names = [getattr(row.authority, f"short_{language}") or row.authority.code for row in rows]
    return str(words["sep"]).join(names) or str(words["none"])


def _item_lines(item: AgendaItem, number: int, language: str) -> Iterator[str]:
    words = WORDS[language]
    yield f"{number}. {getattr(item, f'title_{language}')}"
    if item.urgent_reason:
        yield str(words["urgent"]).format(why=item.urgent_reason)
    for question in ExpertQuestion.objects.filter(item=item, state="published").order_by("pk"):
        given = question.seats.filter(state="answered").count()
        yield str(words["asked"]).format(title=getattr(question, f"title_{language}"), given=given)
    for note in item.notes.all():
        who = getattr(note.speaker, f"short_{language}") or note.speaker.code if note.speaker else ""
        yield str(words["said"]).format(who=who, text=note.text) if who else str(words["note"]).format(text=note.text)
    yield from _outcome_lines(item, language)


def _outcome_lines(item: AgendaItem, language: str) -> Iterator[str]:
    words = WORDS[language]
    resolution = getattr(item, "resolution", None)
    if item.outcome != "resolved" or resolution is None:
        yield str(words[{"noted": "noted", "carried_over": "carried", "withdrawn": "withdrawn"}.get(item.outcome, "open")])
        return
    how = "vote" if resolution.mode == "vote" else "consent"
    yield str(words[how]).format(**{"for": 0, "against": 0, "abstain": 0, **resolution.tally})
    yield str(words["resolved"]).format(text=getattr(resolution, f"text_{language}"))
    panel = words["panel"]
    if resolution.follows_panel and isinstance(panel, dict):
        yield panel[resolution.follows_panel].format(why=resolution.panel_reason)
    for action in resolution.actions.select_related("owner").order_by("number"):
        owner = getattr(action.owner, f"short_{language}") or action.owner.code
        yield str(words["action"]).format(
            n=action.number, text=getattr(action, f"text_{language}"), owner=owner, due=action.due_on
        )
