"""The demo on the generated market."""

from datetime import datetime

from common import clock
from config.demo import law, lines, market, meeting, older, steps
from config.demo.coordination import coordinate
from config.demo.steps import Demo


def run(demo: Demo) -> None:
    """Some returns of 2016, then each month on its day; check, score, associate, meet on 2017-07-10; complain then and
    on 2020-12-01.
    """
    steps.pin(older.FILED_AT)
    steps.register(demo, steps.applicants(*older.FIRMS))
    steps.agreements()
    older.file(demo)
    for month in market.MONTHS:
        steps.pin(_day(month))
        steps.file_all(demo, market.filed_on(month) + lines.filed_on(month), month)
    steps.score(demo)
    steps.associate(demo)
    coordinate(demo)
    law.show(demo)
    steps.meet(demo)
    _sit(demo)
    steps.complain(demo)


def _sit(demo: Demo) -> None:
    """The meeting itself, from the order of its agenda to minutes and actions."""
    with demo.progress.step("the meeting is held"):
        demo.facts["meeting"] = meeting.play(steps.pin, quarter=market.QUARTER, opened_at=steps.FILING_DAY)


def _day(month: str) -> datetime:
    return datetime(*market.FILING_DAYS[month], 9, 0, tzinfo=clock.LEGAL_ZONE)
