"""Associations, members and the monthly indicator: success, refusal with nothing changed, twice is once."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from common import clock
from common.errors import Refusal
from common.principal import Principal
from platforms import selectors as platforms
from selfdiscipline import selectors, services
from selfdiscipline.models import Association, IndicatorSeries, IndicatorValue, Membership
from tests.factories.platforms import registered
from tests.factories.regulators import officer, small_map
from tests.factories.selfdiscipline import SYSTEM, association, turnover_series

pytestmark = pytest.mark.django_db
FIRST = date(2017, 1, 1)


def admit(platform_id: int, on: date = FIRST, code: str = "NIFA") -> int:
    return services.member_admit(actor=SYSTEM, association_code=code, platform_id=platform_id, on=on)


@pytest.fixture
def filed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Rows that the platforms app would read from the lake; a test fills the list."""
    rows: list[dict[str, object]] = []
    monkeypatch.setattr(
        platforms,
        "monthly_indicators_for",
        lambda ids, upto=None: [row for row in rows if row["platform_id"] in ids],
    )
    return rows


def test_an_association_is_created_once_and_branches_hang_below_it() -> None:
    parent = association()
    assert association() == parent
    branch = association("NIFA-P2P", parent="NIFA")
    assert Association.objects.get(pk=branch).parent_id == parent


def test_an_unknown_parent_is_refused() -> None:
    with pytest.raises(Refusal) as refused:
        association("NIFA-P2P", parent="NONE")
    assert (refused.value.code, Association.objects.count()) == ("association.unknown", 0)


def test_a_member_is_admitted_once_and_may_come_back() -> None:
    association()
    platform = registered().platform_id
    first = admit(platform)
    assert admit(platform, date(2017, 3, 1)) == first
    assert Membership.objects.get().member_from == FIRST
    services.member_release(actor=SYSTEM, membership_id=first, on=date(2017, 6, 1))
    assert selectors.is_member(platform, date(2017, 5, 31)) is True
    assert selectors.is_member(platform, date(2017, 6, 1)) is False
    assert admit(platform, date(2017, 9, 1)) != first


def test_an_unknown_platform_or_association_is_refused() -> None:
    association()
    with pytest.raises(Refusal):
        admit(987654)
    with pytest.raises(Refusal) as refused:
        admit(registered().platform_id, code="NONE")
    assert (refused.value.code, Membership.objects.count()) == ("association.unknown", 0)


def test_a_membership_does_not_end_before_it_lasted_a_day() -> None:
    association()
    membership = admit(registered().platform_id)
    with pytest.raises(Refusal) as refused:
        services.member_release(actor=SYSTEM, membership_id=membership, on=FIRST)
    assert (refused.value.code, Membership.objects.get().member_to) == ("member.bad_day", None)


def test_only_association_staff_admit_members() -> None:
    association()
    small_map()
    platform = registered().platform_id
    with pytest.raises(Refusal) as refused:
        services.member_admit(actor=officer("NFRA"), association_code="NIFA", platform_id=platform)
    assert (refused.value.status, Membership.objects.count()) == (403, 0)
    staff = Principal(kind="staff", label="user:0", roles=frozenset({"association"}))
    services.member_admit(actor=staff, association_code="NIFA", platform_id=platform)
    assert Membership.objects.count() == 1


def test_the_indicator_adds_up_the_members_of_the_months_last_day(filed: list[dict[str, object]]) -> None:
    association()
    association("NIFA-P2P", parent="NIFA")
    turnover_series()
    early, late, left, silent, outsider = (registered().platform_id for _ in range(5))
    admit(early)
    admit(late, date(2017, 6, 30))
    services.member_release(actor=SYSTEM, membership_id=admit(left), on=date(2017, 6, 30))
    admit(silent, code="NIFA-P2P")
    amounts = {early: "100.10", late: "20.05", left: "7.00", outsider: "9.00"}
    for platform_id, amount in amounts.items():
        filed.append({"platform_id": platform_id, "period": "2017-06", "turnover_amount": Decimal(amount)})
    filed.append({"platform_id": early, "period": "2017-05", "turnover_amount": Decimal("55.00")})
    filed.append({"platform_id": silent, "period": "2017-06", "turnover_amount": None})
    done = services.indicator_compute(actor=SYSTEM, series_code="turnover", period="2017-06")
    assert (done.value, done.members_counted, done.members_total) == (Decimal("120.15"), 2, 3)


def test_computing_again_replaces_the_month(filed: list[dict[str, object]]) -> None:
    association()
    turnover_series()
    platform = registered().platform_id
    admit(platform)
    assert services.indicator_compute(actor=SYSTEM, series_code="turnover", period="2017-06").value == 0
    filed.append({"platform_id": platform, "period": "2017-06", "turnover_amount": Decimal("5.00")})
    services.indicator_compute(actor=SYSTEM, series_code="turnover", period="2017-06")
    assert [(p.period, p.value, p.members_counted) for p in selectors.series_points("turnover")] == [
        ("2017-06", Decimal("5.00"), 1)
    ]


@pytest.mark.parametrize(
    ("series", "period", "expected"),
    [
        ("turnover", "2017-13", "indicator.bad_period"),
        ("turnover", "2017Q2", "indicator.bad_period"),
        ("none", "2017-06", "indicator.unknown_series"),
    ],
)
def test_a_bad_question_computes_nothing(series: str, period: str, expected: str) -> None:
    association()
    turnover_series()
    with pytest.raises(Refusal) as refused:
        services.indicator_compute(actor=SYSTEM, series_code=series, period=period)
    assert (refused.value.code, IndicatorValue.objects.count()) == (expected, 0)


def test_a_series_is_defined_once_and_only_over_known_columns() -> None:
    association()
    assert turnover_series() == turnover_series()
    with pytest.raises(Refusal) as refused:
        services.series_define(
            actor=SYSTEM, code="x", association_code="NIFA", name_zh="x", name_en="x", column="leverage_ratio"
        )
    assert (refused.value.code, IndicatorSeries.objects.count()) == ("indicator.unknown_column", 1)


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("Members on 2017-07-10", "Member since")), ("zh-hans", ("2017-07-10的会员",))]
)
def test_everyone_may_read_the_members(
    client: Client, filed: list[dict[str, object]], language: str, words: tuple[str, ...]
) -> None:
    association()
    turnover_series()
    admit(registered(name="测试平台甲").platform_id)
    services.indicator_compute(actor=SYSTEM, series_code="turnover", period="2017-06")
    with clock.frozen("2017-07-10"):
        page = client.get("/members/", headers={"accept-language": language}).content.decode()
    for word in (*words, "测试平台甲", "0 / 1"):
        assert word in page
