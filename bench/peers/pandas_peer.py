"""The 21 checks as one would write them in plain pandas: counts of failing rows by check."""

from typing import Any

import pandas as pd
import pyarrow.parquet as pq

COLUMNS = [
    "row_number", "loan_id", "borrower_token", "borrower_kind", "currency", "principal_amount", "outstanding_principal",
    "annual_rate_percent", "all_in_annual_rate_percent", "term_months", "contract_date", "fundraising_start",
    "fundraising_end", "status", "overdue_days", "guarantor_kind", "loan_purpose", "lender_count",
]  # fmt: skip
AMOUNTS = ["principal_amount", "outstanding_principal", "annual_rate_percent", "all_in_annual_rate_percent"]
DAYS = ["contract_date", "fundraising_start", "fundraising_end"]


def read(path: str, columns: list[str]) -> pd.DataFrame:
    """Amounts as doubles and days as timestamps, since plain pandas has neither decimals nor days."""
    frame: pd.DataFrame = pq.read_table(path, columns=columns, use_threads=False).to_pandas(date_as_object=False)
    for name in set(AMOUNTS) & set(columns):
        frame[name] = frame[name].astype("float64")
    return frame


def counts(tables: dict[str, list[str]]) -> dict[str, int]:
    """Check -> failing rows or subjects."""
    book = read(tables["loan_book"][0], COLUMNS)
    found = {name: int(mask.sum()) for name, mask in _rows(book).items()}
    natural = book[(book.borrower_kind == "natural") & book.borrower_token.notna()]
    owed = natural.groupby("borrower_token").outstanding_principal.sum()
    repeated = book.loan_id.value_counts()
    found["unique_loan_id"] = int((repeated > 1).sum())
    found["borrower_limit_one_platform"] = int((owed.round(2) > 200000).sum())
    found["borrower_limit_all_platforms"] = _all_platforms(natural, tables)
    totals = book.groupby("borrower_token").outstanding_principal.sum()
    found["top10_share"] = int(totals.nlargest(10).sum() * 10000 > book.outstanding_principal.sum())
    recent = book[book.fundraising_start >= pd.Timestamp("2016-07-29")]
    known = read(tables["fund_ledger"][0], ["loan_id"]).loan_id
    found["paid_out_without_entry"] = int((~recent.loan_id.isin(known)).sum())
    return found


def _all_platforms(own: pd.DataFrame, tables: dict[str, list[str]]) -> int:
    columns = ["borrower_token", "borrower_kind", "outstanding_principal"]
    parts = [read(path, columns).assign(platform=n) for n, path in enumerate(tables["loan_book_market"])]
    market = pd.concat(parts)
    market = market[(market.borrower_kind == "natural") & (market.outstanding_principal > 0)]
    by_borrower = market.groupby("borrower_token")
    grouped = by_borrower.agg(total=("outstanding_principal", "sum"), platforms=("platform", "nunique"))
    over = grouped[(grouped.platforms > 1) & (grouped.total.round(2) > 150000)]
    return int(over.index.isin(own[own.outstanding_principal > 0].borrower_token).sum())


def _rows(b: pd.DataFrame) -> dict[str, Any]:
    return {
        "id_form": ~b.loan_id.str.fullmatch(r"L-[0-9]{10}"),
        "principal_above_zero": ~(b.principal_amount > 0),
        "principal_at_most_200000": ~(b.principal_amount <= 200000),
        "outstanding_within_principal": ~(b.outstanding_principal <= b.principal_amount),
        "rate_within_36": ~((b.annual_rate_percent > 0) & (b.annual_rate_percent <= 36)),
        "all_in_not_below_rate": ~(b.all_in_annual_rate_percent >= b.annual_rate_percent),
        "term_1_to_360": ~b.term_months.between(1, 360),
        "signed_after_fundraising": ~(b.contract_date >= b.fundraising_end),
        "fundraising_ends_after_start": ~(b.fundraising_end >= b.fundraising_start),
        "fundraising_within_20_days": ~((b.fundraising_end - b.fundraising_start).dt.days <= 20),
        "current_is_not_overdue": b.status.isin(["current", "paid"]) & (b.overdue_days > 0),
        "late_has_days": (b.status == "late_31_120") & ~b.overdue_days.between(31, 120),
        "paid_has_no_balance": (b.status == "paid") & (b.outstanding_principal > 0),
        "no_platform_guarantee": b.guarantor_kind == "platform",
        "purpose_is_no_speculation": b.loan_purpose.str.contains("股票|期货", regex=True),
        "has_lenders": ~(b.lender_count >= 1),
    }
