"""The functions a rule may use on every engine, as staff read them, and a check's text for one engine. Pure.

What a rule writes is the portable language of `analytics.portable`; a compiled check keeps that text. Each engine gets
its own words only when it runs, after the sandbox has vetted the text once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.portable import engine_text, portable_functions
from analytics.portable.admitted import PORTABLE, admitted
from analytics.sandbox import vet, vet_condition
from rulebook.compiler import language
from rulebook.entries import Text


@dataclass(frozen=True)
class FunctionNote:
    """One function of the rule language: how it is written, what it means, what it stands for."""

    name: str
    usage: str
    kind: str
    meaning: Text
    instead_of: tuple[str, ...]


def portable_notes() -> tuple[FunctionNote, ...]:
    """Return the functions of our own, in the order of the catalogue."""
    return tuple(
        FunctionNote(found.name, found.usage, found.kind, dict(found.meaning), found.instead_of)
        for found in portable_functions().values()
    )


def plain_functions() -> tuple[str, ...]:
    """Return the names of plain SQL functions that answer alike on every engine."""
    kinds = {"value", "aggregate", "window"}
    return tuple(sorted(entry.name for entry in admitted() if entry.node != PORTABLE and entry.kind in kinds))


def check_text(check: Mapping[str, Any], template: str, engine: str) -> str:
    """Return the condition or query of a compiled check as an engine reads it. Raises `SqlRefused`."""
    if check["form"] == "row":
        columns = language.tables()[template]
        return engine_text(vet_condition(check["sql"], columns).written, engine)
    return vet(check["sql"], language.tables()).text(engine)
