"""Deadlines as a pure function of start event, term, calendar, pauses and extensions.

Counting follows the civil rule that the day of the event does not count and the last day runs to its end. Nothing
is counted up by a job: whoever calls this twice with the same events gets the same answer (research: cases, C3-C8).
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rulebook.calendars import Calendar

Unit = Literal["calendar_days", "working_days", "hours", "months"]
UNITS: tuple[str, ...] = ("calendar_days", "working_days", "hours", "months")
UNIT_TEXT = {
    "calendar_days": {"zh": "日", "en": "calendar days"},
    "working_days": {"zh": "个工作日", "en": "working days"},
    "hours": {"zh": "小时", "en": "hours"},
    "months": {"zh": "个月", "en": "months"},
}
LAST_MOMENT = time(23, 59, 59)
LONGEST_TERM = 20_000  # days; a typing slip must not loop for ever


@dataclass(frozen=True)
class Pause:
    """A stretch in which the clock stands still, e.g. while a supplement is awaited. `end` None: still open."""

    start: datetime | date
    end: datetime | date | None
    reason: dict[str, str]


@dataclass(frozen=True)
class Extension:
    """More time granted by somebody for a reason; it starts when the term before it ends."""

    amount: int
    unit: Unit
    reason: dict[str, str]
    approved_by: str = ""


@dataclass(frozen=True)
class Deadline:
    """When something is due, whether that may still move, and why, step by step in both languages.

    `due` is an aware UTC moment (the last second of the legal day, or the exact moment for hours).
    `provisional` is true when the count crosses an unpublished year or an open pause.
    """

    due: datetime
    due_on: date
    provisional: bool
    is_paused: bool
    calendar_version: str
    steps: tuple[dict[str, str], ...]

    def is_overdue(self, at: datetime) -> bool:
        """Return whether the moment lies after the deadline. A paused clock is never overdue."""
        return not self.is_paused and at > self.due


@dataclass
class _Run:
    """The running count: where it stands, what it has said, whether it is sure."""

    calendar: Calendar
    zone: ZoneInfo
    pauses: tuple[Pause, ...]
    known_at: date | None
    as_of: date
    provisional: bool = False
    steps: list[dict[str, str]] = field(default_factory=list)

    def say(self, zh: str, en: str) -> None:
        self.steps.append({"zh": zh, "en": en})

    def legal_day(self, at: datetime | date) -> date:
        return at.astimezone(self.zone).date() if isinstance(at, datetime) else at


def deadline(
    *,
    start: datetime | date,
    amount: int,
    unit: Unit,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extensions: Sequence[Extension] = (),
    roll_to_working_day: bool = False,
    known_at: date | None = None,
    as_of: date | None = None,
) -> Deadline:
    """Return when `amount` units after `start` are over.

    `start` and pauses are aware datetimes or legal days; hours need a datetime. An open pause is counted up to
    `as_of` (default: its own start) and makes the answer provisional. `known_at` hides calendar years whose notice
    came later. Refuses with `ValueError`: negative or absurd amounts, unknown units, naive datetimes, a pause that
    ends before it starts, a term that ends after the year 9999.
    """
    _refuse_bad_input(start, amount, unit, pauses, extensions)
    try:
        return _counted(
            start, [(amount, unit), *((item.amount, item.unit) for item in extensions)], calendar, pauses, extensions,
            roll=roll_to_working_day, known_at=known_at, as_of=as_of,
        )  # fmt: skip
    except (OverflowError, ValueError) as error:
        if isinstance(error, ValueError) and "out of range" not in str(error):
            raise
        raise ValueError("The term would end after the year 9999; check the start.") from error


def _counted(
    start: datetime | date,
    legs: Sequence[tuple[int, Unit]],
    calendar: Calendar,
    pauses: Sequence[Pause],
    extensions: Sequence[Extension],
    *,
    roll: bool,
    known_at: date | None,
    as_of: date | None,
) -> Deadline:
    zone = ZoneInfo(calendar.zone)
    run = _Run(calendar, zone, _closed(pauses, as_of, zone), known_at, as_of or date.min)
    _say_start(run, start)
    end: datetime | date = start
    for index, (units, leg_unit) in enumerate(legs):
        if index:
            _say_extension(run, extensions[index - 1])
        end = _leg(run, end, units, leg_unit)
    if roll and not isinstance(end, datetime):
        end = _roll(run, end)
    is_open = any(pause.end is None for pause in pauses)
    if is_open:
        run.say("补正尚未完成，期限仍在中止，日期为暂定。", "A pause is still open, so the date is provisional.")
    return _finish(run, end, is_open=is_open)


def _refuse_bad_input(
    start: datetime | date, amount: int, unit: str, pauses: Sequence[Pause], extensions: Sequence[Extension]
) -> None:
    terms = [(amount, unit), *((item.amount, item.unit) for item in extensions)]
    for units, name in terms:
        if name not in UNITS:
            raise ValueError(f"Unknown unit {name!r}: use one of {', '.join(UNITS)}.")
        if not 0 <= units <= LONGEST_TERM:
            raise ValueError(f"The term {units} is not between 0 and {LONGEST_TERM}.")
        if name == "hours" and not isinstance(start, datetime):
            raise ValueError("A term in hours needs a start with a time of day.")
    moments = [start, *(pause.start for pause in pauses), *(pause.end for pause in pauses if pause.end is not None)]
    if any(isinstance(moment, datetime) and moment.tzinfo is None for moment in moments):
        raise ValueError("Naive datetime: deadlines need a time zone. Use common.clock.")
    if any(pause.end is not None and _comparable(pause.end) < _comparable(pause.start) for pause in pauses):
        raise ValueError("A pause ends before it starts.")


def _comparable(at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(0), UTC)


def _closed(pauses: Sequence[Pause], as_of: date | None, zone: ZoneInfo) -> tuple[Pause, ...]:
    """Close an open pause at `as_of`, or at its own start when nobody says what day it is."""
    closed = []
    for pause in pauses:
        end = pause.end
        if end is None:
            begin = pause.start.astimezone(zone).date() if isinstance(pause.start, datetime) else pause.start
            day = max(as_of or begin, begin)
            end = datetime.combine(day, time(0), zone) if isinstance(pause.start, datetime) and day > begin else day
            end = pause.start if day == begin else end
        closed.append(Pause(pause.start, end, pause.reason))
    return tuple(closed)


def _say_start(run: _Run, start: datetime | date) -> None:
    day = run.legal_day(start)
    if isinstance(start, datetime):
        local = start.astimezone(run.zone).strftime("%Y-%m-%d %H:%M")
        run.say(f"起算事件发生于{local}，当日不计入。", f"The event happened at {local}; its day is not counted.")
    else:
        run.say(f"起算事件发生于{day}，当日不计入。", f"The event happened on {day}; that day is not counted.")


def _say_extension(run: _Run, extension: Extension) -> None:
    text = UNIT_TEXT[extension.unit]
    by_zh = f"（{extension.approved_by}批准）" if extension.approved_by else ""
    by_en = f" (approved by {extension.approved_by})" if extension.approved_by else ""
    run.say(
        f"延长{extension.amount}{text['zh']}：{extension.reason['zh']}{by_zh}。",
        f"Extended by {extension.amount} {text['en']}: {extension.reason['en']}{by_en}.",
    )


def _leg(run: _Run, start: datetime | date, amount: int, unit: Unit) -> datetime | date:
    if unit == "hours":
        return _hours(run, start, amount)
    day = run.legal_day(start)
    if unit == "months":
        return _months(run, day, amount)
    return _days(run, day, amount, working=unit == "working_days")


def _days(run: _Run, start: date, amount: int, *, working: bool) -> date:
    """Count days one by one; a paused day and (for working days) a free day do not count."""
    day, left, skipped, paused = start, amount, [], 0
    while left:
        day += timedelta(days=1)
        if (day - start).days > LONGEST_TERM:
            raise ValueError("The pauses are longer than any term; check the events.")
        if _is_paused(run, day):
            paused += 1
            continue
        kind = run.calendar.kind(day, run.known_at)
        if working:
            run.provisional = run.provisional or kind.is_provisional
        if working and not kind.is_working:
            skipped.append(day)
            continue
        left -= 1
    _say_days(run, start, day, amount, working=working, skipped=skipped, paused=paused)
    return day


def _is_paused(run: _Run, day: date) -> bool:
    """The day the pause begins still counts, the day it ends does not; n days of pause move the end by n."""
    return any(
        run.legal_day(pause.start) < day <= run.legal_day(pause.end or pause.start) for pause in run.pauses
    )


def _say_days(
    run: _Run, start: date, end: date, amount: int, *, working: bool, skipped: list[date], paused: int
) -> None:
    unit = UNIT_TEXT["working_days" if working else "calendar_days"]
    _say_skipped(run, skipped)
    _say_make_up(run, start, end, working=working)
    if paused:
        reasons = [pause.reason for pause in run.pauses]
        zh, en = "、".join(item["zh"] for item in reasons), "; ".join(item["en"] for item in reasons)
        run.say(f"中止{paused}天，期限顺延：{zh}。", f"Paused for {paused} days, which moves the end: {en}.")
    run.say(f"第{amount}{unit['zh']}为{end}。", f"{amount} {unit['en']} end on {end}.")


def _say_skipped(run: _Run, skipped: list[date]) -> None:
    named: dict[str, list[date]] = {}
    for day in skipped:
        name = run.calendar.kind(day, run.known_at).name or {"zh": "非工作日", "en": "free day"}
        named.setdefault(f"{name['zh']}|{name['en']}", []).append(day)
    for key, days in named.items():
        zh, en = key.split("|")
        listed = ", ".join(day.isoformat() for day in days)
        run.say(f"不计{zh}：{listed}。", f"Not counted, {en}: {listed}.")


def _say_make_up(run: _Run, start: date, end: date, *, working: bool) -> None:
    if not working:
        return
    days = (start + timedelta(days=step) for step in range(1, (end - start).days + 1))
    listed = ", ".join(day.isoformat() for day in days if run.calendar.kind(day, run.known_at).is_make_up)
    if listed:
        run.say(f"调休上班日计入：{listed}。", f"Make-up workdays counted: {listed}.")


def _months(run: _Run, start: date, amount: int) -> date:
    month = start.month - 1 + amount
    year, month = start.year + month // 12, month % 12 + 1
    end = date(year, month, min(start.day, monthrange(year, month)[1]))
    run.say(f"{amount}个月后为{end}。", f"{amount} months later is {end}.")
    moved = sum(_paused_days(run, pause, start, end) for pause in run.pauses)
    if moved:
        end += timedelta(days=moved)
        run.say(f"中止{moved}天，顺延至{end}。", f"Paused for {moved} days, which moves the end to {end}.")
    return end


def _paused_days(run: _Run, pause: Pause, start: date, end: date) -> int:
    first = max(run.legal_day(pause.start), start)
    last = run.legal_day(pause.end or pause.start)
    return max((last - first).days, 0) if first <= end else 0


def _hours(run: _Run, start: datetime | date, amount: int) -> datetime:
    begin = start if isinstance(start, datetime) else _end_of_day(run, start)
    end = begin + timedelta(hours=amount)
    for pause in sorted(run.pauses, key=lambda item: _moment(run, item.start)):
        first, last = max(_moment(run, pause.start), begin), _moment(run, pause.end or pause.start)
        if first < end and last > first:
            end += last - first
            run.say(f"中止{last - first}，期限顺延。", f"Paused for {last - first}, which moves the end.")
    local = end.astimezone(run.zone).strftime("%Y-%m-%d %H:%M")
    run.say(f"{amount}小时后为{local}。", f"{amount} hours end at {local}.")
    return end


def _moment(run: _Run, at: datetime | date) -> datetime:
    return at if isinstance(at, datetime) else datetime.combine(at, time(0), run.zone)


def _end_of_day(run: _Run, day: date) -> datetime:
    return datetime.combine(day, LAST_MOMENT, run.zone)


def _roll(run: _Run, day: date) -> date:
    moved = day
    while True:
        kind = run.calendar.kind(moved, run.known_at)
        run.provisional = run.provisional or kind.is_provisional
        if kind.is_working:
            break
        moved += timedelta(days=1)
    if moved != day:
        run.say(f"末日为非工作日，顺延至{moved}。", f"The last day is free, so the end moves to {moved}.")
    return moved


def _finish(run: _Run, end: datetime | date, *, is_open: bool) -> Deadline:
    due = end if isinstance(end, datetime) else _end_of_day(run, end)
    if run.provisional:
        run.say(
            "所涉年度的放假安排尚未公布，按周一至周五暂计，公布后重新计算。",
            "A year in this count has no published holidays yet; Monday to Friday is assumed until the notice comes.",
        )
    return Deadline(
        due=due.astimezone(UTC),
        due_on=due.astimezone(run.zone).date(),
        provisional=run.provisional or is_open,
        is_paused=is_open,
        calendar_version=run.calendar.version,
        steps=tuple(run.steps),
    )
