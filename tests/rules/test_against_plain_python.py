"""The rules of the other lines say what a few lines of plain Python say, on rows nobody thought of."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rulebook.compiler.examples import Compiled, example_results
from rulebook.entries import Example
from tests.factories.rulebook import cn_pack
from tests.thorough import cases

PACK = cn_pack()
Row = dict[str, Any]
FEW = settings(max_examples=cases(8, 15), deadline=None)
COMPILED: dict[str, Compiled] = defaultdict(dict)
FEN = Decimal("0.01")


def failing(rule_id: str, template: str, rows: Sequence[Row], on: date) -> list[dict[str, Any]]:
    """The failed results of a rule on rows."""
    rule = PACK.rule(rule_id)
    assert rule.is_in_force(on)
    found = example_results(PACK, rule, Example("built", on, "passed", {template: tuple(rows)}), COMPILED[rule_id])
    assert {result["outcome"] for result in found} <= {"passed", "failed"}, found
    return [result for result in found if result["outcome"] == "failed"]


def near(limit: str) -> st.SearchStrategy[Decimal]:
    """Amounts around a limit, the limit itself and its neighbours by one fen most of all."""
    at = Decimal(limit)
    close = st.sampled_from([at - FEN, at, at + FEN])
    return st.one_of(close, st.decimals(Decimal(0), at * 2, places=2))


def add_months(day: date, months: int) -> date:
    """The day some months later, the last day of the month where there is no such day."""
    total = day.year * 12 + day.month - 1 + months
    first = date(total // 12, total % 12 + 1, 1)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), following - timedelta(days=1))


@dataclass(frozen=True)
class Limit:
    """A rule about one amount of a row: where it stands, and whether too much or too little fails."""

    rule_id: str
    template: str
    column: str
    limit: str
    on: date
    is_floor: bool = False
    cells: Row = field(default_factory=dict)

    def fails(self, value: Decimal) -> bool:
        """What the law says of one amount."""
        return value < Decimal(self.limit) if self.is_floor else value > Decimal(self.limit)


ACCOUNTS, PROFILE, IN_2017, IN_2024 = "payment_accounts", "institution_profile", date(2017, 6, 30), date(2024, 6, 30)
LIMITS = [
    Limit("PM15-01", ACCOUNTS, "balance_paid_since_opening", "1000", IN_2017, cells={"account_class": "I"}),
    Limit("PM15-05", ACCOUNTS, "highest_day_two_factors", "5000", IN_2017),
    Limit("PM15-06", ACCOUNTS, "highest_day_below_two_factors", "1000", IN_2017),
    Limit("PM15-08", ACCOUNTS, "highest_day_two_factors", "10000", IN_2017),
    Limit("PR23-02-paid-in", PROFILE, "paid_in_cash_capital", "100000000", IN_2024, is_floor=True),
    Limit("CFC24-01-pilot", PROFILE, "registered_capital", "300000000", IN_2017, is_floor=True),
    Limit("CFC24-01-investor", PROFILE, "main_investor_total_assets", "500000000000", IN_2024, is_floor=True),
    Limit("CFC24-01-investor-pilot", PROFILE, "main_investor_total_assets", "60000000000", IN_2017, is_floor=True),
    Limit("FS20-03-retail", "fund_distribution", "trailing_commission", "500", IN_2024,
          cells={"client_kind": "retail", "management_fee": "1000.00"}),
    Limit("FS20-03-other", "fund_distribution", "trailing_commission", "300", IN_2024,
          cells={"client_kind": "other", "management_fee": "1000.00"}),
]  # fmt: skip


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.rule_id)
@pytest.mark.thorough
@FEW
@given(data=st.data())
def test_a_limit_turns_exactly_once(limit: Limit, data: st.DataObject):
    values = data.draw(st.lists(near(limit.limit), min_size=1, max_size=20))
    rows = [{**limit.cells, limit.column: str(value)} for value in values]
    wrong = [number for number, value in enumerate(values, 1) if limit.fails(value)]
    found = failing(limit.rule_id, limit.template, rows, limit.on)
    assert [number for result in found for number in result["row_numbers"]] == wrong[:20]
    assert sum(result["count"] for result in found) == len(wrong)


@pytest.mark.parametrize(("rule_id", "limit", "highest"), [("PM15-02", "100000", "II"), ("PM15-03", "200000", "III")])
@pytest.mark.thorough
@FEW
@given(data=st.data())
def test_a_year_is_summed_over_all_accounts_of_a_client(rule_id: str, limit: str, highest: str, data: st.DataObject):
    classes = ["I", "II", "III"]
    account = st.tuples(st.sampled_from("abc"), st.sampled_from(classes), near(limit).map(lambda value: value / 2))
    rows = [
        {"client_token": f"ct-{who}", "account_class": kind, "balance_paid_this_year": str(amount.quantize(FEN))}
        for who, kind, amount in data.draw(st.lists(account, min_size=1, max_size=15))
    ]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    best: dict[str, str] = {}
    for row in rows:
        sums[row["client_token"]] += Decimal(row["balance_paid_this_year"])
        best[row["client_token"]] = max(best.get(row["client_token"], "I"), row["account_class"])
    wrong = {who: sums[who] for who in sums if sums[who] > Decimal(limit) and best[who] == highest}
    found = failing(rule_id, "payment_accounts", rows, date(2017, 6, 30))
    assert {result["subject"]: Decimal(result["measured"]) for result in found} == wrong


LEVELS = [("AMLR-01", {"form": "cash"}, "50000"), ("AMLR-02", {"form": "transfer", "client_kind": "legal"}, "2000000")]


@pytest.mark.parametrize(("rule_id", "cells", "level"), LEVELS, ids=[case[0] for case in LEVELS])
@pytest.mark.thorough
@FEW
@given(data=st.data())
def test_deals_are_summed_by_client_and_day(rule_id: str, cells: Row, level: str, data: st.DataObject):
    deal = st.tuples(st.sampled_from("ab"), st.integers(3, 4), near(level).map(lambda value: value / 2), st.booleans())
    rows = [
        {
            **cells, "client_token": f"ct-{who}", "deal_date": date(2017, 7, day), "is_reported": is_reported,
            "amount": str(max(amount, FEN).quantize(FEN)),
        }
        for who, day, amount, is_reported in data.draw(st.lists(deal, min_size=1, max_size=12))
    ]  # fmt: skip
    sums: dict[str, Decimal] = defaultdict(Decimal)
    silent: set[str] = set()
    for row in rows:
        key = f"{row['client_token']} {row['deal_date']}"
        sums[key] += Decimal(row["amount"])
        if not row["is_reported"]:
            silent.add(key)
    wrong = {key: total for key, total in sums.items() if total >= Decimal(level) and key in silent}
    found = failing(rule_id, "aml_transactions", rows, date(2017, 7, 31))
    assert {result["subject"]: Decimal(result["measured"]) for result in found} == wrong


ANY_START = (date(2000, 1, 1), date(2024, 12, 31))
TERMS = [  # the last two: first and last start whose term ends under the law named
    ("AML24-01", "transaction", 120, date(2025, 6, 30), (date(2020, 1, 1), date(2024, 12, 31))),
    ("AML06-01", "client_identity", 60, date(2024, 6, 30), (date(2002, 1, 3), date(2019, 12, 29))),
    ("CSL-01", "network_log", 6, date(2020, 6, 30), ANY_START),
    ("FL-04", "fund_holder", 240, date(2025, 6, 30), ANY_START),
    ("PIPL-04", "impact_assessment", 36, date(2025, 6, 30), ANY_START),
    ("NDSR-01", "data_provision", 36, date(2025, 6, 30), ANY_START),
]


@pytest.mark.parametrize(("rule_id", "kind", "months", "on", "starts"), TERMS, ids=[case[0] for case in TERMS])
@pytest.mark.thorough
@FEW
@given(data=st.data())
def test_nothing_is_erased_before_the_day_after_its_term(
    rule_id: str, kind: str, months: int, on: date, *, starts: tuple[date, date], data: st.DataObject
):
    drawn = data.draw(st.lists(st.dates(*starts), min_size=1, max_size=8))
    rows, wrong = [], []
    for start in drawn:
        last = add_months(start, months)
        for shift in (-1, 0, 1):
            rows.append({"record_kind": kind, "term_started_on": start, "decided_on": last + timedelta(days=shift)})
            if shift < 1:
                wrong.append(len(rows))
    found = failing(rule_id, "data_disposals", rows, on)
    assert [number for result in found for number in result["row_numbers"]] == wrong[:20]
    assert sum(result["count"] for result in found) == len(wrong)


@pytest.mark.thorough
@FEW
@given(data=st.data())
def test_the_hand_over_is_judged_as_a_clock_would(data: st.DataObject):
    minute = st.integers(0, 1439)
    cases = data.draw(st.lists(st.tuples(minute, st.integers(0, 2), minute), min_size=1, max_size=20))
    start, rows, wrong = date(2017, 6, 6), [], []
    for number, (received, days, passed) in enumerate(cases, 1):
        rows.append(
            {
                "received_on": start, "received_time": f"{received // 60:02}:{received % 60:02}",
                "passed_on": start + timedelta(days=days), "passed_time": f"{passed // 60:02}:{passed % 60:02}",
            }
        )  # fmt: skip
        if days * 1440 + passed - received > 24 * 60:
            wrong.append(number)
    found = failing("INS15-03", "insurance_handover", rows, date(2017, 6, 30))
    assert [number for result in found for number in result["row_numbers"]] == wrong
