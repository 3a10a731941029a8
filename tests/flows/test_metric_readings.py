"""A filed loan book gives every reading of every metric, beside what the platform disclosed."""

from decimal import Decimal

import pytest
from django.utils import translation

from common.errors import NotYours
from common.jobs import jobs_drain
from common.principal import Principal
from platforms.models import MetricReading
from platforms.pictures import metric_svg
from platforms.selectors.metrics import metrics_of, metrics_visible_to
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def filed(outstanding: str = "150000.00") -> int:
    """A platform with a sound loan, one 100 days overdue, and a month of indicators."""
    return filer_with_book(outstanding).of.platform_id


def filer_with_book(outstanding: str = "150000.00") -> make.Filer:
    """The same, as the institution that can ask."""
    platform = make.filer()
    platform.file(make.csv_of(make.indicators(outstanding_balance=outstanding)))
    sound = make.loan(status="current", overdue_days="0", outstanding_principal="112500.00")
    late = sound | {"loan_id": "L-2", "status": "late_31_120", "overdue_days": "100"}
    late["outstanding_principal"] = "37500.00"
    platform.file(make.csv_of(sound, late), "loan_book")
    jobs_drain()
    jobs_drain()
    return platform


def test_every_reading_is_kept_once_and_shown_beside_the_disclosed_figure() -> None:
    platform_id = filed()
    shown = {item.metric: item for item in metrics_of(platform_id)}
    assert list(shown) == [
        "outstanding_balance", "overdue_amount", "overdue_rate_by_amount", "overdue_rate_by_number", "overdue_by_age",
    ]  # fmt: skip
    balance = shown["outstanding_balance"]
    assert balance.disclosed == Decimal("150000.0000")
    figures = {item.definition.code: item.total.value_text for item in balance.readings}
    assert figures == {"outstanding_all_principal": "150,000.00", "outstanding_without_overdue": "112,500.00"}
    rates = {item.definition.code: item.parts[0].value_text for item in shown["overdue_rate_by_amount"].readings}
    assert rates["overdue_rate_over_outstanding"] == "25.00 %"
    assert Decimal(rates["overdue_rate_over_cumulative"].removesuffix(" %")) < 25
    assert shown["overdue_amount"].disclosed is None
    assert MetricReading.objects.filter(platform_id=platform_id).count() == 17


def test_a_platform_without_a_loan_book_has_no_readings() -> None:
    platform = make.filer()
    platform.file(make.csv_of(make.indicators()))
    jobs_drain()
    jobs_drain()
    assert metrics_of(platform.of.platform_id) == []
    assert MetricReading.objects.count() == 0


def test_the_picture_has_a_bar_for_each_reading_and_a_line_for_the_disclosed_figure() -> None:
    shown = {item.metric: item for item in metrics_of(filed())}
    with translation.override("en"):
        picture = metric_svg(shown["outstanding_balance"], element_id="m1")
    assert picture.count("<rect") == 2
    assert picture.count("<line") == 1
    assert "Disclosed: 150,000.00" in picture
    ages = metric_svg(shown["overdue_by_age"], element_id="m2")
    assert ages.count("<rect") == 2  # one age each, the others are nothing
    assert "<line" not in ages
    numbers = metric_svg(shown["overdue_rate_by_number"], element_id="m3")
    assert numbers.count("<rect") == 1  # the plain error has no length beside the other
    with translation.override("zh-hans"):
        assert "91–180天" in metric_svg(shown["overdue_by_age"], element_id="m2")
        assert "已披露：150,000.00" in metric_svg(shown["outstanding_balance"], element_id="m1")


def test_the_platform_reads_its_own_readings_with_their_definitions() -> None:
    platform = filer_with_book()
    answer = platform.get(f"/platforms/{platform.of.public_id}/metric-readings?period=2017-06")
    assert answer.status_code == 200
    body = answer.json()
    assert (body["platform"], body["period"]) == (str(platform.of.public_id), "2017-06")
    rates = next(item for item in body["results"] if item["metric"] == "overdue_rate_by_amount")
    assert (rates["currency"], rates["disclosed"]) == ("CNY", None)
    read = {item["definition"]: item for item in rates["readings"]}
    assert list(read) == ["overdue_rate_over_cumulative", "overdue_rate_over_outstanding"]
    whole = read["overdue_rate_over_outstanding"]
    assert (whole["version"], whole["unit"], whole["is_plain_error"]) == (1, "percent", False)
    assert whole["valid"] == {"from": "2017-10-17", "to": None}
    assert whole["facts"]
    assert whole["reading"]["zh"] != whole["reading"]["en"]
    assert whole["parts"] == [
        {"part": "all", "title": {"zh": "全部", "en": "all"}, "value": "25.000000", "numerator": "37500.000000",
         "denominator": "150000.000000"},
    ]  # fmt: skip
    balance = next(item for item in body["results"] if item["metric"] == "outstanding_balance")
    assert balance["disclosed"] == "150000.0000"
    assert platform.get(f"/platforms/{platform.of.public_id}/metric-readings").json() == body  # the newest period


def test_a_period_without_a_book_is_empty_and_a_wrong_one_is_refused() -> None:
    platform = filer_with_book()
    address = f"/platforms/{platform.of.public_id}/metric-readings"
    empty = platform.get(f"{address}?period=2017-05").json()
    assert (empty["period"], empty["results"]) == ("2017-05", [])
    wrong = platform.get(f"{address}?period=June")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "period.malformed")


def test_what_is_not_yours_is_404_also_for_banks_and_the_public() -> None:
    platform = filer_with_book()
    address = f"/platforms/{platform.of.public_id}/metric-readings"
    assert make.filer().get(address).status_code == 404
    assert make.filer("bank").get(address).status_code == 404
    assert platform.get("/platforms/00000000-0000-7000-8000-000000000000/metric-readings").status_code == 404
    with pytest.raises(NotYours):
        metrics_visible_to(Principal("public", "public"), platform.of.public_id)
    staff = Principal("staff", "user:1", user_id=1, roles=frozenset({"officer"}))
    assert len(metrics_visible_to(staff, platform.of.public_id)) == 5
