"""The catalogue of portable functions (`functions.yaml`) and what may stand in their places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlglot import exp

HERE = Path(__file__).parent
MOST_PLACES = 6
MOST_CHARACTERS = 1_000
# One character, one class of characters or one group of alternatives, then at most a bounded repeat: nothing here can
# run away on an engine that tries again (Java), and both engines read it alike.
_CHARACTER = r"[A-Za-z0-9_ :/,@=\u4e00-\u9fff-]|\\[.dw+*?()\[\]{}|\\-]"
_CLASS = r"\[(?:[A-Za-z0-9_ .:/,@=\u4e00-\u9fff](?:-[A-Za-z0-9\u9fff])?)+-?\]"
_ATOM = rf"(?:{_CHARACTER}|{_CLASS})(?:[?+*]|\{{[0-9]{{1,2}}(?:,[0-9]{{0,2}})?\}})?"
_PATTERN = re.compile(rf"(?:{_ATOM}|\((?:{_ATOM})*(?:\|(?:{_ATOM})*)*\))*(?:\|(?:{_ATOM})*)*")


@dataclass(frozen=True, slots=True)
class PortableFunction:
    """One function: its arguments (name -> kind), its meaning, and its text for each engine."""

    name: str
    arguments: Mapping[str, str]
    kind: str
    meaning: Mapping[str, str]
    instead_of: tuple[str, ...]
    texts: Mapping[str, str]
    gives_day: bool = False

    def text(self, engine: str) -> str:
        """The engine's expression with `:argument` in its places."""
        return self.texts[engine]

    @property
    def usage(self) -> str:
        """As a rule writes it: NAME(argument, argument)."""
        return f"{self.name}({', '.join(self.arguments)})"


@cache
def portable_functions() -> Mapping[str, PortableFunction]:
    """Every portable function by name."""
    data: dict[str, Any] = yaml.safe_load((HERE / "functions.yaml").read_text(encoding="utf-8"))
    return {name: _function(name, entry) for name, entry in data.items()}


def _function(name: str, entry: Mapping[str, Any]) -> PortableFunction:
    texts = {engine: entry[engine] for engine in ("duckdb", "spark")}
    return PortableFunction(
        name,
        dict(entry["arguments"]),
        entry["kind"],
        entry["meaning"],
        tuple(entry["instead_of"]),
        texts,
        entry.get("gives") == "date",
    )


def what_is_wrong(node: exp.Anonymous) -> str | None:
    """Why a call of a portable function cannot be taken, in words; None when it can."""
    function = portable_functions()[node.name.upper()]
    if len(node.expressions) != len(function.arguments):
        return f"{function.usage} takes {len(function.arguments)} arguments."
    for (name, kind), value in zip(function.arguments.items(), node.expressions, strict=True):
        if kind != "value" and not _fits(kind, value):
            return f"`{name}` of {function.usage} must be a constant: {_KINDS[kind]}."
    return None


_KINDS = {
    "digits": f"a whole number from 0 to {MOST_PLACES}",
    "position": f"a whole number from 1 to {MOST_CHARACTERS}",
    "text": "a short text",
    "pattern": "letters, digits, [classes], (alternatives|…) and bounded repeats such as {6}; no dot, no nesting",
}


def _fits(kind: str, value: exp.Expr) -> bool:
    if not isinstance(value, exp.Literal):
        return False
    if kind == "pattern":
        return value.is_string and len(value.name) <= 200 and _PATTERN.fullmatch(value.name) is not None
    if kind == "text":
        return value.is_string and len(value.name) <= 10
    if value.is_string or not re.fullmatch(r"[0-9]{1,4}", value.name):
        return False
    number = int(value.name)
    return number <= MOST_PLACES if kind == "digits" else 1 <= number <= MOST_CHARACTERS
