"""Compiled checks: typed literals, macros, needs, and what is refused."""

import functools
from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.portable import engine_text
from analytics.sandbox import SqlRefused
from rulebook.compiler import NotCompilable, ParametersOn, compile_rule, language
from rulebook.compiler.language import LanguageError
from rulebook.packs import rule_from_text
from tests.factories.rulebook import cn_pack, rule_text

PACK = cn_pack()
CALENDAR = PACK.calendars["cn-working-days"]


def compiled(rule_id: str, on: date):
    return compile_rule(PACK.rule(rule_id), ParametersOn(on, PACK.parameters), CALENDAR)


def made_up(check: str):
    return rule_from_text(rule_text().replace("term_months <= 36", check))


def test_a_row_rule_becomes_a_condition_with_a_typed_literal():
    check = compiled("SPCL-01-void", date(2017, 6, 30))
    assert check["form"] == "row"
    assert check["sql"] == "annual_rate_percent <= 36.0000"
    assert check["needs"] == {"loan_book": ["annual_rate_percent"]}
    assert check["measured_column"] == "annual_rate_percent"
    assert check["threshold"] == "36"
    assert check["severity"] == "major"
    assert check["currency"] is None
    assert len(check["version_sha256"]) == 64


def test_an_sql_rule_names_its_tables_and_currency():
    check = compiled("P2P16-18", date(2017, 9, 30))
    assert check["form"] == "sql"
    assert ":limit" not in check["sql"]
    assert "1000000.00" in check["sql"]
    assert check["needs"] == {
        "loan_book": ["borrower_kind", "borrower_token", "outstanding_principal"],
        "loan_book_market": ["borrower_kind", "borrower_token", "outstanding_principal", "platform_key"],
    }
    assert check["currency"] == "CNY"


def test_the_severity_is_that_of_the_day():
    assert compiled("P2P16-17", date(2017, 8, 16))["severity"] == "minor"
    assert compiled("P2P16-17", date(2017, 8, 17))["severity"] == "major"


def test_value_on_uses_the_days_of_the_values_and_skips_unconfirmed_ones():
    sql = compiled("SPCL-02", date(2021, 12, 31))["sql"]
    first, last = "contract_date >= CAST('2020-07-20' AS DATE)", "contract_date < CAST('2021-12-20' AS DATE)"
    assert f"WHEN {first} AND {last} THEN 3.8500" in sql
    assert "WHEN contract_date >= CAST('2026-05-20' AS DATE) THEN NULL" in sql


def test_a_value_outside_its_days_is_refused():
    with pytest.raises(NotCompilable) as refused:
        compiled("SPCL-01-void", date(2020, 8, 20))
    assert refused.value.reason["en"] == "Parameter interest.void_percent has no value on 2020-08-20."


@pytest.mark.parametrize(
    ("check", "error", "words"),
    [
        ("term_months <= :limit", LanguageError, "`:limit` has no parameter"),
        ("term_month <= 36", LanguageError, "A column is unknown"),
        ("term_months <= 36; DROP TABLE x", LanguageError, "2 statements"),
        ("term_months <= (", LanguageError, "not valid SQL"),
        ("getenv('HOME') = term_months", SqlRefused, "(?i)getenv|Anonymous"),
        ("term_months IN (SELECT row_number FROM read_csv('x'))", (SqlRefused, LanguageError), "read_csv|table"),
        ("VALUE_ON(term_months) > 1", LanguageError, "VALUE_ON takes a parameter and a date"),
        ("WORKING_DAYS(contract_date) > 1", LanguageError, "WORKING_DAYS takes two dates"),
    ],
)
def test_a_bad_text_is_refused_with_a_cure(check, error, words):
    with pytest.raises(error, match=words):
        compile_rule(made_up(check), ParametersOn(date(2017, 6, 30), PACK.parameters), CALENDAR)


def test_a_deadline_rule_has_no_check():
    with pytest.raises(ValueError, match="deadline rule"):
        compiled("CONV-13", date(2017, 6, 30))


def test_a_year_without_calendar_holds_the_rule_back():
    with pytest.raises(NotCompilable, match="No calendar is published for 2029"):
        compiled("P2P16-21", date(2029, 6, 30))


@functools.cache
def working_days_sql() -> str:
    rule = made_up("WORKING_DAYS(fundraising_start, fundraising_end) <= 36")
    sql: str = compile_rule(rule, ParametersOn(date(2017, 12, 31), PACK.parameters), CALENDAR)["sql"]
    return engine_text(language.parse(sql.removesuffix(" <= 36")), "duckdb")


@settings(max_examples=40, deadline=None)
@given(start=st.dates(date(2016, 1, 1), date(2017, 12, 1)), length=st.integers(0, 30))
def test_working_days_in_sql_equal_the_calendar(start: date, length: int):
    end = min(start + timedelta(days=length), date(2017, 12, 31))
    row = f"SELECT DATE '{start}' AS fundraising_start, DATE '{end}' AS fundraising_end"
    with duckdb.connect() as own:  # the shared one may still hold another test's answer
        rows = own.sql(f"SELECT {working_days_sql()} FROM ({row})").fetchall()
    assert rows[0][0] == CALENDAR.working_days_between(start, end)


@settings(max_examples=10, deadline=None)
@given(lower=st.integers(0, 400), step=st.integers(0, 400), term=st.integers(0, 900))
def test_a_higher_limit_never_fails_more(lower: int, step: int, term: int):
    def fails(limit: int) -> bool:
        check = compile_rule(made_up(f"term_months <= {limit}"), ParametersOn(date(2017, 6, 30), PACK.parameters))
        with duckdb.connect() as own:
            found = own.sql(f"SELECT NOT ({check['sql']}) FROM (SELECT {term} AS term_months)").fetchall()
        return bool(found[0][0])

    assert fails(lower) or not fails(lower + step)
