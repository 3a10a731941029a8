"""Every reading of every metric on one small book, worked out by hand; and what must hold on any book."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics.contracts import template
from analytics.ingest.columns import lake_schema
from analytics.metrics import metric_definition, metric_definitions, metric_readings, part_title
from tests.sql.cases import arrears

ROOT = Path(__file__).resolve().parents[2]
Reading = dict[tuple[str, str], dict[str, Any]]


def read(tables: dict[str, list[str]], currency: str = "CNY") -> Reading:
    """(definition, part) -> entry, of one currency."""
    found = [entry for entry in metric_readings(tables) if entry["currency"] == currency]
    return {(entry["definition"], entry["part"]): entry for entry in found}


@pytest.mark.parametrize(
    ("definition", "part", "figures"),
    [
        # 6,000 + 0 + 1,000 + 500 + 400 + 300 + 200 + 1,600
        ("outstanding_all_principal", "all", ("10000.000000", "10000.000000", None)),
        ("outstanding_without_overdue", "all", ("6000.000000", "6000.000000", None)),
        ("overdue_principal", "all", ("4000.000000", "4000.000000", None)),
        # 0.02 % a day: 1,000 × 90 + 500 × 91 + 400 × 180 + 300 × 181 + 200 × 361 days = 334,000; × 0.0002 = 66.80
        ("overdue_principal_and_interest", "all", ("4066.800000", "4066.800000", None)),
        ("overdue_rate_over_outstanding", "all", ("40.000000", "4000.000000", "10000.000000")),
        ("overdue_rate_over_cumulative", "all", ("5.000000", "4000.000000", "80000.000000")),
        ("overdue_count_over_count", "all", ("75.000000", "6.000000", "8.000000")),
        ("overdue_count_over_amount", "all", ("0.007500", "6.000000", "80000.000000")),
        ("overdue_ages_90_180", "001_090", ("10.000000", "1000.000000", "10000.000000")),
        ("overdue_ages_90_180", "091_180", ("9.000000", "900.000000", "10000.000000")),
        ("overdue_ages_90_180", "181_up", ("5.000000", "500.000000", "10000.000000")),
        ("overdue_ages_90_180", "unknown", ("16.000000", "1600.000000", "10000.000000")),
        ("overdue_ages_90_180_360", "001_090", ("10.000000", "1000.000000", "10000.000000")),
        ("overdue_ages_90_180_360", "091_180", ("9.000000", "900.000000", "10000.000000")),
        ("overdue_ages_90_180_360", "181_360", ("3.000000", "300.000000", "10000.000000")),
        ("overdue_ages_90_180_360", "361_up", ("2.000000", "200.000000", "10000.000000")),
        ("overdue_ages_90_180_360", "unknown", ("16.000000", "1600.000000", "10000.000000")),
    ],
)
def test_a_reading_by_hand(tmp_path: Path, definition: str, part: str, figures: tuple[str | None, ...]) -> None:
    found = read(arrears(tmp_path))[definition, part]
    assert (found["value"], found["numerator"], found["denominator"]) == figures
    assert found["version"] == 1


def test_currencies_are_never_added_together(tmp_path: Path) -> None:
    dollars = read(arrears(tmp_path), "USD")
    assert dollars["outstanding_all_principal", "all"]["value"] == "100.000000"
    assert dollars["overdue_principal", "all"]["value"] == "0.000000"


def test_nothing_outstanding_is_no_rate(tmp_path: Path) -> None:
    found = read(book(tmp_path, [("paid", 0, 0)]))
    assert found["overdue_rate_over_outstanding", "all"]["value"] is None
    assert found["overdue_rate_over_cumulative", "all"]["value"] == "0.000000"


def test_without_a_loan_book_there_is_no_reading() -> None:
    with pytest.raises(KeyError, match="loan_book"):
        metric_readings({})


STATUS = st.sampled_from(["current", "paid", "grace", "late_16_30", "late_31_120", "charged_off"])
LOANS = st.lists(
    st.tuples(STATUS, st.integers(0, 10_000), st.one_of(st.none(), st.integers(0, 800))), min_size=1, max_size=30
)
QUICK = {
    "max_examples": 30, "deadline": None, "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": [HealthCheck.function_scoped_fixture],
}  # fmt: skip


def book(folder: Path, loans: list[tuple[str, int, int | None]]) -> dict[str, list[str]]:
    """A loan book as the reader writes it: status, unpaid principal, days."""
    rows = [
        {
            "row_number": number, "loan_id": f"L-{number}", "currency": "CNY", "principal_amount": Decimal(10_000),
            "outstanding_principal": Decimal(0 if status == "paid" else unpaid), "annual_rate_percent": Decimal(12),
            "status": status, "overdue_days": days,
        }
        for number, (status, unpaid, days) in enumerate(loans, start=1)
    ]  # fmt: skip
    path = folder / "book.parquet"
    pq.write_table(pa.Table.from_pylist(rows, lake_schema(template("loan_book").columns)), str(path))
    return {"loan_book": [str(path)]}


@settings(**QUICK)
@given(loans=LOANS)
def test_the_ages_add_up_to_the_whole(tmp_path: Path, loans: list[tuple[str, int, int | None]]) -> None:
    found = read(book(tmp_path, loans))
    overdue = Decimal(found["overdue_principal", "all"]["value"])
    for ages in ("overdue_ages_90_180", "overdue_ages_90_180_360"):
        assert sum(Decimal(entry["numerator"]) for (name, _), entry in found.items() if name == ages) == overdue
    without = Decimal(found["outstanding_without_overdue", "all"]["value"])
    assert without + overdue == Decimal(found["outstanding_all_principal", "all"]["value"])


@settings(**QUICK)
@given(loans=LOANS)
def test_the_order_of_the_readings(tmp_path: Path, loans: list[tuple[str, int, int | None]]) -> None:
    """What is lent is never less than what is unpaid, so the rate over cumulative lending is never the higher one."""
    found = read(book(tmp_path, loans))
    outstanding = found["overdue_rate_over_outstanding", "all"]["value"]
    if outstanding is not None:
        assert Decimal(found["overdue_rate_over_cumulative", "all"]["value"]) <= Decimal(outstanding)
    bare = Decimal(found["overdue_principal", "all"]["value"])
    assert Decimal(found["overdue_principal_and_interest", "all"]["value"]) >= bare


@settings(**QUICK)
@given(unpaid=st.lists(st.integers(1, 10_000), min_size=1, max_size=20))
def test_the_readings_agree_when_nothing_is_overdue(tmp_path: Path, unpaid: list[int]) -> None:
    found = read(book(tmp_path, [("current", amount, 0) for amount in unpaid]))
    values = {name: Decimal(entry["value"]) for (name, _), entry in found.items()}
    assert values["outstanding_all_principal"] == values["outstanding_without_overdue"] == sum(unpaid)
    assert {value for name, value in values.items() if name.startswith("overdue")} == {Decimal(0)}


def test_every_metric_has_at_least_two_readings_and_every_reading_its_source() -> None:
    by_metric: dict[str, list[str]] = {}
    for found in metric_definitions():
        by_metric.setdefault(found.metric, []).append(found.code)
        for text in (found.title, found.reading, found.formula):
            assert all(text[language] for language in ("zh", "en")), found.code
        assert found.facts, found.code
        assert found.unit in {"currency", "percent"}
    assert {metric: len(codes) for metric, codes in by_metric.items()} == {
        "outstanding_balance": 2,
        "overdue_amount": 2,
        "overdue_rate_by_amount": 2,
        "overdue_rate_by_number": 2,
        "overdue_by_age": 2,
    }
    assert [found.code for found in metric_definitions() if found.is_plain_error] == ["overdue_count_over_amount"]


def test_an_unknown_reading_is_refused_and_an_unknown_part_stands_for_itself() -> None:
    with pytest.raises(KeyError):
        metric_definition("right_one")
    assert metric_definition("overdue_principal").disclosed is None
    assert metric_definition("outstanding_all_principal").disclosed == "outstanding_balance"
    assert part_title("999")["en"] == "999"


def test_the_how_to_names_every_reading() -> None:
    text = (ROOT / "docs" / "how-to" / "metric-definitions.md").read_text(encoding="utf-8")
    assert [found.code for found in metric_definitions() if f"`{found.code}`" not in text] == []


def test_disclosed_columns_are_columns_of_the_monthly_template() -> None:
    contract = yaml.safe_load((ROOT / "analytics" / "templates" / "monthly_indicators.yaml").read_text("utf-8"))
    names = {column["name"] for column in contract["columns"]}
    assert {found.disclosed for found in metric_definitions() if found.disclosed} <= names
