"""Column mappings of the real data sets that `demo --from DIR` sends through the doors. Documented here, nowhere else.

2017 platform panel → `monthly_indicators`: see `riskmodels.panel` (units of 10,000 yuan, empty and constant columns,
placeholder ids, missing months). Registration: `platId` is the key; the sheet of details is joined on `wdzjPlatId`,
which is 0 for platforms the source had not numbered and is then never joined; a platform without a known province is
registered for the whole country (000000).

2018 loan book (10,000 loans in USD) → `loan_book` of an invented platform: the row number is the loan id; there is no
borrower token, no contract date and no fundraising dates, so rules that need them report "not evaluable".

Consumer complaints (2015 to 2020) → closed complaint history.
"""

import csv
import gzip
import io
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from complaints.services import HistoryRow
from config.demo.doors import Applicant
from config.demo.market import DemoFiling
from riskmodels.panel import PANEL_FILE, PLACEHOLDER_ID, panel_row_to_indicator, read_rows

LOAN_BOOK_FILE = Path("lc_2018_loanbook/loans_full_schema.csv.gz")
COMPLAINT_FILE = Path("cfpb/complaints_full18_dev70.csv.gz")
DETAIL_FILE = Path("p2p_platforms_2017/platform_detail_2017.csv.gz")
LOAN_BOOK_CODE = "DEMO-USD-BOOK"
LOAN_BOOK_PERIOD = "2018-03"
REF_PREFIX = "wdzj:"
_LOAN_STATUS = {
    "Current": "current", "Fully Paid": "paid", "In Grace Period": "grace", "Late (16-30 days)": "late_16_30",
    "Late (31-120 days)": "late_31_120", "Charged Off": "charged_off",
}
_LINES = {
    "Money transfer, virtual currency, or money service": "payment", "Money transfers": "payment",
    "Prepaid card": "payment", "Virtual currency": "payment",
}
_OUTCOMES = {
    "Closed with monetary relief": "monetary_relief", "Closed with non-monetary relief": "other_relief",
    "Closed with explanation": "explained",
}


def _read(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source)


def _csv(rows: list[dict[str, str]]) -> bytes:
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return sink.getvalue().encode()


def platform_applicants(folder: Path) -> list[Applicant]:
    """The 588 platforms of the panel, each once, in the order of the source; plus the invented holder of the book."""
    provinces = {
        row["platId"]: f"{row['locationArea']}0000"
        for row in _read(folder / DETAIL_FILE) if row["platId"] != PLACEHOLDER_ID and len(row["locationArea"]) == 2
    }
    found: dict[str, Applicant] = {}
    for row in read_rows(folder / PANEL_FILE):
        number = row["wdzjPlatId"]
        region = provinces.get(number, "000000") if number != PLACEHOLDER_ID else "000000"
        code = REF_PREFIX + row["platId"]
        found.setdefault(code, Applicant(code, row["platName"], row["platName"], "platform", "p2p_lending", region))
    book = Applicant(LOAN_BOOK_CODE, "示范·美元账册", "示范美元账册（虚构）", "platform", "p2p_lending", "310000")
    return [*found.values(), book]


def monthly_filings(folder: Path) -> list[DemoFiling]:
    """One one-row file for each platform and month."""
    return [
        DemoFiling(REF_PREFIX + row["platId"], "monthly_indicators", row["month"], _csv([panel_row_to_indicator(row)]))
        for row in read_rows(folder / PANEL_FILE)
    ]


def loan_book_filing(folder: Path) -> DemoFiling:
    """The loan book as one file."""
    rows = [_loan(number, row) for number, row in enumerate(_read(folder / LOAN_BOOK_FILE), start=1)]
    return DemoFiling(LOAN_BOOK_CODE, "loan_book", LOAN_BOOK_PERIOD, _csv(rows))


def _loan(number: int, row: dict[str, str]) -> dict[str, str]:
    return {
        "loan_id": str(number),
        "currency": "USD",
        "principal_amount": row["loan_amount"],
        "outstanding_principal": row["balance"],
        "annual_rate_percent": row["interest_rate"],
        "term_months": str(int(float(row["term"]))),
        "issue_month": datetime.strptime(row["issue_month"], "%b-%Y").strftime("%Y-%m"),  # noqa: DTZ007 - a month
        "status": _LOAN_STATUS[row["loan_status"]],
        "loan_purpose": row["loan_purpose"],
    }


def complaint_rows(folder: Path) -> Iterator[HistoryRow]:
    """The 4,636 complaints as finished history; narratives are redacted in the source."""
    for row in _read(folder / COMPLAINT_FILE):
        yield HistoryRow(
            external_ref=f"cfpb:{row['Complaint ID']}",
            received_on=_day(row["Date received"]),
            closed_on=_day(row["Date sent to company"]),
            narrative=row["Consumer complaint narrative"],
            platform_text=row["Company"],
            business_line=_LINES.get(row["Product"], "consumer_finance"),
            category="other",
            outcome=_OUTCOMES.get(row["Company response to consumer"], "explained"),
        )


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("/"))
    return date(year, month, day)
