"""Reasons in both languages."""

import math
from pathlib import Path

from riskmodels.features import FEATURE_NAMES
from riskmodels.reasons import findings_reason, reasons_of, value_texts


def test_the_strongest_push_comes_first_and_what_was_not_filed_never_does() -> None:
    row = dict.fromkeys(FEATURE_NAMES) | {"rate_percent": 15.2, "log_average_bid": math.log(30_000)}
    pushes = {"rate_percent": 0.5, "log_average_bid": -0.9, "log_term": 2.0, "log_capital": 0.001}
    found = reasons_of(row, pushes)
    assert [(reason["feature"], reason["contribution"]) for reason in found] == [
        ("log_average_bid", -0.9),
        ("rate_percent", 0.5),
    ]
    assert found[1]["zh"] == "平均年利率（15.20%）使估计上升"
    assert found[1]["en"] == "average annual rate (15.20 %) raises the estimate"
    assert found[0]["en"] == "average amount per lender (30,000 yuan) lowers the estimate"


def test_values_are_shown_in_their_units() -> None:
    assert value_texts("log_outstanding", math.log(12_340_000)) == ("1,234万元", "12,340,000 yuan")
    assert value_texts("log_average_bid", math.log(7_800)) == ("7,800元", "7,800 yuan")
    assert value_texts("turnover_growth", math.log(0.5)) == ("-50%", "-50%")
    assert value_texts("due_60d_share", 0.256) == ("25.6%", "25.6%")
    assert value_texts("log_term", math.log(6)) == ("6.0个月", "6.0 months")
    assert value_texts("rate_percent", None) == ("未报送", "not filed")


def test_every_text_of_the_app_is_translated() -> None:
    path = Path(__file__).parents[3] / "riskmodels/locale/zh_Hans/LC_MESSAGES/django.po"
    entries = [entry for entry in path.read_text(encoding="utf-8").split("\n\n")[1:] if "msgid" in entry]
    assert [entry for entry in entries if 'msgstr ""' in entry] == []
    assert path.with_suffix(".mo").stat().st_mtime > 0


def test_a_warning_names_the_filing_by_title_and_leaves_zeros_out() -> None:
    assert findings_reason("fund_ledger", "2017-06", 0, 2) == {
        "zh": "平台资金流水报送（2017-06）：重大问题2项",
        "en": "Filing “Platform fund ledger” of 2017-06: 2 major findings",
    }
    both = findings_reason("loan_book", "2017-06", 1, 3)["zh"]
    assert both == "借款逐笔明细报送（2017-06）：阻断性问题1项，重大问题3项"
    assert findings_reason("no_such_template", "2017-06", 1, 0)["en"] == (
        "Filing “no_such_template” of 2017-06: 1 blocking finding"
    )
