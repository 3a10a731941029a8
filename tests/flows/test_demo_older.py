"""The demo's returns of 2016 give one rule a real before and a real after, under the shipped pack."""

from datetime import date

import pytest

from cases import services as cases
from common import clock
from common.jobs import jobs_drain
from config.demo import older
from platforms.models import Finding
from regulators import services
from regulators.models import AgendaItem, EffectCount
from regulators.selectors.effects import effect_of
from tests.factories import platforms as make
from tests.factories import rulebook as rules
from tests.factories.cases import SYSTEM

pytestmark = pytest.mark.django_db


def test_returns_of_2016_are_judged_by_the_limits_that_came_in_august() -> None:
    rules.cn_loaded()
    with clock.frozen(older.FILED_AT):
        filers = {firm.code: make.filer(name=firm.name) for firm in older.FIRMS}
        for filing in older.filings():
            filers[filing.filer].file(filing.content, filing.template, period=filing.period)
        jobs_drain()
    with clock.frozen("2017-07-10"):
        before = Finding.objects.count()
        cases.effect_counts_push(actor=SYSTEM)
        assert Finding.objects.count() == before
        effect = effect_of(older.RULE, date(2017, 7, 10))
        services.effect_items_propose(actor=SYSTEM, quarter="2017Q3")
    assert effect is not None
    found = effect.comparisons[0]
    assert (found.before.events, found.before.base, found.before.rate) == (12, 12, 100.0)
    assert (found.after.events, found.after.base, found.after.rate) == (3, 12, 25.0)
    assert (found.verdict, effect.is_rehearsed, effect.since) == ("lower", True, date(2016, 8, 17))
    assert not EffectCount.objects.filter(rule_id__startswith="CONV").exists()
    subjects = list(AgendaItem.objects.order_by("position").values_list("subject", flat=True))
    assert subjects[0] == f"effect:{older.RULE}"
    assert not [subject for subject in subjects if "CONV" in subject]
