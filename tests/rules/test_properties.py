"""Properties that hold for any loan book: a looser limit finds no more; parts add up to the whole.

The books are generated; the checks are those of the shipped pack, run by the engine that checks filings.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.checks import run_checks
from analytics.contracts import template
from analytics.fused import fuse
from rulebook.compiler import CompiledCheck, NotCompilable, ParametersOn, compile_rule, with_value
from rulebook.compiler.canonical import Bound, shape_of
from rulebook.compiler.examples import ARROW_TYPES, write_tables
from rulebook.entries import Example, Rule
from tests.factories.rulebook import cn_pack
from tests.thorough import cases

ON = date(2017, 6, 30)
PACK = cn_pack()
CALENDAR = PACK.calendars[PACK.info.calendar] if PACK.info else None
SLOW = settings(max_examples=cases(5, 25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
Result = dict[str, Any]

amounts = st.integers(0, 40_000_000).map(lambda fen: Decimal(fen) / 100)
loans = st.fixed_dictionaries({
    "borrower_token": st.sampled_from(["bt-a", "bt-b", "bt-c", None]),
    "borrower_kind": st.sampled_from(["natural", "legal"]),
    "outstanding_principal": amounts,
    "annual_rate_percent": st.integers(0, 600_000).map(lambda number: Decimal(number) / 10_000),
})  # fmt: skip
books = st.lists(loans, min_size=1, max_size=14)
limits = st.integers(0, 90_000_000).map(lambda fen: f"{Decimal(fen) / 100:.2f}")


def check_of(rule_id: str, value: str, on: date = ON, name: str = "") -> CompiledCheck:
    """A rule of the pack with its one limit set to a value, under a name of its own."""
    rule = PACK.rule(rule_id)
    key = next(iter(rule.parameters.values()))
    changed = {**PACK.parameters, key: with_value(PACK.parameters[key], value, on)}
    return {**compile_rule(rule, ParametersOn(on, changed), CALENDAR), "rule_id": name or rule_id}


def arrow(rows: Sequence[Mapping[str, Any]], first_number: int) -> pa.Table:
    """Rows as the lake holds them; columns that are not generated are empty."""
    columns: dict[str, Any] = {"row_number": pa.array(range(first_number, first_number + len(rows)), pa.int64())}
    for column in template("loan_book").columns:
        decimals = column.stored_as.startswith("DECIMAL")
        kind = pa.decimal128(*column.digits) if decimals else ARROW_TYPES[column.stored_as]
        cells = [row.get(column.name, "CNY" if column.name == "currency" else None) for row in rows]
        columns[column.name] = pa.array(cells, kind)
    return pa.table(columns)


@contextmanager
def filed(parts: Sequence[Sequence[Mapping[str, Any]]]) -> Iterator[tuple[Path, list[str]]]:
    """The parts of one book as files, rows numbered through."""
    with tempfile.TemporaryDirectory(prefix="lianxi-property-") as folder:
        paths, number = [], 1
        for at, part in enumerate(parts):
            path = Path(folder) / f"part{at}.parquet"
            pq.write_table(arrow(part, number), path)
            paths.append(str(path))
            number += len(part)
        yield Path(folder), paths


def judge(parts: Sequence[Sequence[Mapping[str, Any]]], *checks: CompiledCheck) -> dict[str, list[Result]]:
    """The findings of every check on one book, by the check's name."""
    with filed(parts) as (folder, paths):
        answer = run_checks(
            tables={"loan_book": paths}, subject_template="loan_book", checks=list(checks), evidence_dir=str(folder),
            fused=fuse("loan_book", list(checks)),
        )
    found: dict[str, list[Result]] = {check["rule_id"]: [] for check in checks}
    for result in answer["results"]:
        if result["outcome"] == "failed":
            found[result["rule_id"]].append(result)
    return found


def rows_of(results: Sequence[Result]) -> set[tuple[str | None, int]]:
    return {(result["subject"], number) for result in results for number in result["row_numbers"]}


@pytest.mark.parametrize("rule_id", ["P2P16-17", "P2P16-19"])
@pytest.mark.thorough
@SLOW
@given(book=books, one=limits, two=limits)
def test_a_higher_limit_never_finds_more_borrowers(rule_id: str, book: list[dict[str, Any]], one: str, two: str):
    low, high = sorted((one, two), key=Decimal)
    found = judge([book], check_of(rule_id, low, name="low"), check_of(rule_id, high, name="high"))
    assert rows_of(found["high"]) <= rows_of(found["low"])
    assert all(Decimal(result["measured"]) > Decimal(high) for result in found["high"])


@pytest.mark.thorough
@SLOW
@given(book=books, one=st.integers(0, 60), two=st.integers(0, 60))
def test_a_higher_ceiling_never_finds_more_loans(book: list[dict[str, Any]], one: int, two: int):
    low, high = sorted((one, two))
    checks = [check_of("SPCL-01-void", str(value), name=name) for name, value in (("low", low), ("high", high))]
    found = judge([book], *checks)
    assert rows_of(found["high"]) <= rows_of(found["low"])
    above = [row for row in book if row["annual_rate_percent"] > low]
    assert sum(result["count"] for result in found["low"]) == len(above)


@pytest.mark.parametrize("rule_id", ["P2P16-17", "P2P16-19"])
@pytest.mark.thorough
@SLOW
@given(book=books, cuts=st.lists(st.integers(0, 14), max_size=3), limit=limits)
def test_a_book_in_parts_gives_the_findings_of_the_whole(
    rule_id: str, book: list[dict[str, Any]], cuts: list[int], limit: str
):
    edges = sorted({0, len(book), *(cut for cut in cuts if cut < len(book))})
    parts = [book[first:last] for first, last in pairwise(edges)]
    whole, split = (judge(form, check_of(rule_id, limit))[rule_id] for form in ([book], parts))
    names = ("subject", "measured", "threshold", "count", "row_numbers")
    assert [[one[name] for name in names] for one in split] == [[one[name] for name in names] for one in whole]


@pytest.mark.thorough
@SLOW
@given(book=books, cut=st.integers(0, 14))
def test_what_a_borrower_owes_is_the_sum_over_the_parts(book: list[dict[str, Any]], cut: int):
    check = check_of("P2P16-17", "0")
    whole, first, second = (judge([part], check)["P2P16-17"] for part in (book, book[:cut], book[cut:]))

    def owed(results: Sequence[Result]) -> dict[str, Decimal]:
        return {str(result["subject"]): Decimal(result["measured"]) for result in results}

    parts = [owed(first), owed(second)]
    sums = {name: sum((part.get(name, Decimal(0)) for part in parts), Decimal(0)) for part in parts for name in part}
    assert owed(whole) == sums


def steerable() -> list[tuple[Rule, Bound]]:
    """Every rule of the pack with a dated limit whose direction the syntax tree proves."""
    found = []
    for rule in PACK.rules:
        shape = shape_of(rule)
        bounds = shape.bounds if shape else ()
        found += [(rule, bound) for bound in bounds if bound.parameter and bound.tighter]
    return found


STEERABLE = steerable()


@pytest.mark.parametrize(("rule", "bound"), STEERABLE, ids=[f"{made.id} {one.parameter}" for made, one in STEERABLE])
def test_loosening_a_limit_adds_no_finding_to_the_rules_own_examples(rule: Rule, bound: Bound):
    """What the tree says of a limit's direction is what the engine does."""
    for example in rule.examples:
        strict, loose = counts(rule, bound, example)
        assert loose <= strict, example.name["en"]


def ordered(bound: Bound) -> tuple[Decimal, Decimal]:
    """Factors that make a limit stricter, then looser."""
    half, double = Decimal("0.5"), Decimal(2)
    return (half, double) if bound.tighter == "down" else (double, half)


@cache
def steered(rule_id: str, key: str, factor: Decimal, on: date) -> CompiledCheck | None:
    """The check on a day with one limit multiplied, under a name that says so; None where the limit has no value."""
    entry, rule = PACK.parameters[key], PACK.rule(rule_id)
    value = entry.value_on(on)
    if value is None:
        return None
    places = {"amount": 2, "percent": 4, "decimal": 4, "integer": 0}[entry.value_type]
    moved = with_value(entry, f"{Decimal(value.value) * factor:.{places}f}", on)
    parameters = ParametersOn(on, {**PACK.parameters, key: moved}, with_unconfirmed=True)
    try:
        return {**compile_rule(rule, parameters, CALENDAR), "rule_id": f"{rule_id} x {factor}"}
    except NotCompilable:
        return None


def counts(rule: Rule, bound: Bound, example: Example) -> list[int]:
    """Rows found in an example under the stricter and under the looser limit; none where there is no limit."""
    checks = [steered(rule.id, str(bound.parameter), factor, example.on) for factor in ordered(bound)]
    made = [check for check in checks if check is not None]
    if not made:
        return [0, 0]
    with tempfile.TemporaryDirectory(prefix="lianxi-property-") as folder:
        answer = run_checks(
            tables=write_tables(Path(folder), example), subject_template=rule.template or "", checks=made,
            evidence_dir=folder, fused=fuse(rule.template or "", made),
        )
    failed = [result for result in answer["results"] if result["outcome"] == "failed"]
    return [
        sum(result["count"] for result in failed if check is not None and result["rule_id"] == check["rule_id"])
        for check in checks
    ]


def test_some_examples_find_less_under_the_looser_limit():
    """The comparison above is of findings, not of silence."""
    found = [counts(rule, bound, example) for rule, bound in STEERABLE[:20] for example in rule.examples]
    assert sum(strict > loose for strict, loose in found) >= 10


def test_the_direction_is_proved_for_most_dated_limits():
    dated = [bound for rule in PACK.rules for shape in [shape_of(rule)] if shape for bound in shape.bounds
             if bound.parameter]  # fmt: skip
    assert len(STEERABLE) >= 0.8 * len(dated)
    assert len(STEERABLE) >= 15
