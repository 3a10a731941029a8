"""The allow-list: exactly what owns a conformance vector (`vectors/*.yaml`), read from there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlglot import exp

VECTORS = Path(__file__).parent / "vectors"
PORTABLE = "portable"
ROW_KINDS = frozenset({"value", "operator", "type"})


@dataclass(frozen=True, slots=True)
class Admitted:
    """One admitted part of the language, with the questions and answers that hold on every engine."""

    name: str
    node: str
    kind: str
    vectors: Sequence[Mapping[str, Any]]


@cache
def admitted() -> tuple[Admitted, ...]:
    """Every admitted part, in the order of the files."""
    return tuple(_entries())


def _read(path: Path) -> Any:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where the library has it
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 -- a safe loader either way


def _entries() -> Iterator[Admitted]:
    for path in sorted(VECTORS.glob("*.yaml")):
        if path.stem != "inputs":
            for entry in _read(path):
                yield Admitted(entry["name"], entry["node"], entry["kind"], entry["vectors"])


@cache
def inputs() -> Mapping[str, Any]:
    """The tables the vectors are asked on: name -> types and rows."""
    found: Mapping[str, Any] = _read(VECTORS / "inputs.yaml")
    return found


@cache
def nodes(*, row_only: bool = False) -> frozenset[type[exp.Expr]]:
    """Syntax-tree classes that may stand in a query, or in a condition on one row."""
    entries = [entry for entry in admitted() if entry.node != PORTABLE]
    return frozenset(getattr(exp, entry.node) for entry in entries if not row_only or entry.kind in ROW_KINDS)


@cache
def function_names(*, row_only: bool = False) -> frozenset[str]:
    """Portable functions that own a vector."""
    entries = [entry for entry in admitted() if entry.node == PORTABLE]
    return frozenset(entry.name for entry in entries if not row_only or entry.kind in ROW_KINDS)


@cache
def extract_parts() -> frozenset[str]:
    """Parts of a date that EXTRACT may name: those its vectors ask for."""
    entries = [entry for entry in admitted() if entry.node == "Extract"]
    asked = [str(vector["each"]) for entry in entries for vector in entry.vectors]
    return frozenset(text.removeprefix("EXTRACT(").split()[0] for text in asked)
