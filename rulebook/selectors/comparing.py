"""Two texts side by side. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import unified_diff


@dataclass(frozen=True)
class DiffLine:
    """One line of a comparison; `mark` is + (new), - (gone), = (same) or @ (lines left out)."""

    mark: str
    text: str


def text_diff(before: str, after: str) -> tuple[DiffLine, ...]:
    """Return what differs between two texts, with three lines around each change; empty when nothing does."""
    lines = list(unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3))[2:]
    marks = {"+": "+", "-": "-", " ": "=", "@": "@"}
    return tuple(DiffLine(marks[line[0]], line[1:] if line[0] != "@" else "") for line in lines if line[0] in marks)
