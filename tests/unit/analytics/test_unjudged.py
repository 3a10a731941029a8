"""Rows a check could not judge: counted with their cause, never passed; absence is judged where a rule asks for it."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from analytics.checks import run_checks
from analytics.sandbox import SqlRefused
from analytics.unjudged import Unjudged, columns_absent, columns_with_blanks, reason, unjudged_rows, with_unjudged
from analytics.unknown import Unknown, unknown_of
from tests.unit.analytics.test_checks import check, loans, run

DATED = "CASE WHEN contract_date < CAST('2020-08-20' AS DATE) THEN 36 ELSE NULL END"
PER_BORROWER = """SELECT borrower_token AS subject, SUM(outstanding_principal) AS measured, 1 AS threshold
FROM loan_book WHERE borrower_kind = 'natural' AND borrower_token IS NOT NULL
GROUP BY borrower_token HAVING SUM(outstanding_principal) > 900000"""


def told(result: dict[str, Any]) -> tuple[str, int, str]:
    """Outcome, rows not judged, and the code of the reason."""
    return result["outcome"], result["unjudged"], (result["reason"] or {}).get("code", "")


def one(tmp_path: Path, sql: str, *rows: dict[str, str], **changes: Any) -> dict[str, Any]:
    """The result of one check on loans with these cells."""
    [result] = run(tmp_path, loans(tmp_path, *rows), check("rule", sql, needs={"loan_book": []}, **changes))
    return result


def test_a_blank_cell_is_counted_and_named(tmp_path: Path) -> None:
    result = one(tmp_path, "overdue_days <= 90", {"overdue_days": "1"}, {"overdue_days": ""}, {"overdue_days": ""})
    assert told(result) == ("passed", 2, "rows_unjudged")
    assert result["reason"]["en"] == "2 of 3 rows could not be judged (the first is row 2): overdue_days blank (2)."
    assert result["reason"]["zh"] == "3 行中有 2 行无法判断（首见于第 2 行）：overdue_days 空白（2 行）。"


def test_a_full_column_leaves_no_row_out(tmp_path: Path) -> None:
    assert told(one(tmp_path, "overdue_days <= 90", {"overdue_days": "1"})) == ("passed", 0, "")


def test_no_row_judged_is_not_evaluable(tmp_path: Path) -> None:
    assert told(one(tmp_path, "overdue_days <= 90", {"overdue_days": ""})) == ("not_evaluable", 1, "rows_unjudged")


def test_a_failure_beside_a_blank_says_both(tmp_path: Path) -> None:
    result = one(tmp_path, "overdue_days <= 90", {"overdue_days": "91"}, {"overdue_days": ""})
    assert (told(result), result["count"], result["row_numbers"]) == (("failed", 1, "rows_unjudged"), 1, [1])


def test_a_day_for_which_nothing_is_published_is_named(tmp_path: Path) -> None:
    days = ({"contract_date": "2020-08-19"}, {"contract_date": "2020-08-20"})
    result = one(tmp_path, f"annual_rate_percent <= {DATED}", *days)
    assert told(result) == ("passed", 1, "rows_unjudged")
    assert result["reason"]["en"].endswith(": no value or calendar is published for contract_date 2020-08-20.")


def test_where_null_fails_a_blank_fails_and_an_unpublished_day_does_not(tmp_path: Path) -> None:
    days = ({"contract_date": "2020-08-19"}, {"contract_date": ""}, {"contract_date": "2020-08-20"})
    result = one(tmp_path, f"annual_rate_percent <= {DATED}", *days, null_fails=True)
    assert (told(result), result["row_numbers"]) == (("failed", 1, "rows_unjudged"), [2])


@pytest.mark.parametrize(
    ("sql", "changes"), [("guarantor_kind <> 'platform'", {"null_fails": True}), ("guarantor_kind IS NOT NULL", {})]
)
def test_absence_is_judged_on_a_wholly_blank_column(tmp_path: Path, sql: str, changes: dict[str, Any]) -> None:
    needs = {"loan_book": ["guarantor_kind"]}
    rows = loans(tmp_path, {"guarantor_kind": ""}, {"guarantor_kind": ""})
    [result] = run(tmp_path, rows, check("rule", sql, needs=needs, **changes))
    assert (told(result), result["count"]) == (("failed", 0, ""), 2)


def test_a_wholly_blank_column_that_is_no_question_of_presence_is_not_evaluable(tmp_path: Path) -> None:
    needs = {"loan_book": ["guarantor_kind"]}
    [result] = run(
        tmp_path, loans(tmp_path, {"guarantor_kind": ""}), check("rule", "guarantor_kind <> 'platform'", needs=needs)
    )
    assert told(result) == ("not_evaluable", 0, "columns_missing")


def test_a_row_that_falls_out_of_its_group_is_counted(tmp_path: Path) -> None:
    nobody = {"borrower_token": "", "principal_amount": "9000000.00", "outstanding_principal": "9000000.00"}
    result = one(tmp_path, PER_BORROWER, {}, nobody, form="sql", currency="CNY")
    assert told(result) == ("passed", 1, "rows_unjudged")
    assert "borrower_token blank (1)" in result["reason"]["en"]


def test_a_row_that_a_filter_leaves_out_is_not_counted(tmp_path: Path) -> None:
    legal = {"borrower_token": "", "borrower_kind": "legal"}
    assert told(one(tmp_path, PER_BORROWER, {}, legal, form="sql")) == ("passed", 0, "")


def test_only_rows_of_the_checks_currency_count(tmp_path: Path) -> None:
    rows = ({"borrower_token": ""}, {"borrower_token": "", "currency": "USD"})
    assert told(one(tmp_path, PER_BORROWER, *rows, form="sql", currency="CNY")) == (
        "not_evaluable", 1, "rows_unjudged",
    )  # fmt: skip


def test_a_query_that_may_not_run_says_so_and_counts_nothing(tmp_path: Path) -> None:
    result = one(tmp_path, "SELECT getenv('HOME') AS subject FROM loan_book", {}, form="sql")
    assert told(result) == ("not_evaluable", 0, "engine_refused")
    with pytest.raises(SqlRefused):
        unknown_of(check("rule", "getenv('HOME') = 'x'"), "loan_book")


def test_true_or_unknown_is_true(tmp_path: Path) -> None:
    assert told(one(tmp_path, "status = 'current' OR overdue_days <= 90", {"overdue_days": ""})) == ("passed", 0, "")


def test_aggregates_that_cannot_run_judge_nothing(tmp_path: Path) -> None:
    rows = loans(tmp_path, {})
    run(tmp_path, rows, check("rule", "term_months > 0"))
    paths = [str(tmp_path / "out.parquet")]

    def ask(texts: Any) -> Any:
        raise duckdb.OutOfRangeException("too large")

    unknowns = [Unknown("a", "COUNT(*)", can_lack=True), Unknown("b", "COUNT(*)", can_lack=True)]
    found = unjudged_rows(unknowns, paths, 1, ask, (duckdb.Error,))
    assert {name: (item.rows, item.reason["code"]) for name, item in found.items()} == {
        "a": (1, "engine_refused"), "b": (1, "engine_refused"),
    }  # fmt: skip
    assert unjudged_rows([Unknown("a")], paths, 1, ask, (duckdb.Error,)) == {}


def test_footers_tell_blanks_and_absent_columns(tmp_path: Path) -> None:
    run(tmp_path, loans(tmp_path, {"overdue_days": ""}, {"overdue_days": "3"}), check("rule", "term_months > 0"))
    paths = [str(tmp_path / "out.parquet")]
    assert columns_with_blanks(paths, ["overdue_days", "loan_id", "nothing_such"]) <= {"overdue_days", "nothing_such"}
    assert "overdue_days" in columns_with_blanks(paths, ["overdue_days", "loan_id"])
    assert columns_absent(paths, ["overdue_days", "nothing_such"]) == ["nothing_such"]


def test_what_was_not_evaluable_keeps_its_reason() -> None:
    found = Unjudged(2, 2, reason("rows_unjudged", count=2, rows=2, first=1, why=reason("unknown")))
    held = {"rule_id": "a", "outcome": "not_evaluable", "unjudged": 0, "reason": reason("no_rows")}
    assert with_unjudged(held, found) == held
    assert with_unjudged({**held, "outcome": "passed"}, None)["outcome"] == "passed"
    assert with_unjudged({**held, "outcome": "passed"}, found)["outcome"] == "not_evaluable"


def test_a_check_without_its_scan_counts_the_same(tmp_path: Path) -> None:
    run(tmp_path, loans(tmp_path, {"borrower_token": ""}, {}), check("rule", "term_months > 0"))
    found = run_checks(
        tables={"loan_book": [str(tmp_path / "out.parquet")]}, subject_template="loan_book", evidence_dir=None,
        checks=[check("rule", PER_BORROWER, form="sql", needs={"loan_book": []})], fused=None,
    )  # fmt: skip
    assert [told(result) for result in found["results"]] == [("passed", 1, "rows_unjudged")]
