"""Counts by rule from filed data, cases and complaints; pushed twice, changed once."""

from datetime import date

import pytest

from cases import services
from cases.models import CaseLink
from common import clock
from common.errors import Refusal
from common.jobs import jobs_drain
from common.outbox import events_drain
from platforms.models import FilingRevision, Finding
from regulators.models import EffectCount
from tests.factories import complaints, rulebook
from tests.factories import platforms as make
from tests.factories.cases import SYSTEM
from tests.factories.regulators import officer

pytestmark = pytest.mark.django_db
RULE = """\
id: TEST-01
title: {zh: 测试规则, en: Test rule}
legal_basis: {instrument: P2P16, verified: true, text_status: final}
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
    """January in order, February too dear before the rule, March and April too dear under it."""
    version = rulebook.rule_version(text=RULE).pk
    monkeypatch.setattr(make, "_rule_version", lambda *_given: version)
    rule = make.row_rule(
        "TEST-01", "average_annual_rate_percent <= 36", ["average_annual_rate_percent"], threshold="36",
        measured_column="average_annual_rate_percent", severity="major",
    )  # fmt: skip
    filer = make.filer(name="测试平台甲")
    for month, rate in (("2017-01", "12.00"), ("2017-02", "48.50"), ("2017-03", "48.50"), ("2017-04", "48.50")):
        make.use_plan(monkeypatch, *([rule] if month >= "2017-03" else []))
        filer.file(make.csv_of(make.indicators(report_month=month, average_annual_rate_percent=rate)), period=month)
        jobs_drain()
    events_drain()


def test_counts_follow_the_filed_data_and_twice_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen("2017-05-20"):
        complaints.ground()
        filed(monkeypatch)
        findings = Finding.objects.count()
        assert services.effect_counts_push(actor=SYSTEM) == 4
        assert services.effect_counts_push(actor=SYSTEM) == 0
        assert Finding.objects.count() == findings == 2
    rows = EffectCount.objects.filter(rule_id="TEST-01").order_by("month")
    assert [(row.month, row.findings, row.filings, row.rehearsed) for row in rows] == [
        (date(2017, 1, 1), 0, 1, True), (date(2017, 2, 1), 1, 1, True), (date(2017, 3, 1), 1, 1, False),
        (date(2017, 4, 1), 1, 1, False),
    ]  # fmt: skip


def test_cases_count_for_the_rule_whose_findings_they_rest_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with clock.frozen("2017-05-20"):
        complaints.ground()
        filed(monkeypatch)
        services.effect_counts_push(actor=SYSTEM)
        assert set(CaseLink.objects.filter(kind="finding").values_list("case__opened_on", flat=True)) == {
            date(2017, 5, 20)
        }
    with clock.frozen("2017-06-20"):
        services.effect_counts_push(actor=SYSTEM)
        rule = {row.month: row.cases for row in EffectCount.objects.filter(rule_id="TEST-01")}
        assert (rule[date(2017, 4, 1)], rule.get(date(2017, 5, 1))) == (0, 1)
        CaseLink.objects.all().delete()
        services.effect_counts_push(actor=SYSTEM)
        assert EffectCount.objects.filter(rule_id="TEST-01", cases__gt=0).count() == 0


def test_rules_of_the_house_are_no_policy_and_what_was_pushed_about_them_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    house = RULE.replace("P2P16, verified: true, text_status: final", "CONV, verified: false, text_status: convention")
    monkeypatch.setitem(globals(), "RULE", house)
    with clock.frozen("2017-05-20"):
        complaints.ground()
        EffectCount.objects.create(rule_id="TEST-01", month=date(2017, 3, 1), findings=3)
        filed(monkeypatch)
        assert services.effect_counts_push(actor=SYSTEM) == 1
    assert EffectCount.objects.count() == 0


def test_only_the_secretariat_and_the_system_push() -> None:
    with clock.frozen("2017-05-20"):
        complaints.ground()
        with pytest.raises(Refusal) as caught:
            services.effect_counts_push(actor=officer("CBRC"))
        assert (caught.value.status, EffectCount.objects.count()) == (403, 0)


@pytest.mark.parametrize(("subject", "scope", "counted"), [("data", "rule", 1), ("conduct", "line", 2)])
def test_complaints_count_for_the_rule_only_where_the_pack_names_their_category(
    monkeypatch: pytest.MonkeyPatch, subject: str, scope: str, counted: int
) -> None:
    monkeypatch.setitem(globals(), "RULE", RULE.replace("subject: conduct", f"subject: {subject}"))
    with clock.frozen("2017-05-10"):
        complaints.ground()
        filed(monkeypatch)
        platform = FilingRevision.objects.first().filing.subject_id
        for category in ("privacy", "fees"):
            complaints.filed(platform_id=platform, category=category)
    with clock.frozen("2017-06-20"):
        services.effect_counts_push(actor=SYSTEM)
    row = EffectCount.objects.get(rule_id="TEST-01", month=date(2017, 5, 1))
    assert (row.complaint_scope, row.complaints) == (scope, counted)
