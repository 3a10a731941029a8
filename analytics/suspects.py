"""Finds the rows of groups that could fail (see `analytics.groups`), so that the exact check reads only these.

One scan per set of files adds up each measure in buckets by the key's hash. A bucket that reaches a check's number is
suspect; the rows of suspect buckets become a small table, and the check's own SQL runs on it. The answer is the same as
on all rows. Where the ground is missing (few rows, a negative amount, too many suspects) the checks run as written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from analytics import engine
from analytics.groups import MARKET, NEAR, GroupRule

FROM_ROWS = 50_000  # below it the exact check is done sooner
MOST_SUSPECTS = 0.25
SLACK = 1 - 1e-9  # sums of doubles may fall short of the exact decimal sum by far less than this
TOGETHER_UP_TO = 3_000_000  # rows; above it one key is held in memory at a time
_WHOLE = "_whole"
Tables = Mapping[str, Sequence[str]]


@dataclass(slots=True)
class _Files:
    """Files that the same tables hold, and the hits found in them."""

    paths: list[str]
    tables: frozenset[str]
    hits: list[Any] = field(default_factory=list)


def suspects_prepare(connection: Any, rules: Sequence[GroupRule], tables: Tables, rows: Mapping[str, int]) -> set[str]:
    """Ids of the checks whose `exact` text can now run on the connection; all others must run as written."""
    ready: set[str] = set()
    for family, members in groupby(sorted(rules, key=lambda rule: rule.family), key=lambda rule: rule.family):
        usable = [rule for rule in members if rule.table in tables]
        largest = max((rows.get(rule.table, 0) for rule in usable), default=0)
        if largest < FROM_ROWS:
            continue
        try:
            ready |= _family(connection, family, usable, tables, largest)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error:  # say, a file without a column: the check itself will say so
            continue
    return ready


def _family(connection: Any, family: str, rules: Sequence[GroupRule], tables: Tables, rows: int) -> set[str]:
    classes = _classes(family, tables)
    by_column: dict[str, list[GroupRule]] = {}
    for rule in rules:
        by_column.setdefault(rule.column, []).append(rule)
    mask = np.uint64((1 << (rows * 2 // 3).bit_length()) - 1)  # about a bucket for each row
    steps = [by_column] if rows <= TOGETHER_UP_TO else [{column: found} for column, found in by_column.items()]
    ready = {rule_id for step in steps for rule_id in _hits(connection, classes, step, mask)}
    columns = sorted({"currency", *(name for rule in rules if rule.rule_id in ready for name in rule.columns)})
    _near(connection, family, classes, columns)
    return ready


def suspects_narrow(connection: Any, table: str, currency: str | None) -> None:
    """Makes the suspects' rows of a table show one currency only, or all of them again."""
    rows = connection.view(table + NEAR + _WHOLE)
    if currency:
        rows = rows.filter(duckdb.ColumnExpression("currency") == duckdb.ConstantExpression(currency))
    rows.create_view(table + NEAR, replace=True)


def _classes(family: str, tables: Tables) -> list[_Files]:
    """The files of a family by the tables that hold them: the own filing is also part of the market."""
    held: dict[str, set[str]] = {}
    for name in (family, family + MARKET):
        for path in tables.get(name, ()):
            held.setdefault(str(path), set()).add(name)
    found: dict[frozenset[str], list[str]] = {}
    for path, names in held.items():
        found.setdefault(frozenset(names), []).append(path)
    return [_Files(paths, names) for names, paths in found.items()]


def _hits(
    connection: Any, classes: Sequence[_Files], by_column: Mapping[str, Sequence[GroupRule]], mask: Any
) -> Iterator[str]:
    """Marks the rows of suspect buckets in each class of files; gives the ids of the checks that may ask only these."""
    measures = {
        column: list(dict.fromkeys(rule.measure for rule in rules if rule.measure))
        for column, rules in by_column.items()
    }
    scans = [_scan(connection, entry, measures) for entry in classes]
    for column, rules in by_column.items():
        found = _Sketch(classes, [scan.pop(f"hash_{column}") for scan in scans], mask)
        yield from found.repeated([rule for rule in rules if not rule.measure])
        found.bucketed()
        for place, measure in enumerate(measures[column]):
            amounts = [scan.pop(f"amount_{column}_{place}") for scan in scans]
            yield from found.reaching([rule for rule in rules if rule.measure == measure], amounts)
            del amounts
        for entry, scan, bucket in zip(classes, scans, found.buckets, strict=True):
            entry.hits.append(scan["row_number"][found.suspect[bucket]])


def _scan(connection: Any, entry: _Files, measures: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    wanted = [duckdb.ColumnExpression("row_number").cast("INTEGER").alias("row_number")]
    for column, texts in measures.items():
        hashed = duckdb.FunctionExpression("hash", duckdb.ColumnExpression(column))
        wanted.append(hashed.alias(f"hash_{column}"))
        wanted += [duckdb.SQLExpression(text).alias(f"amount_{column}_{n}") for n, text in enumerate(texts)]
    found: dict[str, Any] = connection.read_parquet(entry.paths).select(*wanted).fetchnumpy()
    return found


class _Sketch:
    """Buckets of one key over all classes of files, and which of them are suspect."""

    def __init__(self, classes: Sequence[_Files], hashes: Sequence[Any], mask: Any) -> None:
        self.classes, self.hashes, self.mask = classes, hashes, mask
        self.buckets: list[Any] = []
        self.suspect = np.zeros(int(mask) + 1, dtype=bool)

    def _of(self, table: str, parts: Sequence[Any]) -> list[Any]:
        return [part for part, entry in zip(parts, self.classes, strict=True) if table in entry.tables]

    def bucketed(self) -> None:
        """Turns the hashes into buckets, in place: ten million of each would be 80 MB more."""
        self.buckets = [np.bitwise_and(part, self.mask, out=part).view(np.int64) for part in self.hashes]

    def reaching(self, rules: Sequence[GroupRule], amounts: Sequence[Any]) -> Iterator[str]:
        """Suspects by amount: buckets whose sum reaches what a rule of this measure asks for."""
        if any(len(amount) and not amount.min() >= 0 for amount in amounts):  # NaN is no ground either
            return
        size = len(self.suspect)
        sums = [np.bincount(b, weights=a, minlength=size) for b, a in zip(self.buckets, amounts, strict=True)]
        for rule in rules:
            number = self._nth(rule, amounts) if rule.largest else rule.least
            if number is None:
                continue
            inside = self._of(rule.table, sums)
            over = (inside[0] if len(inside) == 1 else np.add.reduce(inside)) >= number * SLACK
            if self._few(over):
                self.suspect |= over
                yield rule.rule_id

    def repeated(self, rules: Sequence[GroupRule]) -> Iterator[str]:
        """Suspects by count: whole hashes that occur often enough, since a bucket of its own is rare for a key."""
        for rule in rules:
            parts, times = self._of(rule.table, self.hashes), max(int(np.ceil(rule.least)), 2)
            ordered = np.sort(np.concatenate(parts) if len(parts) > 1 else parts[0])
            late = ordered[times - 1 :]
            over = np.zeros(len(self.suspect), dtype=bool)
            over[(late[late == ordered[: len(late)]] & self.mask).view(np.int64)] = True
            if self._few(over):
                self.suspect |= over
                yield rule.rule_id

    def _few(self, over: Any) -> bool:
        return bool(np.count_nonzero(over) <= MOST_SUSPECTS * len(over))

    def _nth(self, rule: GroupRule, amounts: Sequence[Any]) -> float | None:
        """An amount that the n largest groups all reach: n rows in n buckets are n groups with at least these."""
        amount = np.concatenate(self._of(rule.table, amounts))
        bucket = np.concatenate(self._of(rule.table, self.buckets))
        looked = min(len(amount), 50 * rule.largest)
        if not looked:
            return None
        top = np.argpartition(amount, len(amount) - looked)[len(amount) - looked :]
        seen: dict[int, float] = {}
        for place in top[np.argsort(-amount[top])]:
            seen.setdefault(int(bucket[place]), float(amount[place]))
            if len(seen) == rule.largest:
                return min(seen.values()) or None
        return None


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
