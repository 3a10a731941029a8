"""Checks asked of suspect groups only give what the same checks give on all rows; patterns as GLOB match alike."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics import sketch, suspects
from analytics.checks import run_checks
from analytics.contracts import template
from analytics.fused import FusedScan, fuse
from analytics.groups import group_rule
from analytics.ingest.columns import lake_schema
from analytics.patterns import as_glob

LIMIT = (
    "SELECT borrower_token AS subject, SUM(outstanding_principal) AS measured, 200.00 AS threshold,"
    " ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers FROM loan_book"
    " WHERE borrower_kind = 'natural' AND borrower_token IS NOT NULL"
    " GROUP BY borrower_token HAVING SUM(outstanding_principal) > 200.00 ORDER BY borrower_token"
)
REPEATED = (
    "SELECT loan_id AS subject, COUNT(*) AS measured, ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers"
    " FROM loan_book GROUP BY loan_id HAVING COUNT(*) > 1 ORDER BY loan_id"
)
MARKET = (
    "WITH own AS (SELECT borrower_token, ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers FROM loan_book"
    " WHERE borrower_kind = 'natural' AND outstanding_principal > 0 GROUP BY borrower_token),"
    " market AS (SELECT borrower_token, SUM(outstanding_principal) AS total, COUNT(DISTINCT platform_key) AS platforms"
    " FROM loan_book_market WHERE borrower_kind = 'natural' AND outstanding_principal > 0 GROUP BY borrower_token)"
    " SELECT own.borrower_token AS subject, market.total AS measured, own.row_numbers AS row_numbers"
    " FROM own JOIN market ON own.borrower_token = market.borrower_token"
    " WHERE market.platforms > 1 AND 150.00 < market.total ORDER BY own.borrower_token"
)
LARGEST = (
    "WITH borrower AS (SELECT currency, borrower_token, SUM(outstanding_principal) AS balance FROM loan_book"
    " GROUP BY currency, borrower_token),"
    " largest AS (SELECT currency, balance FROM borrower ORDER BY balance DESC LIMIT 3),"
    " whole AS (SELECT currency, SUM(outstanding_principal) AS balance FROM loan_book GROUP BY currency),"
    " top AS (SELECT currency, SUM(balance) AS balance FROM largest GROUP BY currency)"
    " SELECT top.currency AS subject, top.balance AS measured, whole.balance AS threshold FROM top"
    " JOIN whole ON top.currency = whole.currency ORDER BY top.currency"
)
TWICE = (
    "SELECT borrower_token AS subject, COUNT(*) AS measured, ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers"
    " FROM loan_book WHERE borrower_token IS NOT NULL GROUP BY borrower_token, currency, outstanding_principal"
    " HAVING COUNT(*) > 1 ORDER BY borrower_token, row_numbers"
)
DOUBLE = (
    "WITH own AS (SELECT borrower_token, outstanding_principal,"
    " ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers FROM loan_book"
    " GROUP BY borrower_token, outstanding_principal),"
    " market AS (SELECT borrower_token, outstanding_principal, COUNT(DISTINCT platform_key) AS platforms"
    " FROM loan_book_market GROUP BY borrower_token, outstanding_principal)"
    " SELECT own.borrower_token AS subject, market.platforms AS measured, own.row_numbers AS row_numbers"
    " FROM own JOIN market ON own.borrower_token = market.borrower_token"
    " AND own.outstanding_principal = market.outstanding_principal"
    " WHERE market.platforms > 1 ORDER BY own.borrower_token, own.row_numbers"
)
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)  # shrinking would open the engine thousands of times
QUERIES = {"limit": LIMIT, "repeated": REPEATED, "market": MARKET, "largest": LARGEST, "twice": TWICE, "double": DOUBLE}
CHECKS = [
    {"rule_id": name, "form": "sql", "sql": sql, "needs": {"loan_book": ["loan_id"]}, "currency": None}
    for name, sql in QUERIES.items()
]
Loan = tuple[int, int, bool, int, str]
LOANS = st.lists(
    st.tuples(
        st.integers(0, 30), st.integers(0, 8), st.booleans(), st.sampled_from([0, 1, 50, 99, 100, 150, 201]),
        st.sampled_from(["CNY", "CNY", "USD"]),
    ),
    min_size=1, max_size=60,
)  # fmt: skip


def filed(path: Path, loans: list[Loan]) -> str:
    """A Parquet file as the reader writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "row_number": number, "loan_id": f"L-{loan}", "borrower_token": f"bt-{borrower}" if borrower else None,
            "borrower_kind": "natural" if natural else "legal", "currency": currency,
            "outstanding_principal": Decimal(amount),
        }
        for number, (loan, borrower, natural, amount, currency) in enumerate(loans, start=1)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows, lake_schema(template("loan_book").columns)), str(path))
    return str(path)


def checks_in(currency: str | None) -> list[dict[str, Any]]:
    """The four checks as rules of one currency, or of any."""
    return [{**check, "currency": currency} for check in CHECKS]


def answers(folder: Path, own: list[Loan], other: list[Loan], *, currency: str | None, fused: FusedScan | None) -> Any:
    """Results of all the checks."""
    mine = filed(folder / "p-own" / "a.parquet", own)
    tables = {"loan_book": [mine], "loan_book_market": [mine, filed(folder / "p-other" / "b.parquet", other)]}
    checks = checks_in(currency)
    found = run_checks(tables=tables, subject_template="loan_book", checks=checks, evidence_dir=None, fused=fused)
    return found["results"]


@settings(max_examples=12, deadline=None, phases=PHASES, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own=LOANS, other=LOANS, currency=st.sampled_from([None, "CNY"]))
def test_suspects_first_or_all_groups_give_the_same_findings(
    tmp_path: Path, own: list[Loan], other: list[Loan], currency: str | None
) -> None:
    usual = suspects.FROM_ROWS, sketch.MOST_SUSPECTS, sketch.PIECE
    try:
        suspects.FROM_ROWS, sketch.MOST_SUSPECTS, sketch.PIECE = 1, 10.0, 3
        near = answers(tmp_path, own, other, currency=currency, fused=fuse("loan_book", checks_in(currency)))
    finally:
        suspects.FROM_ROWS, sketch.MOST_SUSPECTS, sketch.PIECE = usual
    assert near == answers(tmp_path, own, other, currency=currency, fused=None)


def test_a_large_filing_takes_the_short_way_and_a_negative_amount_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects, "FROM_ROWS", 3)
    ready: list[set[str]] = []
    prepare = suspects.suspects_prepare
    monkeypatch.setattr("analytics.checks.suspects_prepare", lambda *args: ready.append(prepare(*args)) or ready[-1])
    scan = fuse("loan_book", CHECKS)
    own: list[Loan] = [(n, n + 1, True, n, "CNY") for n in range(100)] + [(7, 200, True, 5, "CNY")]
    found = answers(tmp_path, own, own[:2], currency=None, fused=scan)
    assert ready[-1] == set(QUERIES)
    repeated = [(entry["subject"], entry["measured"]) for entry in found if entry["rule_id"] == "repeated"]
    assert repeated == [("L-7", "2")]
    answers(tmp_path, [*own, (200, 3, True, -1, "CNY")], own[:2], currency=None, fused=scan)
    assert ready[-1] == {"repeated", "twice", "double"}  # a count needs no sign


@pytest.mark.parametrize(
    ("name", "table", "least", "largest"),
    [("limit", "loan_book", 200, 0), ("repeated", "loan_book", 2, 0), ("market", "loan_book_market", 150, 0),
     ("largest", "loan_book", 0, 3)],
)  # fmt: skip
def test_the_plan_of_a_check(name: str, table: str, least: float, largest: int) -> None:
    rule = group_rule(name, QUERIES[name])
    assert rule is not None
    assert (rule.table, rule.least, rule.largest) == (table, least, largest)
    assert FusedScan.from_json(FusedScan("", (), {}, (rule,)).as_json()).groups == (rule,)


@pytest.mark.parametrize(
    ("sql", "keys"),
    [
        (LIMIT, ("borrower_token",)),
        (LARGEST, ("borrower_token",)),
        (TWICE, ("borrower_token", "currency", "outstanding_principal")),
        (DOUBLE, ("borrower_token", "outstanding_principal")),
        (DOUBLE.replace(" AND own.outstanding_principal = market.outstanding_principal", ""), ("borrower_token",)),
    ],
)
def test_a_check_hashes_every_key_that_tells_its_groups_apart(sql: str, keys: tuple[str, ...]) -> None:
    rule = group_rule("r", sql)
    assert rule is not None
    assert sorted(rule.keys) == sorted(keys)


@pytest.mark.parametrize(
    "sql",
    [
        LIMIT.replace("> 200.00", "< 200.00"),
        LIMIT + " LIMIT 3",
        LIMIT.replace("borrower_token", "currency"),
        LIMIT.replace("> 200.00", "> 200.00 OR COUNT(*) > 3"),
        LARGEST.replace("GROUP BY currency, borrower_token)", "GROUP BY currency, borrower_token HAVING COUNT(*) > 1)"),
        MARKET.replace("JOIN market", "LEFT JOIN market"),
        MARKET.replace("own.borrower_token = market.borrower_token", "own.borrower_token = market.platforms"),
    ],
)
def test_a_check_that_needs_every_group_is_asked_of_every_group(sql: str) -> None:
    assert group_rule("r", sql) is None


@pytest.mark.parametrize(
    ("pattern", "glob"),
    [("L-[0-9]{3}", "L-[0-9][0-9][0-9]"), (r"\d{2}\.[a-z]", "[0-9][0-9].[a-z]"), ("[A-Za-z0-9]x", "[A-Za-z0-9]x")],
)
def test_a_pattern_of_fixed_length_is_a_glob(pattern: str, glob: str) -> None:
    assert as_glob(pattern) == glob


@pytest.mark.parametrize(
    "pattern", ["a+", "a|b", "[^a]", "(a)", "a.b", "[0-9]{2,3}", "[0-9]{2}{2}", "", "[a-]", "[Z-a]", "*"]
)
def test_other_patterns_stay_patterns(pattern: str) -> None:
    assert as_glob(pattern) is None


@settings(max_examples=200, deadline=None)
@given(
    pattern=st.sampled_from(["L-[0-9]{3}", r"\d\d", "[A-Z]{2}[a-z0-9]", "a[.]b", r"x\-y", "[a-c]{4}"]),
    text=st.one_of(st.text("L-0123456789abcxyzABC.", max_size=6), st.text(max_size=5)),
)
def test_a_glob_matches_what_its_pattern_matches(pattern: str, text: str) -> None:
    glob = as_glob(pattern)
    if glob is None or "\x00" in text:
        return
    matches = re.fullmatch(pattern, text, re.ASCII) is not None
    assert duckdb.execute("SELECT $1 GLOB $2", [text, glob]).fetchall() == [(matches,)]
