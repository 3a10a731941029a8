"""Three invented firms that filed once for the months of 2016 and left the market: what was there before a rule.

The limits of the 2016 lending measures apply from 2016-08-17. These returns reach from April to December 2016, so that
the evaluation of a rule has a real before (by rehearsal) and a real after. Pure, except `file`.
"""

from datetime import date, datetime

from analytics.contracts import template
from common import clock
from common.db.acting import acting_as
from config.demo import steps
from config.demo.market import DemoFiling, Firm, as_csv
from config.demo.steps import Demo
from platforms import selectors as platform_reads
from platforms import services as platforms

FILED_AT = datetime(2017, 1, 20, 9, 0, tzinfo=clock.LEGAL_ZONE)
LEFT_ON = date(2017, 2, 1)
MONTHS = tuple(f"2016-{month:02}" for month in range(4, 13))
ABOVE, BELOW = "1240000.00", "180000.00"  # the average loan of a borrower, above and below the highest limit
RULE = "P2P16-19-average"

FIRMS: tuple[Firm, ...] = (
    Firm("DEMO-20", "示范·旧港网贷", "350000", "2016-08", 0, 0.0),
    Firm("DEMO-21", "示范·石桥网贷", "420000", "2016-09", 0, 0.0),
    Firm("DEMO-22", "示范·白塔网贷", "430000", "2016-10", 0, 0.0),
)  # the story is the last month above the limit


def filings() -> list[DemoFiling]:
    """Nine monthly returns of each firm."""
    return [
        DemoFiling(firm.code, "monthly_indicators", month, as_csv([_row(month, firm)]))
        for firm in FIRMS
        for month in MONTHS
    ]


def _row(month: str, firm: Firm) -> dict[str, str]:
    sample = {c.name: c.sample.format(period=month, month=month) for c in template("monthly_indicators").columns}
    return {**sample, "average_loan_per_borrower_amount": ABOVE if month <= firm.story else BELOW}


def file(demo: Demo) -> None:
    """File everything on one day of January 2017, then the firms leave. What an earlier run did stays."""
    with acting_as(steps.system()):
        refs = [platform_reads.platform_by_external_ref(firm.code) for firm in FIRMS]
    here = {str(ref.external_ref): ref for ref in refs if ref and ref.state == "registered"}
    if not here:
        return
    steps.file_all(demo, [item for item in filings() if item.filer in here], "2016")
    with acting_as(steps.system()) as actor:
        for ref in here.values():
            platforms.platform_exit(actor=actor, platform_id=ref.id, note="示范：退出市场", exited_on=LEFT_ON)
