"""The 16 row checks as a pandera schema on polars, the five over many rows in polars by hand: counts by check."""

from typing import Any

import pandera.polars as pa
import polars as pl
from pandera.errors import SchemaErrors

C = pl.col
ROWS: dict[str, Any] = {
    "id_form": C("loan_id").str.contains(r"^L-[0-9]{10}$"),
    "principal_above_zero": C("principal_amount") > 0,
    "principal_at_most_200000": C("principal_amount") <= 200000,
    "outstanding_within_principal": C("outstanding_principal") <= C("principal_amount"),
    "rate_within_36": (C("annual_rate_percent") > 0) & (C("annual_rate_percent") <= 36),
    "all_in_not_below_rate": C("all_in_annual_rate_percent") >= C("annual_rate_percent"),
    "term_1_to_360": C("term_months").is_between(1, 360),
    "signed_after_fundraising": C("contract_date") >= C("fundraising_end"),
    "fundraising_ends_after_start": C("fundraising_end") >= C("fundraising_start"),
    "fundraising_within_20_days": (C("fundraising_end") - C("fundraising_start")).dt.total_days() <= 20,
    "current_is_not_overdue": ~(C("status").is_in(["current", "paid"]) & (C("overdue_days") > 0)),
    "late_has_days": ~((C("status") == "late_31_120") & ~C("overdue_days").is_between(31, 120)),
    "paid_has_no_balance": ~((C("status") == "paid") & (C("outstanding_principal") > 0)),
    "no_platform_guarantee": C("guarantor_kind") != "platform",
    "purpose_is_no_speculation": ~C("loan_purpose").str.contains("股票|期货"),
    "has_lenders": C("lender_count") >= 1,
}


def _check(name: str, expression: Any) -> Any:
    return pa.Check(lambda data: data.lazyframe.select(expression), name=name)


SCHEMA = pa.DataFrameSchema({}, checks=[_check(name, expression) for name, expression in ROWS.items()])


def counts(tables: dict[str, list[str]]) -> dict[str, int]:
    """Check -> failing rows or subjects."""
    book = pl.read_parquet(tables["loan_book"][0])
    found = dict.fromkeys(ROWS, 0)
    try:
        SCHEMA.validate(book, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases.group_by("check").agg(pl.col("index").n_unique().alias("rows"))
        found |= {row["check"]: row["rows"] for row in cases.to_dicts()}
    return found | _many_rows(book, tables)


def _many_rows(book: pl.DataFrame, tables: dict[str, list[str]]) -> dict[str, int]:
    owed = C("outstanding_principal")
    natural = book.filter((C("borrower_kind") == "natural") & C("borrower_token").is_not_null())
    own = natural.group_by("borrower_token").agg(owed.sum())
    repeated = book.group_by("loan_id").len().filter(C("len") > 1)
    totals = book.group_by("borrower_token").agg(owed.sum()).get_column("outstanding_principal")
    recent = book.filter(C("fundraising_start") >= pl.date(2016, 7, 29))
    known = pl.read_parquet(tables["fund_ledger"][0], columns=["loan_id"])
    return {
        "unique_loan_id": repeated.height,
        "borrower_limit_one_platform": own.filter(owed > 200000).height,
        "borrower_limit_all_platforms": _all_platforms(natural, tables),
        "top10_share": int(totals.top_k(10).sum() * 10000 > book.get_column("outstanding_principal").sum()),
        "paid_out_without_entry": recent.join(known, on="loan_id", how="anti").height,
    }


def _all_platforms(own: pl.DataFrame, tables: dict[str, list[str]]) -> int:
    columns = ["borrower_token", "borrower_kind", "outstanding_principal"]
    parts = [
        pl.read_parquet(path, columns=columns).with_columns(pl.lit(n).alias("platform"))
        for n, path in enumerate(tables["loan_book_market"])
    ]
    market = pl.concat(parts).filter((C("borrower_kind") == "natural") & (C("outstanding_principal") > 0))
    grouped = market.group_by("borrower_token").agg(C("outstanding_principal").sum(), C("platform").n_unique())
    over = grouped.filter((C("platform") > 1) & (C("outstanding_principal") > 150000))
    mine = own.filter(C("outstanding_principal") > 0).select("borrower_token").unique()
    return over.join(mine, on="borrower_token", how="semi").height
