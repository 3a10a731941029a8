"""The readings of each metric: what is computed how, from which source, from which day.

The early list of the association, its later standard and the platforms' own pages disagree; none of the readings is
called the right one here. A definition that changes gets a new file with the next version, never an edit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analytics import engine

_FAMILIES = Path(__file__).parent / "families.yaml"
_SUBJECT = "metrics/"
_PARTS = {
    "all": {"zh": "全部", "en": "all"},
    "001_090": {"zh": "1–90天", "en": "1-90 days"},
    "091_180": {"zh": "91–180天", "en": "91-180 days"},
    "181_up": {"zh": "181天及以上", "en": "181 days and more"},
    "181_360": {"zh": "181–360天", "en": "181-360 days"},
    "361_up": {"zh": "361天及以上", "en": "361 days and more"},
    "unknown": {"zh": "天数未报", "en": "days not filed"},
}


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """One reading of one metric. `unit`: "currency" or "percent"; `disclosed`: the column of monthly_indicators."""

    code: str
    metric: str
    version: int
    title: Mapping[str, str]
    reading: Mapping[str, str]
    formula: Mapping[str, str]
    facts: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    unit: str
    disclosed: str | None
    is_plain_error: bool


@cache
def metric_definitions() -> tuple[MetricDefinition, ...]:
    """Every reading, metrics in the order they are shown."""
    families = yaml.safe_load(_FAMILIES.read_text(encoding="utf-8"))
    names = [name for name in engine.sql_names() if name.startswith(_SUBJECT)]
    found = [(name, engine.sql_notes(name).get("definition")) for name in names]
    made = [_definition(name.removeprefix(_SUBJECT), notes, families) for name, notes in found if notes]
    order = list(families)
    return tuple(sorted(made, key=lambda item: (order.index(item.metric), item.is_plain_error)))


def metric_definition(code: str) -> MetricDefinition:
    """The reading of that code; KeyError when there is none."""
    for found in metric_definitions():
        if found.code == code:
            return found
    raise KeyError(code)


def part_title(part: str) -> Mapping[str, str]:
    """An age of arrears in both languages; an unknown one stands for itself."""
    return _PARTS.get(part, {"zh": part, "en": part})


def _definition(code: str, notes: Mapping[str, Any], families: Mapping[str, Mapping[str, str]]) -> MetricDefinition:
    return MetricDefinition(
        code=code,
        metric=notes["metric"],
        version=notes["version"],
        title=families[notes["metric"]],
        reading=notes["reading"],
        formula=notes["formula"],
        facts=tuple(notes["facts"]),
        valid_from=notes["in_force"]["from"],
        valid_to=notes["in_force"]["to"],
        unit=notes["unit"],
        disclosed=notes["disclosed"],
        is_plain_error=notes["plain_error"],
    )
