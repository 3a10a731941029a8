"""Counts by rule from filed data, cases and complaints; pushed twice, changed once."""

from datetime import date

import pytest

from cases import services
from common import clock
from common.errors import Refusal
from common.jobs import jobs_drain
from common.outbox import events_drain
from regulators.models import EffectCount
from tests.factories import complaints, rulebook
from tests.factories import platforms as make
from tests.factories.cases import SYSTEM
from tests.factories.regulators import officer

pytestmark = pytest.mark.django_db
RULE = """\
id: TEST-01
title: {zh: 测试规则, en: Test rule}
legal_basis: {instrument: CONV, verified: false, text_status: convention}
in_force: {from: 2017-03-01}
applies_to: [p2p_lending]
role: conduct
subject: conduct
kind: record
template: monthly_indicators
severity: major
check: average_annual_rate_percent <= 36
measured: average_annual_rate_percent
threshold: "36"
disposal: {zh: 无, en: None}
explanation: {zh: 仅供测试, en: Only for tests}
"""


def filed(monkeypatch: pytest.MonkeyPatch) -> None:
    """February in order, March and April too dear; one complaint in May."""
    version = rulebook.rule_version(text=RULE).pk
    monkeypatch.setattr(make, "_rule_version", lambda *_given: version)
    rule = make.row_rule(
        "TEST-01", "average_annual_rate_percent <= 36", ["average_annual_rate_percent"], threshold="36",
        measured_column="average_annual_rate_percent", severity="major",
    )  # fmt: skip
    filer = make.filer(name="测试平台甲")
    for month, rate in (("2017-02", "12.00"), ("2017-03", "48.50"), ("2017-04", "48.50")):
        make.use_plan(monkeypatch, *([rule] if rate != "12.00" else []))
        filer.file(make.csv_of(make.indicators(report_month=month, average_annual_rate_percent=rate)), period=month)
        jobs_drain()
    events_drain()


def test_counts_follow_the_filed_data_and_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen("2017-05-20"):
        complaints.ground()
        filed(monkeypatch)
        assert services.effect_counts_push(actor=SYSTEM) == 36
        assert services.effect_counts_push(actor=SYSTEM) == 0
    rows = {row.month: row for row in EffectCount.objects.filter(rule_id="TEST-01")}
    assert (len(rows), min(rows), max(rows)) == (36, date(2014, 5, 1), date(2017, 4, 1))
    found = [(rows[date(2017, n, 1)].findings, rows[date(2017, n, 1)].filings) for n in (1, 2, 3, 4)]
    assert found == [(None, 0), (None, 1), (1, 1), (1, 1)]


def test_only_the_secretariat_and_the_system_push() -> None:
    with clock.frozen("2017-05-20"):
        complaints.ground()
        with pytest.raises(Refusal) as caught:
            services.effect_counts_push(actor=officer("CBRC"))
        assert (caught.value.status, EffectCount.objects.count()) == (403, 0)
