"""The demo on real data: `manage.py demo --from DIR`.

Business time is the tenth of the month after each platform-month, 2018-04-10 for the loan
book (its loans were made in early 2018) and 2020-12-01 for the complaints; the report says so.
"""

import os
import time
from datetime import datetime
from pathlib import Path

from common import clock
from common.db.acting import acting_as
from complaints import services as complaints
from config.demo import floors, real, steps
from config.demo.market import DemoFiling
from config.demo.steps import Demo

BOOK_DAY = datetime(2018, 4, 10, 9, 0, tzinfo=clock.LEGAL_ZONE)


def run(demo: Demo, folder: Path) -> None:
    """Register 588 platforms, file 3,123 platform-months, score; then the loan book; then complaint history."""
    steps.pin(_filing_day("2017-01"))
    steps.register(demo, real.platform_applicants(folder))
    months, book = real.monthly_filings(folder), real.loan_book_filing(folder)
    if os.environ.get("LIANXI_DEMO_FLOOR") == "1":
        with demo.progress.step("floors"):
            demo.facts["floors"] = {
                "bare_requests_s": floors.bare_requests_s(demo.base_url, len(months)),
                "book_scan_s": floors.book_scan_s(book.content),
            }
    _file_months(demo, months)
    steps.score(demo)
    steps.associate(demo)
    steps.meet(demo)
    monthly = demo.facts["filing"]
    steps.pin(BOOK_DAY)
    steps.file_all(demo, [book])
    demo.facts["filing"] = {**monthly, "loan_book": demo.facts["filing"]}
    steps.pin(steps.COMPLAINT_DAY)
    with demo.progress.step("import complaint history") as step, acting_as(steps.system()) as actor:
        result = complaints.complaints_import_history(actor=actor, rows=real.complaint_rows(folder))
        step.done = step.total = result.given
    steps.pin(steps.FILING_DAY)


def _filing_day(month: str) -> datetime:
    year, number = (int(part) for part in month.split("-"))
    return datetime(year, number + 1, 10, 9, 0, tzinfo=clock.LEGAL_ZONE)


def _file_months(demo: Demo, months: list[DemoFiling]) -> None:
    """Each month on its day, without waiting in between; then until the last verdict."""
    started, sent = time.monotonic(), 0
    for month in sorted({item.period for item in months}):
        steps.pin(_filing_day(month))
        sent += steps.send_only(demo, [item for item in months if item.period == month], month)
    with demo.progress.step("check, reconcile, recompute", sent) as step:
        steps.wait_until_quiet(lambda waiting: demo.progress.advance(step, max(0, sent - waiting)))
    seconds = round(time.monotonic() - started, 1)
    demo.facts["filing"] = {
        "sent": sent, "known": len(months) - sent, "first_request_to_last_verdict_s": seconds
    }
