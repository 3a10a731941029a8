"""Progress of the demo: a line in the terminal and a small file that the progress page reads."""

import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from django.conf import settings

FILE_NAME = "demo-progress.json"


@dataclass
class Step:
    """One step with its counts and seconds."""

    name: str
    done: int = 0
    total: int = 0
    state: str = "running"
    seconds: float = 0.0


@dataclass
class Progress:
    """All steps so far."""

    steps: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, total: int = 0) -> Iterator[Step]:
        """Run one step; prints its end with counts and seconds."""
        current = Step(name=name, total=total)
        self.steps.append(current)
        started = time.monotonic()
        self._write()
        try:
            yield current
        except BaseException:
            current.state = "failed"
            raise
        else:
            current.state = "done"
        finally:
            current.seconds = round(time.monotonic() - started, 2)
            self._write()
            counts = f" {current.done}/{current.total}" if current.total else ""
            self._print(f"  {'✓' if current.state == 'done' else '✗'} {name}{counts} ({current.seconds:.1f} s)\n")

    def advance(self, step: Step, done: int, total: int | None = None) -> None:
        """Show a count."""
        step.done = done
        step.total = total if total is not None else step.total
        self._write()
        if sys.stdout.isatty():
            self._print(f"  … {step.name} {step.done}/{step.total}\r")

    def timings(self) -> dict[str, float]:
        """Seconds by step; steps of one name together."""
        seconds: dict[str, float] = defaultdict(float)
        for step in self.steps:
            seconds[step.name] += step.seconds
        return {name: round(total, 2) for name, total in seconds.items()}

    def _print(self, text: str) -> None:
        sys.stdout.write(text)
        sys.stdout.flush()

    def _write(self) -> None:
        folder = Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        target, draft = folder / FILE_NAME, folder / f"{FILE_NAME}.new"
        draft.write_text(json.dumps({"steps": [asdict(step) for step in self.steps]}), encoding="utf-8")
        draft.replace(target)
