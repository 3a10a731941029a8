"""Finds the rows of groups that could fail (see `analytics.groups`), so that the exact check reads only these.

One scan per set of files takes the key's hash and the measures of every row; rows of one hash are a bucket (see
`analytics.sketch`). A bucket that reaches a check's number is suspect; the rows of suspect buckets become a small
table, and the check's own SQL runs on it. The answer is the same as on all rows. Where the ground is missing (few
rows, a negative amount, too many suspects) the checks run as written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from analytics import engine
from analytics.groups import NEAR, GroupRule
from analytics.sandbox.sources import MARKET
from analytics.sketch import Asked, sketch_asked

FROM_ROWS = 50_000  # below it the exact check is done sooner
TOGETHER_UP_TO = 3_000_000  # rows; above it one key is held in memory at a time
_WHOLE = "_whole"
Tables = Mapping[str, Sequence[str]]
_ByKey = dict[tuple[str, ...], list[GroupRule]]


@dataclass(slots=True)
class _Files:
    """Files that the same tables hold, and the hits found in them."""

    paths: list[str]
    tables: frozenset[str]
    rows: int
    hits: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a table: its rows, and a column of which the reader has proved that no value comes twice."""

    rows: int
    unique: str = ""


def suspects_prepare(
    connection: Any, rules: Sequence[GroupRule], tables: Tables, known: Mapping[str, Known]
) -> set[str]:
    """Ids of the checks whose `exact` text can now run on the connection; all others must run as written."""
    ready: set[str] = set()
    for family, members in groupby(sorted(rules, key=lambda rule: rule.family), key=lambda rule: rule.family):
        usable = [rule for rule in members if rule.table in tables]
        largest = max((known[rule.table].rows for rule in usable), default=0)
        if largest < FROM_ROWS:
            continue
        try:
            classes = _classes(family, tables)
            ready |= _family(connection, family, usable, classes, known)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:  # say, a file without a column: the check itself will say so
            continue
    return ready


def _family(
    connection: Any, family: str, rules: Sequence[GroupRule], classes: Sequence[_Files], known: Mapping[str, Known]
) -> set[str]:
    by_key: _ByKey = {}
    ready = {rule.rule_id for rule in rules if _has_no_group(rule, known)}
    for rule in rules:
        if rule.rule_id not in ready:
            by_key.setdefault(rule.keys, []).append(rule)
    together = max(known[rule.table].rows for rule in rules) <= TOGETHER_UP_TO
    steps = [by_key] if together else [{key: found} for key, found in by_key.items()]
    ready |= {rule_id for step in steps if step for rule_id in _hits(connection, classes, step)}
    columns = sorted({"currency", *(name for rule in rules if rule.rule_id in ready for name in rule.columns)})
    _near(connection, family, classes, columns)
    return ready


def _has_no_group(rule: GroupRule, known: Mapping[str, Known]) -> bool:
    """A check for groups of two rows and more, by a column without a value that comes twice."""
    return not rule.measure and not rule.largest and rule.least > 1 and known[rule.table].unique in rule.keys


def suspects_narrow(connection: Any, table: str, currency: str | None) -> None:
    """Makes the suspects' rows of a table show one currency only, or all of them again."""
    rows = connection.view(table + NEAR + _WHOLE)
    if currency:
        rows = rows.filter(duckdb.ColumnExpression("currency") == duckdb.ConstantExpression(currency))
    rows.create_view(table + NEAR, replace=True)


def _classes(family: str, tables: Tables) -> list[_Files]:
    """The files of a family by the tables that hold them: the own filing is also part of the market.

    Those of the own table alone come first and those of the market alone last, so a table's rows stand side by side.
    """
    holders: dict[str, set[str]] = {}
    for name in (family, family + MARKET):
        for path in tables.get(name, ()):
            holders.setdefault(str(path), set()).add(name)
    found: dict[frozenset[str], list[str]] = {}
    for path, names in holders.items():
        found.setdefault(frozenset(names), []).append(path)
    classes = [_Files(paths, names, sum(map(_rows_of, paths))) for names, paths in found.items()]
    return sorted(classes, key=lambda entry: (family not in entry.tables, len(entry.tables)))


def _rows_of(path: str) -> int:
    return int(pq.read_metadata(path).num_rows)


def _hits(connection: Any, classes: Sequence[_Files], by_key: _ByKey) -> Iterator[str]:
    """Marks the suspects' rows in each class of files; gives the ids of the checks that may ask only these."""
    measures = {
        keys: list(dict.fromkeys(rule.measure for rule in rules if rule.measure)) for keys, rules in by_key.items()
    }
    scanned = _scan(connection, classes, measures)
    for place, (keys, rules) in enumerate(by_key.items()):
        amounts = {measure: scanned.pop(f"amount_{place}_{n}") for n, measure in enumerate(measures[keys])}
        asked = [_asked(rule, amounts, classes) for rule in rules]
        found = sketch_asked(scanned.pop(f"hash_{place}"), [one for one in asked if one is not None])
        yield from found.answered
        first = 0
        for entry in classes:
            own = slice(first, first + entry.rows)
            entry.hits.append(scanned["row_number"][own][found.rows[own]])
            first += entry.rows


def _asked(rule: GroupRule, amounts: Mapping[str, Any], classes: Sequence[_Files]) -> Asked | None:
    """The rule as a question to the sketch; None when an amount below zero takes the ground away."""
    amount, places, first = amounts.get(rule.measure), [], 0
    if amount is not None and len(amount) and not amount.min() >= 0:  # NaN is no ground either
        return None
    for entry in classes:
        places += [first, first + entry.rows] if rule.table in entry.tables else []
        first += entry.rows
    return Asked(rule.rule_id, amount, rule.least, rule.largest, min(places), max(places)) if places else None


def _scan(
    connection: Any, classes: Sequence[_Files], measures: Mapping[tuple[str, ...], Sequence[str]]
) -> dict[str, Any]:
    """Row number, hash of each key and amount of each measure, of all classes one after the other."""
    wanted = {"row_number": duckdb.ColumnExpression("row_number").cast("INTEGER")}
    for place, (keys, texts) in enumerate(measures.items()):
        wanted[f"hash_{place}"] = duckdb.FunctionExpression("hash", *map(duckdb.ColumnExpression, keys))
        wanted |= {f"amount_{place}_{n}": duckdb.SQLExpression(text) for n, text in enumerate(texts)}
    rows = sum(entry.rows for entry in classes)
    kinds = {"row": np.int32, "hash": np.uint64, "amount": np.float64}
    found = {name: np.empty(rows, dtype=kinds[name.split("_")[0]]) for name in wanted}
    selected, first = [text.alias(name) for name, text in wanted.items()], 0
    for entry in classes:
        for batch in connection.read_parquet(entry.paths).select(*selected).to_arrow_reader(65_536):
            for name, values in zip(batch.schema.names, batch.columns, strict=True):
                found[name][first : first + len(batch)] = values.to_numpy()
            first += len(batch)
    return found


def _near(connection: Any, family: str, classes: Sequence[_Files], columns: Sequence[str]) -> None:
    """The suspects' rows as `<table>__near` views, one temporary table per class of files."""
    parts: dict[str, list[Any]] = {}
    for number, entry in enumerate(classes):
        name = f"{family}{NEAR}_{number}"
        hit = np.unique(np.concatenate(entry.hits)) if entry.hits else np.array([], dtype=np.int64)
        connection.from_arrow(pa.table({"row_number": pa.array(hit, pa.int64())})).create(f"{name}_hit")
        rows = connection.read_parquet(entry.paths, filename=True)
        chosen = [duckdb.ColumnExpression(column) for column in ("row_number", *columns, "filename")]
        rows.select(*chosen).join(connection.table(f"{name}_hit"), "row_number", "semi").create(name)
        for table in entry.tables:
            parts.setdefault(table, []).append(connection.table(name))
    for table, found in parts.items():
        rows = found[0]
        for more in found[1:]:
            rows = rows.union(more)
        if table.endswith(MARKET):
            rows = rows.select(duckdb.StarExpression(exclude=["filename"]), engine.platform_key())
        rows.create_view(table + NEAR + _WHOLE)
        suspects_narrow(connection, table, None)
