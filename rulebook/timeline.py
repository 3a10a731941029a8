"""What a clock says, read from an event log. Pure.

    reading = read_clock(term, events, calendar, now=moment)

A reading is a function of (events, version of the term, version of the calendar) and of the moment it is read, and of
nothing else: no job counts days, no edit moves a start, a missed run loses nothing (research: cases, C2-C8). Events
that may not change the clock, such as an extension nobody approved, are named in the reading and have no effect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from rulebook.calendars import Calendar
from rulebook.clocks import UNIT_TEXT, Deadline, Extension, Pause, Unit, deadline
from rulebook.entries import DeadlineEntry, ExtensionEntry, PauseRule, Text

EXTENDED = "extension.granted"
OVERDUE, PAUSED, RUNNING, WAITING, MET, MET_LATE = "overdue", "paused", "running", "waiting", "met", "met_late"
STATES = (WAITING, RUNNING, PAUSED, MET, MET_LATE, OVERDUE)


@dataclass(frozen=True)
class Event:
    """Something that happened, at an aware moment or on a legal day. `data` of an extension: approver, notified_at."""

    kind: str
    at: datetime | date
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Balance:
    """Time one clock left unspent, for the clock that inherits it."""

    amount: int
    unit: str
    from_key: str
    from_title: Text


@dataclass(frozen=True)
class Reading:
    """One clock at one moment.

    `state`: waiting (the start event has not happened), running, paused, met, met_late, overdue. `refused` are the
    events without effect and why; `extensions` how many were counted. A clock never says that anything is closed.
    """

    key: str
    state: str
    started_at: datetime | date | None
    met_at: datetime | date | None
    deadline: Deadline | None
    extensions: int
    refused: tuple[Text, ...]
    term_version: str
    calendar_version: str

    @property
    def due_on(self) -> date | None:
        """The legal day on which the term ends, `None` while the clock waits."""
        return self.deadline.due_on if self.deadline else None

    @property
    def is_provisional(self) -> bool:
        """Whether the date may still move: an open pause, or a year whose holidays are not published."""
        return self.deadline is not None and self.deadline.provisional

    @property
    def why(self) -> tuple[Text, ...]:
        """Why this date, step by step, in both languages."""
        return (*(self.deadline.steps if self.deadline else ()), *self.refused)


@dataclass(frozen=True)
class Difference:
    """What a recomputation changed in one clock, and which of its three inputs did it."""

    key: str
    before: date | None
    after: date | None
    was_provisional: bool
    is_provisional: bool
    causes: tuple[str, ...]


@dataclass
class _Log:
    """The events of one subject in order, as one term sees them."""

    term: DeadlineEntry
    events: tuple[Event, ...]
    zone: ZoneInfo
    refused: list[Text] = field(default_factory=list)

    def moment(self, at: datetime | date) -> datetime:
        return at.astimezone(UTC) if isinstance(at, datetime) else datetime.combine(at, time(0), self.zone)

    def first(self, kinds: Sequence[str], since: datetime | None = None) -> Event | None:
        found = (event for event in self.events if event.kind in kinds)
        return next((event for event in found if since is None or self.moment(event.at) >= since), None)


def read_clock(
    term: DeadlineEntry,
    events: Sequence[Event],
    calendar: Calendar,
    *,
    now: datetime,
    known_at: date | None = None,
    inherited: Balance | None = None,
) -> Reading:
    """Read one clock from the events of its subject.

    The order of `events` does not matter, nor does when they became known. `known_at` hides calendar years whose
    notice came later (default: the day of `now`). With `inherited` the clock runs for what another one left, not for
    its full term. Refuses with `ValueError` a naive `now` or event.
    """
    log = _log_of(term, events, calendar, now)
    begun = log.first((term.start_event,))
    known = known_at or now.astimezone(log.zone).date()
    if begun is None:
        return Reading(term.key, WAITING, None, None, None, 0, (), term.version, calendar.version)
    start = _restarted(log, begun.at)
    ended = log.first(term.met_by, log.moment(begun.at))
    pauses = _pauses(log, log.moment(ended.at) if ended else None)

    def count(extensions: Sequence[Extension]) -> Deadline:
        return deadline(
            start=start, amount=inherited.amount if inherited else term.amount,
            unit=cast("Unit", inherited.unit if inherited else term.unit), calendar=calendar, pauses=pauses,
            extensions=extensions, roll_to_working_day=term.rolls, known_at=known, as_of=_as_of(log, ended, now),
        )

    extensions = _extensions(log, count)
    found = count(extensions)
    if inherited:
        found = _with_first_step(found, _inherited_text(inherited))
    return Reading(
        key=term.key, state=_state(log, found, ended, now), started_at=begun.at, met_at=ended.at if ended else None,
        deadline=found, extensions=len(extensions), refused=tuple(log.refused), term_version=term.version,
        calendar_version=calendar.version,
    )


def read_clocks(
    terms: Sequence[DeadlineEntry], events: Sequence[Event], calendars: Mapping[str, Calendar], *, now: datetime
) -> dict[str, Reading]:
    """Read several clocks of one subject from one event log, each with its own calendar."""
    return {term.key: read_clock(term, events, calendars[term.calendar], now=now) for term in terms}


def term_text(term: DeadlineEntry) -> Text:
    """Return the first line of every explanation: which term, how long, and whether it is law or a house convention."""
    unit = UNIT_TEXT[cast("Unit", term.unit)]
    zh = f"适用：{term.title['zh']}，{term.amount}{unit['zh']}。"
    en = f"Term: {term.title['en']}, {term.amount} {unit['en']}."
    if not term.basis.verified:
        zh += "这是本工作台的约定，不是法律规定的期限。"
        en += " This is a convention of this desk, not a term set by law."
    return {"zh": zh, "en": en}


def balance_left(reading: Reading, term: DeadlineEntry, calendar: Calendar, at: datetime) -> Balance:
    """Return what is left of a clock at a moment, for the clock that inherits it (never less than nothing).

    Months are handed on as calendar days, hours as full hours. `ValueError` for a clock that has not begun.
    """
    if reading.deadline is None:
        raise ValueError(f"The clock {reading.key} has not begun; there is no balance to hand on.")
    day = at.astimezone(ZoneInfo(calendar.zone)).date()
    unit = "calendar_days" if term.unit == "months" else term.unit
    left = {
        "calendar_days": (reading.deadline.due_on - day).days,
        "working_days": calendar.working_days_between(day, reading.deadline.due_on),
        "hours": int((reading.deadline.due - at).total_seconds() // 3600),
    }[unit]
    return Balance(max(left, 0), unit, term.key, term.title)


def difference(
    reading: Reading, *, due_on: date | None, provisional: bool, term_version: str, calendar_version: str
) -> Difference | None:
    """Compare a reading with what is on record; `None` when nothing moved.

    Causes: `term` (another version of the rule), `calendar` (another version, or a year published meanwhile), and
    `events` when neither explains it.
    """
    if (reading.due_on, reading.is_provisional) == (due_on, provisional):
        return None
    causes = [
        name
        for name, changed in (
            ("term", reading.term_version != term_version),
            ("calendar", reading.calendar_version != calendar_version or (provisional and not reading.is_provisional)),
        )
        if changed
    ]
    return Difference(
        reading.key, due_on, reading.due_on, provisional, reading.is_provisional, tuple(causes or ["events"])
    )


def _log_of(term: DeadlineEntry, events: Sequence[Event], calendar: Calendar, now: datetime) -> _Log:
    moments = [now, *(event.at for event in events)]
    if any(isinstance(moment, datetime) and moment.tzinfo is None for moment in moments):
        raise ValueError("Naive datetime: clocks need a time zone. Use common.clock.")
    log = _Log(term, tuple(events), ZoneInfo(calendar.zone))
    past = (event for event in events if log.moment(event.at) <= now)
    log.events = tuple(sorted(past, key=lambda event: (log.moment(event.at), event.kind)))
    return log


def _restarted(log: _Log, start: datetime | date) -> datetime | date:
    """Where a supplement starts the term anew, the last completed one is the start."""
    ends = {rule.until for rule in log.term.pause_events if rule.restarts}
    for event in log.events:
        if event.kind in ends and log.moment(event.at) > log.moment(start):
            start = event.at
    return start


def _pauses(log: _Log, until: datetime | None) -> tuple[Pause, ...]:
    found: list[Pause] = []
    for rule in log.term.pause_events:
        found += _stretches(log, rule, until)
    return _merged(log, found)


def _stretches(log: _Log, rule: PauseRule, until: datetime | None) -> list[Pause]:
    """From each first request to the next completion. A pause that restarts the term counts only while it is open."""
    found, begin = [], None
    for event in log.events:
        if until is not None and log.moment(event.at) > until:
            break
        if event.kind == rule.start and begin is None:
            begin = event.at
        elif event.kind == rule.until and begin is not None:
            found += [] if rule.restarts else [Pause(begin, event.at, dict(rule.reason))]
            begin = None
    if begin is not None and until is None:
        found.append(Pause(begin, None, dict(rule.reason)))
    return found


def _merged(log: _Log, pauses: list[Pause]) -> tuple[Pause, ...]:
    """Join stretches that overlap: a day stands still once, whatever the number of reasons."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda item: log.moment(item.start)):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and log.moment(last.end) < log.moment(pause.start)):
            merged.append(pause)
        elif last.end is not None and (pause.end is None or log.moment(pause.end) > log.moment(last.end)):
            merged[-1] = Pause(last.start, pause.end, last.reason)
    return tuple(merged)


def _extensions(log: _Log, count: Any) -> list[Extension]:
    """Take the extensions that the term allows, in order; say of the others why they do not count."""
    taken: list[Extension] = []
    for event in (item for item in log.events if item.kind == EXTENDED):
        allowed = log.term.extensions[len(taken)] if len(taken) < len(log.term.extensions) else None
        why = _why_not(log, event, allowed, count(taken))
        if why is None and allowed is not None:
            approver = str(event.data["approver"])
            taken.append(Extension(allowed.amount, cast("Unit", allowed.unit), dict(allowed.reason), approver))
        elif why is not None:
            log.refused.append(why)
    return taken


def _why_not(log: _Log, event: Event, allowed: ExtensionEntry | None, present: Deadline) -> Text | None:
    """The first reason why an extension has no effect; each text takes the day of the extension."""
    if allowed is None:
        zh, en = "规定不允许再次延期。", "no further one is allowed."
    elif not event.data.get("approver"):
        zh, en = "没有批准人。", "nobody approved it."
    elif allowed.notice_required and not event.data.get("notified_at"):
        zh, en = "没有告知投诉人。", "the person concerned was not told."
    elif not present.is_paused and log.moment(event.at) > present.due:
        zh, en = f"期限已于{present.due_on}届满。", f"the term had ended on {present.due_on}."
    else:
        return None
    day = log.moment(event.at).astimezone(log.zone).date()
    return {"zh": f"{day}的延期不计：{zh}", "en": f"The extension of {day} does not count: {en}"}


def _as_of(log: _Log, ended: Event | None, now: datetime) -> date:
    moment = log.moment(ended.at) if ended else now
    return moment.astimezone(log.zone).date()


def _state(log: _Log, found: Deadline, ended: Event | None, now: datetime) -> str:
    if ended is not None:
        at = ended.at
        is_late = at > found.due if isinstance(at, datetime) else at > found.due_on
        return MET_LATE if is_late else MET
    if found.is_paused:
        return PAUSED
    return OVERDUE if found.is_overdue(now) else RUNNING


def _inherited_text(balance: Balance) -> Text:
    unit = UNIT_TEXT[cast("Unit", balance.unit)]
    return {
        "zh": f"承接“{balance.from_title['zh']}”剩余的{balance.amount}{unit['zh']}。",
        "en": f"Runs for the {balance.amount} {unit['en']} left of “{balance.from_title['en']}”.",
    }


def _with_first_step(found: Deadline, step: Text) -> Deadline:
    return Deadline(
        found.due, found.due_on, found.provisional, found.is_paused, found.calendar_version,
        (dict(step), *found.steps),
    )
