"""Codes in words and figures as people read them."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from platforms.wording import (
    cell_text,
    column_title,
    figure_text,
    indicator_text,
    outcome_label,
    template_title,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("18954507.00"), "18,954,507.00"),
        (Decimal("-184776102.52"), "-184,776,102.52"),
        (1200, "1,200"),
        (date(2017, 3, 1), "2017-03-01"),
        ([1, 2, 3], "1, 2, 3"),
        (None, "–"),
        (True, "yes"),
        ("current", "current"),
    ],
)
def test_a_cell(value: Any, text: str) -> None:
    with translation.override("en"):
        assert cell_text(value) == text


@pytest.mark.parametrize(
    ("kept", "text"),
    [("285000.00", "285,000.00"), ("36", "36"), ("-0.7582", "-0.7582"), ("2017-06", "2017-06"), ("", "–"), (None, "–")],
)
def test_a_figure_kept_as_text(kept: str | None, text: str) -> None:
    assert figure_text(kept) == text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["平台资金流水", "金额", "阈值", "无法判断", "平台账面没有"]),
        ("en", ["Platform fund ledger", "Amount", "threshold", "not evaluable", "missing in the ledger"]),
    ],
)
def test_codes_in_the_readers_language(language: str, words: list[str]) -> None:
    with translation.override(language):
        assert [
            template_title("fund_ledger"),
            column_title("amount", "fund_ledger"),
            column_title("threshold", "fund_ledger"),
            outcome_label("not_evaluable"),
            outcome_label("missing_in_ledger"),
        ] == words


def test_an_unknown_code_stands_for_itself() -> None:
    assert [template_title("sheet"), column_title("x", "sheet"), outcome_label("odd")] == ["sheet", "x", "odd"]


@pytest.mark.parametrize(
    ("figure", "indicator", "text"),
    [
        ("471.00", "lender_count", "471"),
        ("471.50", "lender_count", "471.50"),  # half a person is not hidden
        ("10.8869", "average_annual_rate_percent", "10.8869 %"),
        ("6939760.00", "outstanding_balance", "6,939,760.00"),
        ("7.00", "nobody_knows_it", "7.00"),
        (None, "lender_count", "–"),
    ],
)
def test_an_indicator_is_written_in_its_unit(figure: str | None, indicator: str, text: str) -> None:
    assert indicator_text(figure, indicator) == text
