"""A generated market for the second quarter of 2017: fourteen invented firms, two invented banks, seeded faults.

Pure and seeded: the same call gives the same bytes. Each firm shows one thing (its `story`), so that every rule of the
demo has something to find; names carry 示范 so that nobody takes them for real firms.
"""

import csv
import io
import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

SEED = 20170710
QUARTER = "2017Q3"
MONTHS = ("2017-04", "2017-05", "2017-06")
LAST_MONTH = MONTHS[-1]
CENT = Decimal("0.01")
SHARED_BORROWER = "BT-shared-000001"
SHARED_BY = ("DEMO-01", "DEMO-02", "DEMO-04", "DEMO-08", "DEMO-09", "DEMO-12")
FILING_DAYS = {"2017-04": (2017, 5, 8), "2017-05": (2017, 6, 8), "2017-06": (2017, 7, 10)}
LATE = ("DEMO-06", "2017-05")  # this return comes a month late


@dataclass(frozen=True)
class Firm:
    """One invented firm and what its filings show."""

    code: str
    name: str
    region: str
    story: str
    size: int
    rate: float
    trend: float = 1.03
    line: str = "p2p_lending"
    bank: str = "DEMO-BANK-1"


FIRMS: tuple[Firm, ...] = (
    Firm("DEMO-01", "示范·晨江网贷", "310000", "clean", 2600, 9.2),
    Firm("DEMO-02", "示范·北辰网贷", "110000", "clean", 160, 10.4),
    Firm("DEMO-03", "示范·高桥网贷", "330000", "natural_over_limit", 260, 11.0),
    Firm("DEMO-04", "示范·远山网贷", "440000", "legal_over_limit", 240, 10.8, bank="DEMO-BANK-2"),
    Firm("DEMO-05", "示范·南屏网贷", "440000", "rate_over_ceiling", 180, 15.5, bank="DEMO-BANK-2"),
    Firm("DEMO-06", "示范·长岭网贷", "500000", "long_fundraising", 150, 11.6),
    Firm("DEMO-07", "示范·东渡网贷", "320000", "concentrated", 90, 12.1),
    Firm("DEMO-08", "示范·平湖网贷", "330000", "understated_balance", 210, 10.9),
    Firm("DEMO-09", "示范·金塘网贷", "370000", "ledger_mismatch", 170, 11.3, bank="DEMO-BANK-2"),
    Firm("DEMO-10", "示范·青浦网贷", "310000", "bad_rows", 130, 10.1),
    Firm("DEMO-11", "示范·沙河网贷", "130000", "collapsing", 2400, 19.8, trend=0.62, bank="DEMO-BANK-2"),
    Firm("DEMO-12", "示范·西泠网贷", "330000", "shared_borrower", 200, 10.6),
    Firm("DEMO-13", "示范·旧城网贷", "410000", "wrong_encoding", 60, 13.0),
    Firm("DEMO-14", "示范消费金融", "420000", "complaint", 0, 0.0, line="consumer_finance"),
)
BANKS: tuple[Firm, ...] = (
    Firm("DEMO-BANK-1", "示范存管银行一", "110000", "bank", 0, 0.0, line="p2p_lending"),
    Firm("DEMO-BANK-2", "示范存管银行二", "440000", "bank", 0, 0.0, line="p2p_lending"),
)


@dataclass(frozen=True)
class DemoFiling:
    """One file to send: who files it, about whom, and its bytes."""

    filer: str
    template: str
    period: str
    content: bytes
    subject: str = ""


@dataclass
class Book:
    """A firm's loans as dictionaries, and what they add up to."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def total(self) -> Decimal:
        """Outstanding principal of all loans."""
        return sum((Decimal(row["outstanding_principal"]) for row in self.rows), Decimal(0))

    def top10_share(self) -> Decimal:
        """Percent of the balance owed by the ten largest borrowers."""
        owed: dict[str, Decimal] = {}
        for row in self.rows:
            borrower = row["borrower_token"]
            owed[borrower] = owed.get(borrower, Decimal(0)) + Decimal(row["outstanding_principal"])
        largest = sum(sorted(owed.values(), reverse=True)[:10], Decimal(0))
        return (largest * 100 / (self.total() or Decimal(1))).quantize(CENT)


def filed_on(month: str) -> list[DemoFiling]:
    """What is filed on the filing day of a month: its monthly returns, and after June the books too."""
    chosen = []
    for item in filings():
        is_late = (item.filer, item.period) == LATE and item.template == "monthly_indicators"
        if (LAST_MONTH if is_late else item.period) == month:
            chosen.append(item)
    return chosen


@cache
def filings() -> list[DemoFiling]:
    """Everything the market files, in a fixed order."""
    made: list[DemoFiling] = []
    for firm in FIRMS:
        if firm.line == "p2p_lending":
            made += firm_filings(firm)
    return made


def firm_filings(firm: Firm) -> list[DemoFiling]:
    """Three monthly returns, the June loan book, the June ledger, and the bank's statement for it."""
    dice = random.Random(f"{SEED}:{firm.code}")
    book = _book(firm, dice)
    ledger, statement = _money(firm, dice)
    months = [
        DemoFiling(firm.code, "monthly_indicators", month, as_csv([_indicators(firm, book, month)])) for month in MONTHS
    ]
    return [
        *months,
        DemoFiling(firm.code, "loan_book", LAST_MONTH, _loan_bytes(firm, book)),
        DemoFiling(firm.bank, "depository_statement", LAST_MONTH, as_csv(statement), subject=firm.code),
        DemoFiling(firm.code, "fund_ledger", LAST_MONTH, as_csv(ledger)),
    ]


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """Rows of one table as the file that is sent: UTF-8, comma, LF."""
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def _loan_bytes(firm: Firm, book: Book) -> bytes:
    rows = [dict(row) for row in book.rows]
    if firm.story == "bad_rows":
        rows[3]["principal_amount"] = "12,000.00"
        rows[7]["outstanding_principal"] = "1e5"
        rows[11]["status"] = "unknown"
    content = as_csv(rows)
    return content.decode().encode("gb18030") if firm.story == "wrong_encoding" else content


def _book(firm: Firm, dice: random.Random) -> Book:
    book = Book()
    for number in range(1, firm.size + 1):
        book.rows.append(_loan(firm, number, dice))
    _seed_fault(firm, book)
    return book


def _loan(firm: Firm, number: int, dice: random.Random) -> dict[str, str]:
    is_legal = dice.random() < 0.12
    principal = Decimal(dice.randrange(300, 900) * 1000 if is_legal else dice.randrange(20, 180) * 1000)
    paid = Decimal(dice.randrange(0, 60)) / 100
    start = date(2017, dice.choice((2, 3, 4, 5, 6)), dice.randrange(1, 19))
    rate = Decimal(str(round(max(5.0, dice.gauss(firm.rate, 1.1)), 2)))
    late = dice.random() < (0.09 if firm.story == "collapsing" else 0.015)
    return {
        "loan_id": f"{firm.code}-L{number:05d}",
        "borrower_token": f"BT-{firm.code}-{number:06d}",
        "borrower_kind": "legal" if is_legal else "natural",
        "currency": "CNY",
        "principal_amount": f"{principal:.2f}",
        "outstanding_principal": f"{(principal * (1 - paid)).quantize(CENT)}",
        "annual_rate_percent": f"{rate}",
        "all_in_annual_rate_percent": f"{rate + Decimal('1.50')}",
        "term_months": str(dice.choice((1, 1, 2, 3) if firm.story == "collapsing" else (3, 6, 12, 12, 18, 24, 36))),
        "contract_date": (start + timedelta(days=8)).isoformat(),
        "issue_month": (start + timedelta(days=8)).isoformat()[:7],
        "fundraising_start": start.isoformat(),
        "fundraising_end": (start + timedelta(days=dice.randrange(1, 8))).isoformat(),
        "status": "late_31_120" if late else "current",
        "overdue_days": str(dice.randrange(31, 90)) if late else "0",
        "loan_purpose": dice.choice(("经营周转", "装修", "教育", "购车", "进货")),
    }


_FAULTS: dict[str, tuple[int, dict[str, str]]] = {
    # story: (rows touched, values they get)
    "natural_over_limit": (3, {"borrower_token": "BT-DEMO-03-big", "borrower_kind": "natural",
                               "principal_amount": "95000.00", "outstanding_principal": "95000.00"}),
    "legal_over_limit": (2, {"borrower_token": "BT-DEMO-04-firm", "borrower_kind": "legal",
                             "principal_amount": "800000.00", "outstanding_principal": "760000.00"}),
    "rate_over_ceiling": (5, {"annual_rate_percent": "38.50", "all_in_annual_rate_percent": "44.00"}),
    "concentrated": (6, {"borrower_kind": "legal", "principal_amount": "990000.00",
                         "outstanding_principal": "990000.00"}),
}


def _seed_fault(firm: Firm, book: Book) -> None:
    touched, values = _FAULTS.get(firm.story, (0, {}))
    for row in book.rows[:touched]:
        row.update(values)
    if firm.story == "long_fundraising":
        for row in book.rows[:4]:
            start = date.fromisoformat(row["fundraising_start"])
            row["fundraising_end"] = (start + timedelta(days=45)).isoformat()
    if firm.code in SHARED_BY:
        _share_borrower(firm, book.rows)


def _share_borrower(firm: Firm, rows: list[dict[str, str]]) -> None:
    """Two borrowers stay within the limit of each of six platforms and pass the limit over all of them together."""
    rows[20].update(
        borrower_token=SHARED_BORROWER, borrower_kind="natural", principal_amount="199000.00",
        outstanding_principal="199000.00",
    )
    amount = f"{960000 + 1000 * int(firm.code[-2:])}.00"
    rows[21].update(
        borrower_token=f"{SHARED_BORROWER}-firm", borrower_kind="legal", principal_amount=amount,
        outstanding_principal=amount,
    )


def _indicators(firm: Firm, book: Book, month: str) -> dict[str, str]:
    steps_back = MONTHS[::-1].index(month)
    factor = Decimal(str(round(firm.trend ** (-steps_back), 6)))
    balance = (book.total() * factor).quantize(CENT)
    reported = balance
    if firm.story == "understated_balance" and month == LAST_MONTH:
        reported = (balance * Decimal("0.78")).quantize(CENT)
    issued = [row for row in book.rows if row["issue_month"] == month] or book.rows[:1]
    turnover = sum((Decimal(row["principal_amount"]) for row in issued), Decimal(0))
    borrowers, lenders = len({row["borrower_token"] for row in issued}), max(1, len(issued) * 9)
    inflow = (balance * Decimal("0.03" if firm.trend > 1 else "-0.41")).quantize(CENT)
    return {
        "report_month": month,
        "currency": "CNY",
        "turnover_amount": f"{turnover}",
        "lender_count": str(lenders),
        "borrower_count": str(borrowers),
        "loan_count": str(len(issued)),
        "average_annual_rate_percent": f"{_weighted(issued, 'annual_rate_percent')}",
        "average_term_months": f"{_weighted(issued, 'term_months')}",
        "outstanding_balance": f"{reported}",
        "outstanding_due_60d": f"{(balance * Decimal('0.22' if firm.trend > 1 else '0.93')).quantize(CENT)}",
        "net_inflow_30d": f"{inflow}",
        "average_bid_amount": f"{(turnover / lenders).quantize(CENT)}",
        "average_loan_per_borrower_amount": f"{(turnover / borrowers).quantize(CENT)}",
        "top10_borrower_share_percent": f"{book.top10_share()}",
        "registered_capital": "50000000.00" if firm.story != "collapsing" else "5000000.00",
        "months_in_operation": "41" if firm.story != "collapsing" else "13",
    }


def _weighted(rows: list[dict[str, str]], column: str) -> Decimal:
    """The average of a column, weighted by principal."""
    weights = [Decimal(row["principal_amount"]) for row in rows]
    total = sum((Decimal(row[column]) * weight for row, weight in zip(rows, weights, strict=True)), Decimal(0))
    return (total / sum(weights, Decimal(0))).quantize(CENT)


def _money(firm: Firm, dice: random.Random) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The platform's ledger and the bank's lines for the same money."""
    ledger, statement = [], []
    for number in range(1, max(40, firm.size) + 1):
        day = date(2017, 6, dice.randrange(1, 29)).isoformat()
        amount = f"{Decimal(dice.randrange(100, 90000)):.2f}"
        direction, purpose = dice.choice((("in", "deposit"), ("in", "invest"), ("out", "withdraw"), ("in", "repay")))
        reference, account = f"{firm.bank}-{firm.code}-{number:06d}", f"AC-{firm.code}-{dice.randrange(1, 60):05d}"
        ledger.append({
            "entry_id": f"{firm.code}-E{number:06d}", "entry_date": day, "account_token": account,
            "direction": direction, "amount": amount, "currency": "CNY", "purpose": purpose,
            "loan_id": "", "bank_reference": reference,
        })
        statement.append({
            "line_id": f"{firm.code}-S{number:06d}", "value_date": day, "account_token": account,
            "direction": direction, "amount": amount, "currency": "CNY", "bank_reference": reference,
        })
    if firm.story == "ledger_mismatch":
        statement[5]["amount"] = "1.00"
        del statement[10:14]
        del ledger[30:32]
    return ledger, statement
