"""Every executable rule gives the same findings on Spark as on DuckDB, row for row."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from analytics import checks as on_duckdb
from analytics import spark
from analytics.contracts import TEMPLATE_NAMES, sample_csv
from analytics.fused import fuse
from analytics.jail import Jail
from rulebook.calendars import Calendar
from rulebook.compiler import CompiledCheck, NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.examples import write_tables
from rulebook.entries import Example, Pack, Rule
from rulebook.packs import read_pack
from tests.sql.books import tables
from tests.sql.conformance import canonical

PACKS = ("cn", "in", "id")
ROWS = 4_000
DAYS = (date(2017, 12, 31), date(2020, 12, 31), date(2024, 12, 31))
needs_spark = pytest.mark.skipif(spark.why_absent() is not None, reason=spark.why_absent() or "")
pytestmark = pytest.mark.spark


@cache
def pack(name: str) -> Pack:
    """A shipped pack."""
    return read_pack(name)


def executable(name: str) -> list[Rule]:
    """Rules of a pack that run on filed rows."""
    return [rule for rule in pack(name).rules if rule.form in ("row", "sql")]


def compiled(name: str, rule: Rule, on: date) -> CompiledCheck:
    """The check of a rule on a day, disabled rules with the values nobody confirmed."""
    calendar: Calendar | None = next(iter(pack(name).calendars.values()), None)
    parameters = ParametersOn(on, pack(name).parameters, with_unconfirmed=not rule.enabled)
    return compile_rule(rule, parameters, calendar)


def on_some_day(name: str, rule: Rule) -> CompiledCheck:
    """The check on the first day on which the rule has all its values."""
    for on in (*(example.on for example in rule.examples), *DAYS):
        try:
            return compiled(name, rule, on)
        except NotCompilable:
            continue
    raise AssertionError(f"{rule.id} compiles on no day")


def findings(results: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a person sees of results, in an order that does not depend on the engine."""
    return sorted(
        (
            (
                result["rule_id"],
                result["outcome"],
                result["subject"],
                result["count"],
                result["measured"],
                result["threshold"],
                tuple(result["row_numbers"]),
                (result["reason"] or {}).get("code"),
                result["unjudged"],
                (result["reason"] or {}).get("en") if result["unjudged"] else None,
            )
            for result in results
        ),
        key=str,
    )


def evidence(results: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Every failing row of every rule, as text."""
    paths = {result["rule_id"]: result["evidence_path"] for result in results if result["evidence_path"]}
    return {
        rule_id: sorted(str([canonical(value) for value in row.values()]) for row in pq.read_table(path).to_pylist())
        for rule_id, path in paths.items()
    }


def both(folder: Path, template: str, given: dict[str, list[str]], checks: list[CompiledCheck]) -> tuple[Any, Any]:
    """Results of DuckDB and of Spark."""
    here, there = folder / "duckdb", folder / "spark"
    here.mkdir()
    there.mkdir()
    first = on_duckdb.run_checks(
        tables=given, subject_template=template, checks=checks, evidence_dir=str(here), fused=fuse(template, checks)
    )
    second = spark.run_checks(tables=given, subject_template=template, checks=checks, evidence_dir=str(there))
    assert first["engine"].startswith("duckdb ")
    assert second["engine"].startswith("spark 3.5")
    return first["results"], second["results"]


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """A filing of every template and a market, thousands of rows each."""
    return tables(tmp_path_factory.mktemp("lake"), TEMPLATE_NAMES, rows=ROWS)


@needs_spark
@pytest.mark.faults
@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_every_rule_gives_the_same_findings_and_evidence(
    template: str, filed: dict[str, list[str]], tmp_path: Path
) -> None:
    compare(template, filed, tmp_path)


@needs_spark
def test_the_rules_of_fund_ledgers_give_the_same_findings_on_a_small_book(tmp_path: Path) -> None:
    """One template in the daily suite; all of them, on larger books, in the slow one."""
    compare("fund_ledger", tables(tmp_path / "lake", TEMPLATE_NAMES, rows=200), tmp_path)


def compare(template: str, filed: dict[str, list[str]], tmp_path: Path) -> None:
    """Asserts that all rules of a template, in every pack, give the same findings and evidence on both engines."""
    rules = [(name, rule) for name in PACKS for rule in executable(name) if rule.template == template]
    for name in PACKS:
        checks = [on_some_day(name, rule) for own, rule in rules if own == name]
        if not checks:
            continue
        folder = tmp_path / name
        folder.mkdir()
        here, there = both(folder, template, filed, checks)
        assert {result["rule_id"] for result in here} == {check["rule_id"] for check in checks}
        shown = [result for result in here if result.get("subjects_in_all", 0) <= 500]
        same = [result for result in there if result.get("subjects_in_all", 0) <= 500]
        assert findings(shown) == findings(same)
        assert evidence(here) == evidence(there)


def test_most_rules_find_something_in_the_books(filed: dict[str, list[str]]) -> None:
    """The comparison above is of findings, not of silence."""
    outcomes: dict[str, str] = {}
    for template in TEMPLATE_NAMES:
        checks = [on_some_day("cn", rule) for rule in executable("cn") if rule.template == template]
        found = on_duckdb.run_checks(
            tables=filed, subject_template=template, checks=checks, evidence_dir=None, fused=fuse(template, checks)
        )
        outcomes |= {result["rule_id"]: result["outcome"] for result in found["results"]}
    failed = [rule_id for rule_id, outcome in outcomes.items() if outcome == "failed"]
    assert len(failed) >= 0.8 * len(outcomes), sorted(set(outcomes) - set(failed))


CASES = [(name, rule, example) for name in PACKS for rule in executable(name) for example in rule.examples]


@needs_spark
@pytest.mark.faults
@pytest.mark.parametrize(
    ("name", "rule", "example"), CASES, ids=[f"{name} {rule.id}: {example.name['en']}" for name, rule, example in CASES]
)
def test_every_example_comes_out_the_same(name: str, rule: Rule, example: Example, tmp_path: Path) -> None:
    here, there = both(
        tmp_path, rule.template or "", write_tables(tmp_path, example), [compiled(name, rule, example.on)]
    )
    assert findings(here) == findings(there)
    assert {result["outcome"] for result in there} == {example.expect}


def arguments(folder: Path, check: CompiledCheck) -> dict[str, Any]:
    """A sample loan book to read and check."""
    source = folder / "upload.csv"
    source.write_text(sample_csv("loan_book"), encoding="utf-8")
    return {
        "source": str(source),
        "media_type": "text/csv",
        "template": "loan_book",
        "period": "2017-06",
        "out_parquet": str(folder / "out.parquet"),
        "out_rejected_csv": str(folder / "rejected.csv"),
        "evidence_dir": str(folder / "evidence"),
        "checks": [check],
    }


LIMIT = {
    "rule_id": "limit",
    "form": "row",
    "sql": "ROUND_HALF_UP(SAFE_DIV(principal_amount, 3), 2) <= 40000",
    "needs": {"loan_book": ["principal_amount"]},
    "measured_column": "principal_amount",
}


@needs_spark
def test_one_variable_moves_the_check_step_to_spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {}
    for engine in ("duckdb", "spark"):
        folder = tmp_path / engine
        folder.mkdir()
        monkeypatch.setenv("LIANXI_ENGINE", engine)
        jail = Jail()
        answers[engine] = jail.run("ingest_and_check", arguments(folder, LIMIT))
        jail.close()
    assert answers["duckdb"]["engine"].startswith("duckdb ")
    assert answers["spark"]["engine"].startswith("spark ")
    assert findings(answers["spark"]["results"]) == findings(answers["duckdb"]["results"])
    assert [result["outcome"] for result in answers["spark"]["results"]] == ["failed"]
    assert answers["spark"]["rows_accepted"] == answers["duckdb"]["rows_accepted"] == 1


def test_without_spark_the_check_step_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analytics.spark.checking.why_absent", lambda: "Java is not installed")
    with pytest.raises(RuntimeError, match="LIANXI_ENGINE is spark, but Java is not installed"):
        spark.run_checks(tables={}, subject_template="loan_book", checks=[], evidence_dir=None)
