"""The day before, the day, the day after: every dated value and every date in force that the pack uses."""

from datetime import date, timedelta

import pytest

from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.entries import ParameterEntry, ParameterValueEntry, Rule
from tests.factories.rulebook import cn_pack

DAY = timedelta(days=1)
PACK = cn_pack()
CALENDAR = PACK.calendars["cn-working-days"]
VALUES = [(entry, value) for entry in PACK.parameters.values() for value in entry.values]
DATED = [rule for rule in PACK.rules if rule.form in ("row", "sql")]


@pytest.mark.parametrize(("entry", "value"), VALUES, ids=[f"{e.key} {v.valid_from}" for e, v in VALUES])
def test_a_value_starts_on_its_day(entry: ParameterEntry, value: ParameterValueEntry):
    assert entry.value_on(value.valid_from - DAY) is not value
    assert entry.value_on(value.valid_from) is value
    assert entry.value_on(value.valid_from + DAY) is value


@pytest.mark.parametrize(
    ("entry", "value"), [(e, v) for e, v in VALUES if v.valid_to], ids=lambda item: str(getattr(item, "key", ""))
)
def test_a_value_ends_before_its_last_day(entry: ParameterEntry, value: ParameterValueEntry):
    assert value.valid_to is not None
    assert entry.value_on(value.valid_to - DAY) is value
    assert entry.value_on(value.valid_to) is not value
    assert entry.value_on(value.valid_to + DAY) is not value


@pytest.mark.parametrize("rule", PACK.rules, ids=lambda rule: rule.id)
def test_a_rule_is_in_force_from_its_day(rule: Rule):
    assert not rule.is_in_force(rule.valid_from - DAY)
    assert rule.is_in_force(rule.valid_from)
    assert rule.is_in_force(rule.valid_from + DAY)


@pytest.mark.parametrize("rule", [r for r in PACK.rules if r.valid_to], ids=lambda rule: rule.id)
def test_a_rule_ends_before_its_last_day(rule: Rule):
    assert rule.valid_to is not None
    assert rule.is_in_force(rule.valid_to - DAY)
    assert not rule.is_in_force(rule.valid_to)


@pytest.mark.parametrize("rule", [r for r in PACK.rules if r.transition_until], ids=lambda rule: rule.id)
def test_the_transition_makes_a_rule_milder_until_its_last_day(rule: Rule):
    assert rule.transition_until is not None
    assert rule.severity_on(rule.transition_until - DAY) == rule.transition_severity
    assert rule.severity_on(rule.transition_until) == rule.severity


@pytest.mark.parametrize("rule", DATED, ids=lambda rule: rule.id)
def test_an_enabled_rule_has_confirmed_values_on_its_first_and_last_day(rule: Rule):
    last = rule.valid_to - DAY if rule.valid_to else date(2026, 11, 20)
    for day in (rule.valid_from, last):
        if rule.enabled:
            assert compile_rule(rule, ParametersOn(day, PACK.parameters), CALENDAR)["rule_id"] == rule.id


def test_the_interest_ceiling_changes_on_2020_08_20():
    void, four_times = PACK.rule("SPCL-01-void"), PACK.rule("SPCL-02")
    assert void.is_in_force(date(2020, 8, 19))
    assert not four_times.is_in_force(date(2020, 8, 19))
    assert not void.is_in_force(date(2020, 8, 20))
    assert four_times.is_in_force(date(2020, 8, 20))


def test_four_times_the_rate_of_2020_07_20_is_fifteen_point_four():
    on = date(2020, 8, 20)
    lpr, times = (PACK.parameters[key].value_on(on) for key in ("interest.lpr_1y_percent", "interest.lpr_multiple"))
    assert lpr is not None
    assert times is not None
    assert float(lpr.value) * float(times.value) == 15.4


def test_the_house_rule_hands_over_to_the_disclosure_guidelines_on_2017_08_23():
    for house, law in (("CONV-01", "DIS17-02-balance"), ("CONV-02", "DIS17-02-top10")):
        assert PACK.rule(house).is_in_force(date(2017, 8, 22))
        assert not PACK.rule(law).is_in_force(date(2017, 8, 22))
        assert not PACK.rule(house).is_in_force(date(2017, 8, 23))
        assert PACK.rule(law).is_in_force(date(2017, 8, 23))


@pytest.mark.parametrize("rule_id", ["CASH17-01", "CFC24-03"])
def test_an_unconfirmed_value_is_never_used(rule_id: str):
    rule = PACK.rule(rule_id)
    assert not rule.enabled
    with pytest.raises(NotCompilable) as refused:
        compile_rule(rule, ParametersOn(rule.valid_from, PACK.parameters), CALENDAR)
    assert "not confirmed" in refused.value.reason["en"]
    assert "尚未核对" in refused.value.reason["zh"]
