"""The day before, the day, the day after, and the end: every dated row of every pack."""

from datetime import date, timedelta

import pytest

from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.entries import ClauseEntry, DeadlineEntry, Pack, ParameterEntry, ParameterValueEntry, Rule, is_within
from rulebook.packs import pack_names, read_pack
from tests.factories.rulebook import cn_pack

DAY = timedelta(days=1)
TODAY = date(2026, 11, 20)
PACKS: dict[str, Pack] = {name: cn_pack() if name == "cn" else read_pack(name) for name in pack_names()}
VALUES = [
    pytest.param(entry, value, id=f"{name} {entry.key} {value.valid_from}")
    for name, pack in PACKS.items()
    for entry in pack.parameters.values()
    for value in entry.values
]
RULES = [pytest.param(rule, id=f"{name} {rule.id}") for name, pack in PACKS.items() for rule in pack.rules]
TERMS = [
    pytest.param(term, id=f"{name} {term.key} {term.valid_from} {'+'.join(term.business_lines) or 'all'}")
    for name, pack in PACKS.items()
    for term in pack.deadlines
]
CLAUSES = [pytest.param(item, id=f"{name} {item.key}") for name, pack in PACKS.items() for item in pack.clauses]
COMPILED = [
    pytest.param(name, rule, id=f"{name} {rule.id}")
    for name, pack in PACKS.items()
    for rule in pack.rules
    if rule.form in ("row", "sql") and rule.enabled
]
# on the last day these wait for a value that nobody has confirmed yet, and say so
HELD_BACK_TODAY = {"SPCL-05": "interest.lpr_1y_percent"}


@pytest.mark.parametrize(("entry", "value"), VALUES)
def test_a_value_holds_from_its_day_to_the_day_before_its_end(entry: ParameterEntry, value: ParameterValueEntry):
    assert entry.value_on(value.valid_from - DAY) is not value
    assert entry.value_on(value.valid_from) is value
    assert entry.value_on(value.valid_from + DAY) is value or value.valid_to == value.valid_from + DAY
    if value.valid_to is not None:
        assert entry.value_on(value.valid_to - DAY) is value
        assert entry.value_on(value.valid_to) is not value
        assert entry.value_on(value.valid_to + DAY) is not value


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_is_in_force_from_its_day_to_the_day_before_its_end(rule: Rule):
    assert [rule.is_in_force(rule.valid_from + step) for step in (-DAY, 0 * DAY, DAY)] == [False, True, True]
    if rule.valid_to is not None:
        assert [rule.is_in_force(rule.valid_to + step) for step in (-DAY, 0 * DAY, DAY)] == [True, False, False]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_was_only_announced_is_not_in_force(rule: Rule):
    if rule.announced is not None and rule.announced < rule.valid_from:
        assert not rule.is_in_force(rule.announced)
        assert not rule.is_in_force(rule.valid_from - DAY)


@pytest.mark.parametrize("rule", [param for param in RULES if param.values[0].transition_until])
def test_the_transition_makes_a_rule_milder_until_its_last_day(rule: Rule):
    assert rule.transition_until is not None
    assert rule.severity_on(rule.transition_until - DAY) == rule.transition_severity
    assert rule.severity_on(rule.transition_until) == rule.severity
    assert rule.severity_on(rule.transition_until + DAY) == rule.severity


@pytest.mark.parametrize("term", TERMS)
def test_a_term_holds_from_its_day_to_the_day_before_its_end(term: DeadlineEntry):
    first, last = term.valid_from, term.valid_to
    assert [_term_on(term, first + step) for step in (-DAY, 0 * DAY, DAY)] == [False, True, True]
    if last is not None:
        assert [_term_on(term, last + step) for step in (-DAY, 0 * DAY, DAY)] == [True, False, False]


def _term_on(term: DeadlineEntry, day: date) -> bool:
    return is_within(day, term.valid_from, term.valid_to)


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_is_in_force_from_its_day_to_the_day_before_its_end(clause: ClauseEntry):
    assert [clause.is_in_force(clause.valid_from + step) for step in (-DAY, 0 * DAY)] == [False, True]
    if clause.valid_to is not None:
        assert [clause.is_in_force(clause.valid_to + step) for step in (-DAY, 0 * DAY)] == [True, False]


@pytest.mark.parametrize(("pack_name", "rule"), COMPILED)
def test_an_enabled_rule_has_confirmed_values_on_its_first_and_last_day(pack_name: str, rule: Rule):
    pack = PACKS[pack_name]
    calendar = next(iter(pack.calendars.values()))
    last = rule.valid_to - DAY if rule.valid_to else TODAY
    for day in (rule.valid_from, last):
        if day == TODAY and rule.id in HELD_BACK_TODAY:
            with pytest.raises(NotCompilable, match=HELD_BACK_TODAY[rule.id]):
                compile_rule(rule, ParametersOn(day, pack.parameters), calendar)
        else:
            assert compile_rule(rule, ParametersOn(day, pack.parameters), calendar)["rule_id"] == rule.id
