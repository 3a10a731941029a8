"""Compiled rules keep the portable text; each engine gets its own words."""

from datetime import date

import pytest

from analytics.sandbox import SqlRefused
from rulebook.compiler import ParametersOn, compile_rule
from rulebook.compiler.portable import check_text, plain_functions, portable_notes
from rulebook.packs import read_pack

PACK = read_pack("cn")
RULES = {rule.id: rule for rule in PACK.rules}


def test_a_compiled_check_keeps_the_portable_text_and_gives_each_engine_its_own() -> None:
    rule = RULES["CONV-02"]
    check = compile_rule(rule, ParametersOn(date(2018, 6, 30), PACK.parameters))
    assert "SAFE_DIV(share.top * 100, share.total)" in check["sql"]
    here, there = (check_text(check, rule.template or "", engine) for engine in ("duckdb", "spark"))
    for text in (here, there):
        assert "SAFE_DIV" not in text
        assert "NULLIF(CAST((share.total) AS DOUBLE), 0)" in text or "NULLIF(CAST(share.total AS DOUBLE), 0)" in text
    assert "AS TEXT) AS DECIMAL(38, 10))" in here
    assert "TEXT" not in there


def test_a_row_condition_is_said_for_each_engine_too() -> None:
    check = {"form": "row", "sql": "DAYS_BETWEEN(fundraising_start, fundraising_end) <= 20"}
    assert check_text(check, "loan_book", "duckdb") == (
        "(DATE_DIFF('DAY', fundraising_start, fundraising_end)) <= 20"
    )
    assert check_text(check, "loan_book", "spark") == "(DATEDIFF(fundraising_end, fundraising_start)) <= 20"
    with pytest.raises(SqlRefused, match="DAYS_BETWEEN"):
        check_text({"form": "row", "sql": "fundraising_end - fundraising_start <= 20"}, "loan_book", "duckdb")


def test_staff_can_read_every_function_in_both_languages() -> None:
    notes = {note.name: note for note in portable_notes()}
    assert notes["SAFE_DIV"].usage == "SAFE_DIV(dividend, divisor)"
    assert notes["SAFE_DIV"].instead_of == ("a / b",)
    assert all(note.meaning["zh"] and note.meaning["en"] for note in notes.values())
    assert {"SUM", "COUNT", "ABS", "ROW_NUMBER"} <= set(plain_functions())
    assert not set(plain_functions()) & set(notes)
