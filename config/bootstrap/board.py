"""The list of set-up steps: states and times, printed to the terminal and read by the progress page."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = ("zh", "en")
STATES = ("pending", "running", "done", "failed")
_MARKS = {"pending": " ", "running": "…", "done": "✓", "failed": "✗"}


@dataclass
class Step:
    """One step. Times are seconds of the monotonic clock; `detail` is a short text such as "3 / 12"."""

    key: str
    title: dict[str, str]
    state: str = "pending"
    started: float = 0.0
    ended: float = 0.0
    detail: str = ""

    def seconds(self, now: float) -> float | None:
        """How long the step took, or has taken so far; None before it starts."""
        if not self.started:
            return None
        return (self.ended or now) - self.started


class Board:
    """The steps of one run. Safe to read from the page's threads while the main thread works."""

    def __init__(self, steps: list[Step], extra: Path | None = None, *, quiet: bool = False) -> None:
        self._steps = steps
        self._extra = extra
        self._quiet = quiet
        self._lock = threading.Lock()
        self.language = terminal_language()

    @contextmanager
    def step(self, key: str) -> Iterator[None]:
        """Run the body as this step; an exception marks it failed and goes on."""
        step = next(entry for entry in self._steps if entry.key == key)
        with self._lock:
            step.state, step.started = "running", time.monotonic()
        try:
            yield
        except BaseException:
            self._close(step, "failed")
            raise
        self._close(step, "done")

    def steps(self) -> list[Step]:
        """A copy of all steps, with the ones another process wrote into the extra file at the end."""
        with self._lock:
            own = [Step(**vars(step)) for step in self._steps]
        return own + read_extra(self._extra)

    def failed(self) -> bool:
        """True when a step failed."""
        return any(step.state == "failed" for step in self.steps())

    def say(self, zh: str, en: str) -> None:
        """Print one line in the language of the terminal."""
        if not self._quiet:
            print(zh if self.language == "zh" else en, flush=True)

    def _close(self, step: Step, state: str) -> None:
        with self._lock:
            step.state, step.ended = state, time.monotonic()
        taken = f"{step.ended - step.started:6.1f} s"
        self.say(*(f"  {_MARKS[state]} {taken}  {step.title[language]}" for language in LANGUAGES))


def read_extra(path: Path | None) -> list[Step]:
    """Steps of a file `{"steps": [{"name", "done", "total", "state"}]}`; nothing when missing or unreadable.

    `name` is a text or {"zh", "en"}.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["steps"] if path else []
        return [_extra_step(number, entry) for number, entry in enumerate(entries)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _extra_step(number: int, entry: dict[str, object]) -> Step:
    name = entry["name"]
    title = name if isinstance(name, dict) else dict.fromkeys(LANGUAGES, str(name))
    state = str(entry.get("state", "pending"))
    total = entry.get("total")
    return Step(
        key=f"extra-{number}",
        title={language: str(title[language]) for language in LANGUAGES},
        state=state if state in STATES else "pending",
        detail=f"{entry.get('done', 0)} / {total}" if total else "",
    )


def terminal_language() -> str:
    """Language for the terminal: "zh" when its locale is Chinese, else "en"."""
    value = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    can_print = (sys.stdout.encoding or "").lower().startswith("utf")
    return "zh" if value.lower().startswith("zh") and can_print else "en"
