"""One known set of rows for every SQL file, shared by the engines."""

from pathlib import Path

from tests.sql.engines import filed

Tables = dict[str, list[str]]


def entry(number: int, reference: str = "", amount: str = "100.00", **rest: str) -> dict[str, str]:
    """A ledger entry."""
    return {"entry_id": f"E-{number}", "bank_reference": reference, "amount": amount} | rest


def line(number: int, reference: str, amount: str = "100.00", **rest: str) -> dict[str, str]:
    """A bank line."""
    return {"line_id": f"S-{number}", "bank_reference": reference, "amount": amount} | rest


def reconciliation(folder: Path) -> Tables:
    """One reference for each way two sides can agree or differ."""
    ledger = [
        entry(1, "B-ok"),
        entry(2, "B-only-ledger", "7.00"),
        entry(3, "B-amount", "100.01"),
        entry(4, "B-date", entry_date="2017-06-08"),
        entry(5, "B-twice"),
        entry(6, "B-twice"),
        entry(7, "B-batch", "40.00"),
        entry(8, "B-batch", "60.00", account_token="acct-other"),
        entry(9, "B-bank-twice"),
        entry(10, "B-direction", direction="out"),
        entry(11, "B-account", account_token="acct-other"),
        entry(12, "", "5.00"),
        entry(13, "B-currency", currency="USD"),
    ]
    statement = [
        line(1, "B-ok"),
        line(2, "B-only-bank", "8.00"),
        line(3, "B-amount"),
        line(4, "B-date", value_date="2017-06-09"),
        line(5, "B-twice"),
        line(6, "B-batch"),
        line(7, "B-bank-twice"),
        line(8, "B-bank-twice"),
        line(9, "B-direction"),
        line(10, "B-account"),
        line(11, "B-currency"),
    ]
    return {
        "ledger": filed(folder / "ledger", "fund_ledger", ledger),
        "statement": filed(folder / "statement", "depository_statement", statement),
    }


def loan(number: int, token: str, outstanding: str, **rest: str) -> dict[str, str]:
    """A loan of 200,000 issued in June."""
    cells = {"loan_id": f"L-{number}", "borrower_token": token, "outstanding_principal": outstanding}
    return cells | {"principal_amount": "200000.00", "annual_rate_percent": "10.00"} | rest


def loan_book(folder: Path) -> Tables:
    """Twelve borrowers: eleven with one open loan of 1,000 and one with two of 4,500; others paid or charged off."""
    rows = [loan(number, f"bt-{number:04d}", "1000.00") for number in range(1, 12)]
    rows += [
        loan(12, "bt-large", "4500.00", annual_rate_percent="20.00", status="late_31_120"),
        loan(13, "bt-large", "4500.00", annual_rate_percent="20.00", issue_month="2017-05", term_months="6"),
        loan(14, "bt-0001", "0.00", status="paid"),
        loan(15, "bt-0002", "700.00", status="charged_off"),
    ]
    return {"loan_book": filed(folder / "loans", "loan_book", rows)}


def reported(folder: Path, **changes: str) -> Tables:
    """The same loan book and a month of disclosed indicators."""
    row = {
        "outstanding_balance": "21000.00",
        "turnover_amount": "2800000.00",
        "loan_count": "14",
        "borrower_count": "12",
        "average_annual_rate_percent": "10.00",
        "average_term_months": "12.00",
        "top10_borrower_share_percent": "",
    }
    return loan_book(folder) | {"monthly_indicators": filed(folder / "month", "monthly_indicators", [row | changes])}


def market(folder: Path) -> Tables:
    """Two platforms' months."""
    first = {"turnover_amount": "100.00", "average_annual_rate_percent": "10.00", "outstanding_balance": ""}
    second = {"turnover_amount": "300.00", "average_annual_rate_percent": "12.00", "outstanding_balance": "50.00"}
    paths = [
        *filed(folder / "platform-a", "monthly_indicators", [first | {"net_inflow_30d": "-5.00"}]),
        *filed(folder / "platform-b", "monthly_indicators", [second | {"net_inflow_30d": "9.00"}]),
    ]
    return {"monthly_indicators_market": paths}


def arrears(folder: Path) -> Tables:
    """Nine loans: 10,000 lent each; every way of being overdue, in yuan, and two loans in dollars."""
    rows = [
        arrear(1, "6000.00", "current", "0"),
        arrear(2, "0.00", "paid", "0"),
        arrear(3, "1000.00", "late_31_120", "90"),
        arrear(4, "500.00", "late_31_120", "91"),
        arrear(5, "400.00", "charged_off", "180"),
        arrear(6, "300.00", "charged_off", "181"),
        arrear(7, "200.00", "charged_off", "361"),
        arrear(8, "1600.00", "charged_off", ""),
        arrear(9, "100.00", "current", "0", currency="USD"),
    ]
    return {"loan_book": filed(folder / "arrears", "loan_book", rows)}


def arrear(number: int, outstanding: str, status: str, days: str, **rest: str) -> dict[str, str]:
    """A loan of 10,000 at 7.30 % a year, which is 0.02 % a day."""
    cells = {"principal_amount": "10000.00", "outstanding_principal": outstanding, "annual_rate_percent": "7.30"}
    return {"loan_id": f"L-{number}", "status": status, "overdue_days": days} | cells | rest


METRICS = (
    "loan_states",
    "outstanding_all_principal",
    "outstanding_without_overdue",
    "overdue_ages_90_180",
    "overdue_ages_90_180_360",
    "overdue_count_over_amount",
    "overdue_count_over_count",
    "overdue_principal",
    "overdue_principal_and_interest",
    "overdue_rate_over_cumulative",
    "overdue_rate_over_outstanding",
)
CASES = {
    **{f"metrics/{name}": arrears for name in METRICS},
    "reconciliation/by_reference": reconciliation,
    "reconciliation/ledger_vs_statement": reconciliation,
    "indicators/loan_book_totals": loan_book,
    "indicators/issued_in_month": loan_book,
    "indicators/reported_vs_recomputed": reported,
    "market/monthly_overview": market,
}
