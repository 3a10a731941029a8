"""Compiled checks on filings: exact findings, evidence, and what cannot be evaluated."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics.checks import run_checks
from analytics.fused import BITS_PER_MASK, FusedScan, fuse
from analytics.sandbox import SqlRefused
from tests.unit.analytics.reading import Reader

Row = dict[str, str]


def check(rule_id: str, sql: str, **changes: Any) -> dict[str, Any]:
    """A compiled check on the loan book."""
    made = {
        "rule_id": rule_id,
        "version_sha256": "0" * 64,
        "kind": "record",
        "form": "row",
        "sql": sql,
        "needs": {"loan_book": ["principal_amount"]},
        "currency": None,
        "severity": "major",
        "threshold": "200000.00",
        "measured_column": None,
    }
    return made | changes


def run(tmp_path: Path, rows: list[Row], *checks: dict[str, Any], **tables: list[str]) -> list[dict[str, Any]]:
    """Results of checks on a loan book of these rows."""
    reader = Reader(tmp_path, template="loan_book")
    report = reader.read(reader.csv(*rows))
    assert report["rows_accepted"] == len(rows), report
    (tmp_path / "evidence").mkdir(exist_ok=True)
    found = run_checks(
        tables={"loan_book": [str(tmp_path / "out.parquet")], **tables},
        subject_template="loan_book",
        checks=checks,
        evidence_dir=str(tmp_path / "evidence"),
        fused=fuse("loan_book", checks),
    )
    assert found["engine"].startswith("duckdb ")
    results: list[dict[str, Any]] = found["results"]
    return results


def loans(tmp_path: Path, *changes: Row) -> list[Row]:
    """Sample loans, each with some cells changed."""
    reader = Reader(tmp_path, template="loan_book")
    return [reader.row(loan_id=f"L-{number}", **change) for number, change in enumerate(changes, start=1)]


def test_row_checks_give_counts_rows_measures_and_evidence(tmp_path: Path) -> None:
    rows = loans(
        tmp_path,
        {"principal_amount": "100000.00"},
        {"principal_amount": "250000.00"},
        {"principal_amount": "300000.00", "term_months": "0"},
    )
    limit = check("limit", "principal_amount <= 200000", measured_column="principal_amount")
    term = check("term", "term_months > 0", needs={"loan_book": ["term_months"]})
    passing = check("sound", "outstanding_principal <= 1000000")
    results = run(tmp_path, rows, limit, term, passing)
    assert [(found["rule_id"], found["outcome"], found["count"]) for found in results] == [
        ("limit", "failed", 2),
        ("term", "failed", 1),
        ("sound", "passed", 0),
    ]
    assert results[0]["row_numbers"] == [2, 3]
    assert (results[0]["measured"], results[0]["threshold"]) == ("300000.00", "200000.00")
    evidence = Path(results[0]["evidence_path"])
    assert results[0]["evidence_sha256"] == hashlib.sha256(evidence.read_bytes()).hexdigest()
    kept = pq.read_table(evidence).to_pylist()
    assert [(row["row_number"], str(row["principal_amount"])) for row in kept] == [(2, "250000.00"), (3, "300000.00")]
    assert results[2]["evidence_path"] is None


def test_all_failing_rows_are_counted_and_kept_but_twenty_are_shown(tmp_path: Path) -> None:
    rows = loans(tmp_path, *[{"principal_amount": "300000.00"}] * 45)
    found = run(tmp_path, rows, check("limit", "principal_amount <= 200000"))[0]
    assert (found["count"], found["row_numbers"]) == (45, list(range(1, 21)))
    assert pq.read_metadata(found["evidence_path"]).num_rows == 45


def test_null_does_not_fail_unless_the_rule_says_so(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"overdue_days": ""}, {"overdue_days": "5"})
    needs = {"loan_book": ["overdue_days"]}
    lenient = check("lenient", "overdue_days < 3", needs=needs)
    strict = check("strict", "overdue_days < 3", needs=needs, null_fails=True)
    results = run(tmp_path, rows, lenient, strict)
    assert [(found["rule_id"], found["row_numbers"]) for found in results] == [("lenient", [2]), ("strict", [1, 2])]


def test_more_checks_than_bits_use_a_second_mask(tmp_path: Path) -> None:
    checks = [check(f"r{n}", f"principal_amount <> {n}") for n in range(BITS_PER_MASK + 5)]
    rows = loans(tmp_path, {"principal_amount": "0.00"}, {"principal_amount": f"{BITS_PER_MASK + 4}.00"})
    failed = [found for found in run(tmp_path, rows, *checks) if found["outcome"] == "failed"]
    assert [(found["rule_id"], found["row_numbers"]) for found in failed] == [
        ("r0", [1]),
        (f"r{BITS_PER_MASK + 4}", [2]),
    ]


def test_a_rule_in_yuan_is_not_evaluable_on_a_book_in_dollars(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"currency": "USD", "principal_amount": "999999.00"})
    found = run(tmp_path, rows, check("limit", "principal_amount <= 200000", currency="CNY"))[0]
    assert found["outcome"] == "not_evaluable"
    assert found["reason"]["code"] == "currency_differs"
    assert "CNY" in found["reason"]["zh"]
    assert "USD" in found["reason"]["en"]


def test_a_rule_in_yuan_judges_only_the_rows_in_yuan(tmp_path: Path) -> None:
    rows = loans(
        tmp_path,
        {"currency": "USD", "principal_amount": "999999.00"},
        {"currency": "CNY", "principal_amount": "999999.00"},
    )
    total = check(
        "total",
        "SELECT 'book' AS subject, SUM(principal_amount) AS measured, 5 AS threshold FROM loan_book",
        form="sql",
        currency="CNY",
    )
    whole = total | {"rule_id": "whole", "currency": None}
    row = check("limit", "principal_amount <= 200000", currency="CNY")
    results = run(tmp_path, rows, row, total, whole)
    assert results[0]["row_numbers"] == [2]
    assert results[1]["measured"] == "999999.00"
    assert results[2]["measured"] == "1999998.00"


@pytest.mark.parametrize(
    ("needs", "code"),
    [
        ({"loan_book": ["borrower_token"]}, "columns_missing"),
        ({"loan_book": ["all_in_annual_rate_percent"]}, "columns_missing"),
        ({"fund_ledger": ["amount"]}, "table_missing"),
        ({"loan_book": ["principal_amount"], "loan_book_market": ["loan_id"]}, "table_missing"),
    ],
)
def test_what_was_not_filed_is_not_evaluable_and_never_passed(
    tmp_path: Path, needs: dict[str, list[str]], code: str
) -> None:
    rows = loans(tmp_path, {"borrower_token": "", "all_in_annual_rate_percent": ""})
    for form, sql in (("row", "principal_amount > 0"), ("sql", "SELECT loan_id AS subject FROM loan_book")):
        found = run(tmp_path, rows, check("r", sql, form=form, needs=needs))[0]
        assert (found["outcome"], found["reason"]["code"], found["count"]) == ("not_evaluable", code, 0)


def test_an_unevaluable_check_leaves_no_evidence_beside_others(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"currency": "USD"})
    in_yuan = check("yuan", "principal_amount < 0", currency="CNY")
    any_currency = check("any", "principal_amount < 0")
    results = run(tmp_path, rows, in_yuan, any_currency)
    assert [found["outcome"] for found in results] == ["not_evaluable", "failed"]
    assert len(list((tmp_path / "evidence").iterdir())) == 1


def test_an_sql_check_gives_one_result_for_each_subject(tmp_path: Path) -> None:
    tokens = ["bt-one", "bt-two", "bt-two", "bt-three", "bt-three"]
    rows = loans(tmp_path, *({"borrower_token": token, "outstanding_principal": "150000.00"} for token in tokens))
    sql = (
        "SELECT borrower_token AS subject, SUM(outstanding_principal) AS measured, 200000 AS threshold,"
        " COUNT(*) AS count, ARRAY_AGG(row_number ORDER BY row_number) AS row_numbers"
        " FROM loan_book GROUP BY borrower_token HAVING SUM(outstanding_principal) > 200000 ORDER BY subject"
    )
    results = run(tmp_path, rows, check("limit", sql, form="sql"))
    assert [(r["subject"], r["measured"], r["threshold"], r["row_numbers"], r["count"]) for r in results] == [
        ("bt-three", "300000.00", "200000", [4, 5], 2),
        ("bt-two", "300000.00", "200000", [2, 3], 2),
    ]
    assert {found["subjects_in_all"] for found in results} == {2}
    assert pq.read_metadata(results[0]["evidence_path"]).num_rows == 2


def test_a_query_the_engine_refuses_is_not_evaluable_and_stops_nobody(tmp_path: Path) -> None:
    broken = check("broken", "SELECT CAST(loan_id AS BIGINT) AS subject FROM loan_book", form="sql")
    results = run(tmp_path, loans(tmp_path, {}), broken, check("fine", "principal_amount > 0"))
    assert [(found["rule_id"], found["outcome"]) for found in results] == [
        ("broken", "not_evaluable"),
        ("fine", "passed"),
    ]
    assert results[0]["reason"]["code"] == "engine_refused"


def test_a_market_table_tells_whose_row_it_is(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"borrower_token": "bt-one"})
    paths = []
    for name in ("platform-a", "platform-b"):
        folder = tmp_path / "market" / name
        folder.mkdir(parents=True)
        reader = Reader(folder, template="loan_book")
        reader.read(reader.csv(*rows))
        paths.append(str(folder / "out.parquet"))
    sql = (
        "SELECT borrower_token AS subject, COUNT(DISTINCT platform_key) AS measured, 1 AS threshold"
        " FROM loan_book_market GROUP BY borrower_token HAVING COUNT(DISTINCT platform_key) > 1"
    )
    cross = check("cross", sql, form="sql", needs={"loan_book_market": ["borrower_token", "platform_key"]})
    found = run(tmp_path, rows, cross, loan_book_market=paths)[0]
    assert (found["subject"], found["measured"]) == ("bt-one", "2")


def test_a_condition_that_is_not_allowed_is_never_fused() -> None:
    with pytest.raises(SqlRefused, match="Anonymous"):
        fuse("loan_book", [check("evil", "getenv('HOME') = 'x'")])


def test_the_scan_survives_json() -> None:
    scan = fuse("loan_book", [check("limit", "principal_amount <= 200000", measured_column="outstanding_principal")])
    assert scan is not None
    assert FusedScan.from_json(scan.as_json()) == scan
    assert scan.columns == ("row_number", "principal_amount", "outstanding_principal")
    assert fuse("loan_book", []) is None


@pytest.mark.parametrize(("amount", "failing"), [("9999999999999999.99", [2]), ("300000.00", [])])
def test_a_whole_multiple_is_exact_where_it_fits_18_digits_and_where_not(
    tmp_path: Path, amount: str, failing: list[int]
) -> None:
    rows = loans(tmp_path, {"principal_amount": "1.00"}, {"principal_amount": amount})
    found = run(tmp_path, rows, check("multiple", "principal_amount * 20 <= 100000000000000000.00"))[0]
    assert (found["outcome"], found["row_numbers"]) == ("failed" if failing else "passed", failing)


def test_a_product_of_large_amounts_has_room(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"principal_amount": "9999999999999999.99"}, {"principal_amount": "100.00"})
    large = check("large", "principal_amount * 200000 <= 100000000000000000000.00")
    assert [(r["outcome"], r["count"], r["row_numbers"]) for r in run(tmp_path, rows, large)] == [("failed", 1, [1])]


def test_one_check_that_cannot_run_leaves_the_others_their_verdict(tmp_path: Path) -> None:
    rows = loans(tmp_path, {"principal_amount": "9999999999999999.99"}, {"annual_rate_percent": "40.00"})
    broken = check("broken", "(principal_amount + 9999999999999999.99) * 99999999999999999999999.99 > 0")
    rate = check("rate", "annual_rate_percent <= 36")
    found = {r["rule_id"]: r for r in run(tmp_path, rows, broken, rate)}
    assert (found["rate"]["outcome"], found["rate"]["row_numbers"]) == ("failed", [2])
    assert found["broken"]["outcome"] == "not_evaluable"
    assert found["broken"]["reason"]["code"] == "engine_refused"
    assert found["broken"]["evidence_path"] is None
