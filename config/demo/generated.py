"""The demo on the generated market."""

from config.demo import market, steps
from config.demo.steps import Demo


def run(demo: Demo) -> None:
    """Register, file, check, score, associate, meet on 2017-07-10; complain on 2020-12-01."""
    steps.pin(steps.FILING_DAY)
    steps.register(demo, steps.applicants())
    steps.agreements()
    steps.file_all(demo, market.filings())
    steps.score(demo)
    steps.associate(demo)
    steps.meet(demo)
    steps.complain(demo)
