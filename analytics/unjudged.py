"""Rows a check could not judge: counted on the filing, named with column or day, and never called passed.

What is counted is written once per rule (`analytics.unknown`). Nothing is counted, so nothing is paid, when no column
a rule needs has a blank and no dated value can be missing; the footers of the filing tell.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from analytics.contracts import FILED
from analytics.unknown import Unknown

Aggregates = Callable[[Sequence[str]], Sequence[Any]]


@cache
def _reasons() -> dict[str, dict[str, str]]:
    text = (Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, str]] = yaml.safe_load(text)
    return found


def reason(code: str, **values: object) -> dict[str, str]:
    """Why something was not judged, in both languages, with its code. A value may be a text of both languages."""
    found = {"code": code}
    for language, text in _reasons()[code].items():
        own = {name: value[language] if isinstance(value, Mapping) else value for name, value in values.items()}
        found[language] = text.format(**own)
    return found


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Rows a check could not judge, out of how many it was asked about, and why."""

    rows: int
    asked: int
    reason: dict[str, str]


def columns_absent(paths: Iterable[str], names: Iterable[str]) -> list[str]:
    """Which of these columns some file does not have at all."""
    held = [set(pq.read_schema(str(path)).names) for path in paths]
    return sorted(name for name in names if any(name not in columns for columns in held))


def columns_with_blanks(paths: Iterable[str], names: Iterable[str]) -> frozenset[str]:
    """Which of these columns have a blank cell in some file, or may have one where the footer does not tell."""
    wanted = frozenset(names)
    found: set[str] = set()
    for path in paths:
        metadata = pq.read_metadata(str(path))
        told = json.loads((metadata.metadata or {}).get(FILED.encode(), b"{}"))
        if "blank" in told:
            found |= wanted & {*told["blank"]}
            continue
        held = {name: place for place, name in enumerate(metadata.schema.names) if name in wanted}
        found |= wanted - set(held)
        for group in range(metadata.num_row_groups):
            part = metadata.row_group(group)
            found |= {name for name, place in held.items() if name not in found and _has_blanks(part.column(place))}
    return frozenset(found)


def _has_blanks(column: Any) -> bool:
    statistics = column.statistics
    return statistics is None or statistics.null_count is None or bool(statistics.null_count)


def unjudged_rows(
    unknowns: Sequence[Unknown], paths: Sequence[str], rows: int, ask: Aggregates, errors: tuple[type[Exception], ...]
) -> dict[str, Unjudged]:
    """Rule id -> the rows it could not judge; rules that judged every row are left out.

    `ask` gives the values of aggregates over the filing; a rule whose aggregates raise one of `errors` judged nothing.
    """
    possible = [one for one in unknowns if one.count]
    needed = {name for one in possible for name, _ in one.blanks}
    blank = columns_with_blanks(paths, needed) if needed else frozenset()
    open_ones = [one for one in possible if one.can_lack or any(name in blank for name, _ in one.blanks)]
    counts = _counts(open_ones, ask, errors)
    return {one.rule_id: _told(one, counts[one.rule_id], rows, ask) for one in open_ones if counts[one.rule_id]}


def _counts(
    unknowns: Sequence[Unknown], ask: Aggregates, errors: tuple[type[Exception], ...]
) -> dict[str, int | Exception]:
    """All in one scan; when it cannot run, each alone, so that only the one at fault is not evaluable."""
    if not unknowns:
        return {}
    try:
        return {one.rule_id: int(n) for one, n in zip(unknowns, ask([one.count for one in unknowns]), strict=True)}
    except errors as error:
        if len(unknowns) == 1:
            return {unknowns[0].rule_id: error}
    return {rule_id: n for one in unknowns for rule_id, n in _counts([one], ask, errors).items()}


def _told(one: Unknown, count: int | Exception, rows: int, ask: Aggregates) -> Unjudged:
    if isinstance(count, Exception):
        detail = (str(count).splitlines() or [""])[0][:300]
        return Unjudged(rows, rows, reason("engine_refused", detail=detail))
    details = (*one.blanks, *one.days)
    first, *found = ask([one.first, *(text for _, text in details), *filter(None, [one.of_currency])])
    causes = [reason("blank", column=name, count=n) for (name, _), n in zip(one.blanks, found, strict=False) if n]
    days = {name: day for (name, _), day in zip(details, found, strict=False) if isinstance(day, date)}
    causes += [reason("unpublished", column=name, day=day) for name, day in days.items()]
    of = int(found[-1]) if one.of_currency else rows
    why = {language: sign.join(c[language] for c in causes) for language, sign in (("zh", "；"), ("en", "; "))}
    known = why if causes else reason("unknown")
    return Unjudged(count, of, reason("rows_unjudged", count=count, rows=of, why=known, first=first))


def with_unjudged(result: dict[str, Any], found: Unjudged | None) -> dict[str, Any]:
    """A result that says how many rows it is not about; "passed" on no row at all is not evaluable."""
    if found is None or result["outcome"] == "not_evaluable":
        return result
    told = {**result, "unjudged": found.rows, "reason": found.reason}
    nothing_judged = result["outcome"] == "passed" and found.rows >= found.asked
    return {**told, "outcome": "not_evaluable"} if nothing_judged else told
