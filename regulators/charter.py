"""The rules of the joint meeting itself, from the pack: who takes part, quorum, votes, days. Pure.

Numbers for which no text was seen are marked `convention` in the pack and shown so.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rulebook.home import home

PACKS = Path(__file__).resolve().parents[1] / "rulebook" / "packs"
DEFAULT_PACK = home().pack
Text = dict[str, str]


@dataclass(frozen=True, slots=True)
class Charter:
    """The rules in force on a day. Bodies are codes as the text names them, before successors are looked up.

    `complaint_topics` gives for a rule's subject the categories of complaints that the evaluation counts for it.
    """

    name: Text
    basis: dict[str, Any]
    convenor: str
    members: tuple[str, ...]
    invitees: tuple[str, ...]
    participants: tuple[str, ...]
    present_above_percent: int
    convenor_needed: bool
    for_above_percent: int
    notice_days: int
    reminder_days: int
    minutes_approvals: int
    panel_minimum: int
    conventions: tuple[Text, ...]
    complaint_topics: dict[str, tuple[str, ...]]

    def has_quorum(self, *, present: int, voting: int, convenor_present: bool) -> bool:
        """Whether enough voting bodies are present to decide."""
        enough = voting > 0 and present * 100 > voting * self.present_above_percent
        return enough and (convenor_present or not self.convenor_needed)

    def needed(self, voting: int) -> int:
        """How many voting bodies must be present at least."""
        return voting * self.present_above_percent // 100 + 1

    def is_carried(self, *, in_favour: int, present: int) -> bool:
        """Whether a vote carries: more than the share of the voting bodies present."""
        return present > 0 and in_favour * 100 > present * self.for_above_percent


def charter_on(day: date, pack: str = DEFAULT_PACK) -> Charter | None:
    """The rules in force on a day, or None when the pack knows no meeting then."""
    for row in _rows(pack):
        if row["from"] <= day and (row["to"] is None or day < row["to"]):
            return _charter(row)
    return None


@cache
def _rows(pack: str) -> tuple[dict[str, Any], ...]:
    file = PACKS / pack / "meeting.yaml"
    return tuple(yaml.safe_load(file.read_text("utf-8"))["meetings"]) if file.exists() else ()


def _charter(row: dict[str, Any]) -> Charter:
    parts = [row["participants"], row["rhythm"], row["quorum"], row["vote"]]
    evaluation = row.get("evaluation", {})  # a pack may leave open which complaints belong to a rule's subject
    parts += [evaluation] if evaluation else []
    return Charter(
        name=row["name"],
        basis=row["basis"],
        convenor=row["convenor"],
        members=tuple(row["members"]),
        invitees=tuple(row["invitees"]),
        participants=tuple(row["participants"]["bodies"]),
        present_above_percent=row["quorum"]["present_above_percent"],
        convenor_needed=row["quorum"]["convenor_needed"],
        for_above_percent=row["vote"]["for_above_percent"],
        notice_days=row["notice_days"],
        reminder_days=row["reminder_days"],
        minutes_approvals=row["minutes_approvals"],
        panel_minimum=row["panel_minimum"],
        conventions=tuple(part["note"] for part in parts if part["text_status"] == "convention"),
        complaint_topics={subject: tuple(names) for subject, names in evaluation.get("complaints", {}).items()},
    )


def next_quarter(quarter: str) -> str:
    """2017Q4 → 2018Q1."""
    year, number = int(quarter[:4]), int(quarter[5])
    return f"{year + number // 4}Q{number % 4 + 1}"


def quarter_of(day: date) -> str:
    """The quarter a day lies in, written 2017Q3."""
    return f"{day.year}Q{(day.month + 2) // 3}"
