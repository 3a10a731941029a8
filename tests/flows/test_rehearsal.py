"""What if a limit were another? Real filings are judged again, by platform; no row and no file is left behind."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.utils import translation

from analytics.lake import Lake
from common import clock
from common.errors import Refusal
from common.jobs import jobs_drain
from common.principal import Principal, system_principal
from platforms.models import Finding
from rulebook.services import RehearsalReport, rule_rehearse
from tests.factories import platforms as make
from tests.factories import rulebook as rules

pytestmark = pytest.mark.django_db

IN_TIME = datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)
ON = date(2017, 6, 30)
LIMIT = "p2p.natural_person_one_platform_cny"
SYSTEM = system_principal("test")
NAMES = ("测试平台甲", "测试平台乙")


def book(*amounts: str) -> bytes:
    """A loan book with one borrower per amount."""
    return make.csv_of(
        *(
            make.loan(
                loan_id=f"L-{at}", borrower_token=f"bt-{at:012d}", principal_amount=amount, outstanding_principal=amount
            )
            for at, amount in enumerate(amounts, 1)
        )
    )


@pytest.fixture
def filed() -> tuple[str, str]:
    """Two accepted loan books: one with three borrowers of 150, 180 and 250 thousand, one with one of 100 thousand."""
    rules.cn_loaded()
    first, second = make.filer(name=NAMES[0]), make.filer(name=NAMES[1])
    with clock.frozen(IN_TIME):
        first.file(book("150000.00", "180000.00", "250000.00"), "loan_book")
        second.file(book("100000.00"), "loan_book")
        jobs_drain()
    return NAMES


def rehearse(value: str | None = None, **values) -> RehearsalReport:
    changes = {} if value is None else {LIMIT: value}
    return rule_rehearse(actor=SYSTEM, on=ON, changes=changes, **values)


def by_name(report: RehearsalReport) -> dict[str, tuple[int, int]]:
    return {row.name: (row.before, row.after) for row in report.platforms}


def everything() -> tuple[dict[str, int], list[str]]:
    """Row counts of every table, and every file of the lake."""
    tables = set(connection.introspection.table_names())
    models = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in tables]
    rows = {model._meta.label: model._base_manager.count() for model in models}
    files = sorted(str(path) for path in Path(Lake.from_env().root).rglob("*") if path.is_file())
    return rows, files


def test_before_is_what_was_found_and_after_follows_the_limit(filed):
    stored = Finding.objects.filter(rule_id="P2P16-17").count()
    report = rehearse("160000")
    assert by_name(report) == {filed[0]: (stored, 2), filed[1]: (0, 0)}
    assert stored == 1
    assert (report.before, report.after, report.filings, report.rows) == (1, 2, 2, 4)
    assert report.rules == ("P2P16-17",)
    first = report.platforms[0]
    assert [(one.rule_id, one.subject, one.measured, one.threshold) for one in first.appeared] == [
        ("P2P16-17", "bt-000000000002", "180000.00", "160000.00")
    ]
    assert first.vanished == ()
    assert report.skipped == ()


def test_a_higher_limit_lets_findings_vanish(filed):
    report = rehearse("250000")
    assert by_name(report) == {filed[0]: (1, 0), filed[1]: (0, 0)}
    assert [one.subject for one in report.platforms[0].vanished] == ["bt-000000000003"]


def test_nothing_is_stored(filed):
    before = everything()
    assert rehearse("1").after == 4
    assert everything() == before


def test_one_platform_may_be_chosen(filed):
    chosen = rehearse("160000").platforms[0].platform_ref
    assert by_name(rehearse("160000", platforms=(chosen,))) == {filed[0]: (1, 2)}


def test_progress_counts_filings(filed):
    seen: list[tuple[int, int]] = []
    rehearse("160000", progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]


def test_a_draft_rule_is_tried_as_if_confirmed(filed):
    text = rules.rule_text("TEST-01", limit=0).replace("text_status: convention", "text_status: memory")
    report = rule_rehearse(actor=SYSTEM, on=ON, rule_text=text)
    assert (report.rules, report.before, report.after) == (("TEST-01",), 0, 2)
    assert [(row.rows_before, row.rows_after) for row in report.platforms] == [(0, 3), (0, 1)]


def test_a_draft_replaces_the_standing_rule_of_its_id(filed):
    text = rules.rule_text("P2P16-17", limit=0)
    report = rule_rehearse(actor=SYSTEM, on=ON, rule_text=text)
    assert (report.before, report.after) == (1, 2)
    row = next(row for row in report.platforms if row.name == filed[0])
    assert ([one.subject for one in row.vanished], [one.subject for one in row.appeared]) == (["bt-000000000003"], [""])


def test_a_day_before_any_filing_gives_an_empty_report(filed):
    report = rule_rehearse(actor=SYSTEM, on=date(2016, 12, 31), changes={LIMIT: "1"})
    assert (report.filings, report.platforms) == (0, ())


def refused(**values) -> Refusal:
    before = everything()
    with pytest.raises(Refusal) as caught:
        rule_rehearse(**{"actor": SYSTEM, "on": ON, **values})
    assert everything() == before
    return caught.value


def test_an_unknown_parameter_is_refused_with_the_nearest_names(filed):
    refusal = refused(changes={"p2p.natural_person_one_platform": "1"})
    assert (refusal.code, refusal.field) == ("rehearsal.parameter_unknown", "p2p.natural_person_one_platform")
    assert LIMIT in str(refusal.cure)


@pytest.mark.parametrize("value", ["much", "1e6", "1.234", "", "１２"])
def test_a_value_of_another_form_is_refused(filed, value):
    with translation.override("en"):
        refusal = refused(changes={LIMIT: value})
    assert refusal.code == "rehearsal.value_invalid"
    assert str(refusal.cure) == "Write a number with at most 2 decimals and no exponent, for example 200000."


def test_a_change_that_no_rule_uses_is_refused(filed):
    assert refused(changes={LIMIT: "200000"}).code == "rehearsal.nothing_changes"
    assert refused(changes={LIMIT: "1"}, on=date(2015, 1, 1)).code == "rehearsal.nothing_changes"


def test_a_draft_that_is_no_check_is_refused(filed):
    assert refused(rule_text="id: [").code == "rehearsal.draft_invalid"
    question = rules.rule_text().replace("check: term_months <= 36", "question: {zh: 问, en: Ask}")
    assert refused(rule_text=question).code == "rehearsal.draft_not_a_check"


@pytest.mark.parametrize("kind", ["platform", "public"])
def test_only_staff_rehearse(filed, kind):
    assert refused(actor=Principal(kind=kind, label="测试用户甲"), changes={LIMIT: "1"}).code == "rehearsal.forbidden"
