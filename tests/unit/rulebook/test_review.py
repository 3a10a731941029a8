"""What `rulebook check` says of a pack that is well-formed and still wrong: level, code, line, cure."""

import dataclasses
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.entries import Basis, ClauseEntry, InstrumentEntry, Pack, ParameterEntry, ParameterValueEntry, Rule
from rulebook.entries.lifetimes import Stretch, holes, inside_holes, pieces
from rulebook.entries.review import Remark, review
from rulebook.entries.shadows import shadows
from rulebook.packs import rule_from_text
from rulebook.services import pack_review
from rulebook.sources import PackInvalid, Source, read_source
from tests.factories.rulebook import cn_pack, rule_text
from tests.unit.rulebook.test_editing import TEXT

TODAY = date(2026, 11, 21)
DAY = date(2020, 1, 1)
LAW = Basis("P2P16", verified=True, text_status="final")


def days(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def parameter(key: str, *values: tuple[str, str | None, str], basis: Basis = LAW) -> ParameterEntry:
    rows = tuple(ParameterValueEntry(days(first) or DAY, days(end), value, basis) for first, end, value in values)
    return ParameterEntry(key, {"zh": "数", "en": "number"}, "amount", "CNY", rows)


def rule(rule_id: str = "TEST-01", check: str = "term_months <= :limit", **changes: str) -> Rule:
    text = rule_text(rule_id).replace("check: term_months <= 36", f"parameters: {{limit: a.limit}}\ncheck: {check}")
    for old, new in changes.items():
        text = text.replace(f"{old}: ", f"{old}: {new} #", 1)
    return dataclasses.replace(rule_from_text(text, f"rules/{rule_id}.yaml"), path=f"rules/{rule_id}.yaml")


def pack_of(*rules: Rule, parameters: tuple[ParameterEntry, ...] = (), **changes) -> tuple[Pack, dict[str, Source]]:
    """A pack with these rules and parameters only, and its rules' sources."""
    known = {entry.key: entry for entry in parameters}
    pack = dataclasses.replace(cn_pack(), rules=rules, parameters=known, clauses=(), **changes)
    return pack, {one.path: read_source(one.path, one.source_text) for one in rules}


def remarks(*rules: Rule, code: str, parameters: tuple[ParameterEntry, ...] = (), **changes) -> list[Remark]:
    found = review(*pack_of(*rules, parameters=parameters, **changes), TODAY)
    return [remark for remark in found if remark.code == code]


WHOLE = parameter("a.limit", ("2015-01-01", None, "36"))


def test_a_sound_pack_has_no_remark():
    assert review(*pack_of(rule(), parameters=(WHOLE,)), TODAY) == []


def test_the_shipped_pack_has_no_error():
    assert [str(remark) for remark in pack_review("cn", today=TODAY, examples=False).errors] == []


def test_a_hole_in_a_value_is_an_error_with_its_days():
    holed = parameter("a.limit", ("2015-01-01", "2016-01-01", "36"), ("2016-03-01", None, "48"))
    found = remarks(rule(), code="parameter.hole", parameters=(holed,))
    assert [(one.level, one.problem.file, one.problem.line) for one in found] == [("error", "rules/TEST-01.yaml", 11)]
    stretch = "from 2016-01-01 to 2016-03-01 (exclusive)"
    assert f"`a.limit` has no value {stretch}, while `TEST-01`" in found[0].problem.message
    assert "Give the parameter a value for these days" in found[0].problem.cure


def test_a_value_that_starts_late_or_ends_early_is_a_hole():
    late = parameter("a.limit", ("2015-06-01", "2020-01-01", "36"))
    found = remarks(rule(), code="parameter.hole", parameters=(late,))
    assert ["from 2015-01-01 to 2015-06-01 (exclusive)" in found[0].problem.message,
            "from 2020-01-01, while" in found[1].problem.message] == [True, True]  # fmt: skip


def test_a_value_of_the_rows_own_day_may_start_late_but_has_no_inner_hole():
    dated = rule(check="term_months <= VALUE_ON(:limit, contract_date)")
    late = parameter("a.limit", ("2019-08-20", None, "36"))
    assert remarks(dated, code="parameter.hole", parameters=(late,)) == []
    holed = parameter("a.limit", ("2019-08-20", "2019-09-20", "36"), ("2019-10-20", None, "36"))
    assert len(remarks(dated, code="parameter.hole", parameters=(holed,))) == 1


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (rule(check="1 = 1 OR :limit > 0"), "can never fail: it reads no column"),
        (rule(check="1 = 2 AND :limit > 0"), "fails on every row: it reads no column"),
    ],
)
def test_a_rule_that_reads_no_column_is_dead(made, message):
    found = remarks(made, code="rule.dead", parameters=(WHOLE,))
    assert [(one.level, message in one.problem.message) for one in found] == [("error", True)]


def test_a_rule_in_a_currency_nobody_files_is_dead():
    text = rule_text().replace("template: loan_book", "template: loan_book\ncurrency: XTS")
    made = dataclasses.replace(rule_from_text(text), path="rules/TEST-01.yaml")
    found = remarks(made, code="rule.dead")
    assert ["nobody files loan_book in XTS" in one.problem.message for one in found] == [True]
    assert found[0].problem.line == 10


def test_a_rule_whose_value_never_holds_is_dead():
    past = parameter("a.limit", ("2010-01-01", "2014-01-01", "36"))
    found = remarks(rule(), code="rule.dead", parameters=(past,))
    assert ["`a.limit` has no value on any day of its life" in one.problem.message for one in found] == [True]


def test_a_rule_whose_instrument_has_ended_is_dead():
    ended = InstrumentEntry(
        "CONV", {"zh": "甲", "en": "a"}, (), "", "final", None, date(2010, 1, 1), date(2014, 1, 1), dates_verified=True
    )
    found = remarks(rule(), code="rule.dead", parameters=(WHOLE,), instruments={"CONV": ended})
    assert ["is never in force: `CONV` ended on 2014-01-01" in one.problem.message for one in found] == [True]


def test_a_missing_calendar_year_is_named():
    text = "calendar: zz\ntitle: {zh: 甲, en: a}\nzone: UTC\nyears:\n" + "".join(
        f"  - {{year: {year}, holidays: {{}}, workdays: []}}\n" for year in (2023, 2024, 2026)
    )
    pack, sources = pack_of(rule(), parameters=(WHOLE,))
    found = review(pack, {**sources, "calendars/zz.yaml": read_source("calendars/zz.yaml", text)}, date(2027, 1, 1))
    missing = [one.problem.message for one in found if one.code == "calendar.year_missing"]
    assert missing == ["The calendar `zz` lacks the year 2025.", "The calendar `zz` lacks the year 2027."]


def clause(kind: str = "prohibition", fact: str = "P2P16-03") -> ClauseEntry:
    return ClauseEntry(
        key=fact, instrument="P2P16", article=None, facts=(fact,), kind=kind, subject="conduct",
        business_lines=("p2p_lending",), title={"zh": "甲", "en": "No own funds"}, text={"zh": "甲", "en": "a"},
        valid_from=date(2016, 8, 17), valid_to=None, verified=True, article_verified=False, text_status="final",
        path="clauses/P2P16.yaml", line=3,
    )  # fmt: skip


def loose(*clauses: ClauseEntry, facts: tuple[str, ...] = ()) -> list[str]:
    made = dataclasses.replace(rule(), basis=dataclasses.replace(LAW, facts=facts))
    pack, sources = pack_of(made, parameters=(WHOLE,))
    bare = dataclasses.replace(pack, clauses=clauses, mandates=(), deadlines=(), authorities=(), undecided=())
    return [str(one.problem) for one in review(bare, sources, TODAY) if one.code == "clause.not_carried"]


def test_a_clause_that_nothing_carries_is_named_with_its_place():
    message = "clauses/P2P16.yaml:3: Nothing carries the clause P2P16-03 (No own funds)."
    cure = "Name its fact under `facts` of a rule, value, term or mandate."
    assert loose(clause()) == [f"{message} {cure}"]
    assert loose(clause(), facts=("P2P16-03",)) == []
    assert loose(clause("definition")) == []


def test_a_fact_of_no_instrument_and_one_of_no_clause_are_named():
    text = rule_text().replace("{instrument: CONV,", "{instrument: CONV, facts: [NONE-01, P2P16-99, P2P16-03],")
    made = dataclasses.replace(rule_from_text(text), path="rules/TEST-01.yaml")
    pack, sources = pack_of(made)
    found = review(dataclasses.replace(pack, clauses=(clause(),)), sources, TODAY)
    assert [one.problem.message for one in found if one.code == "fact.unknown"] == [
        "The fact `NONE-01` belongs to no instrument of the pack.",
        "The fact `P2P16-99` is in no clause of `P2P16`.",
    ]


def test_a_text_the_sandbox_refuses_is_an_error():
    found = remarks(rule(check="read_text('/etc/passwd') = 'x' OR term_months <= :limit"), code="rule.sql_refused",
                    parameters=(WHOLE,))  # fmt: skip
    assert [(one.level, one.problem.line) for one in found] == [("error", 12)]


# --- shadows ---------------------------------------------------------------------------------------------------------


def pair(first: Rule, second: Rule, *parameters: ParameterEntry) -> list[tuple[str, str, bool]]:
    known = {entry.key: entry for entry in parameters or (WHOLE,)}
    return [(one.rule.id, one.by.id, one.is_twin) for one in shadows([first, second], known)]


def fixed(rule_id: str, limit: int, **changes: str) -> Rule:
    return rule(rule_id, f"term_months <= {limit}", **changes)


def test_the_weaker_of_two_limits_is_shadowed():
    assert pair(fixed("A-01", 36), fixed("B-01", 24)) == [("A-01", "B-01", False)]
    assert pair(fixed("A-01", 24), fixed("B-01", 36)) == [("B-01", "A-01", False)]


def test_of_two_equal_rules_the_later_id_is_named():
    assert pair(fixed("A-01", 36), fixed("B-01", 36)) == [("B-01", "A-01", True)]
    assert pair(rule("A-01"), rule("B-01", ":limit >= term_months")) == [("B-01", "A-01", True)]


@pytest.mark.parametrize(
    "stricter",
    [
        fixed("B-01", 24, severity="minor"),
        rule("B-01", "term_months < 24"),
        rule("B-01", "annual_rate_percent <= 24"),
        dataclasses.replace(fixed("B-01", 24), applies_to=("payment",)),
        dataclasses.replace(fixed("B-01", 24), valid_to=date(2020, 1, 1)),
        dataclasses.replace(fixed("B-01", 24), currency="USD"),
        dataclasses.replace(fixed("B-01", 24), transition_until=date(2016, 1, 1), transition_severity="minor"),
    ],
)  # fmt: skip
def test_a_stricter_rule_that_leaves_something_uncovered_shadows_nothing(stricter):
    assert pair(fixed("A-01", 36, severity="major"), stricter) == []


def test_dated_values_are_compared_on_every_day():
    crossing = parameter("a.limit", ("2015-01-01", "2018-01-01", "24"), ("2018-01-01", None, "48"))
    assert pair(rule("A-01"), fixed("B-01", 36), crossing) == []
    above = parameter("a.limit", ("2015-01-01", "2018-01-01", "36"), ("2018-01-01", None, "48"))
    assert pair(rule("A-01"), fixed("B-01", 36), above) == [("A-01", "B-01", False)]


def test_a_value_nobody_confirmed_shadows_nothing():
    memory = parameter("a.limit", ("2015-01-01", None, "24"), basis=Basis("P2P16", text_status="memory"))
    assert pair(fixed("A-01", 36), rule("B-01"), memory) == []


@given(st.integers(1, 60), st.integers(1, 60), st.lists(st.integers(1, 60), max_size=30))
def test_a_shadowed_rule_finds_nothing_of_its_own(one, two, rows):
    """Brute force over rows: what the shadowed rule finds is found by the other."""
    for shadow in shadows([fixed("A-01", one), fixed("B-01", two)], {}):
        limits = {"A-01": one, "B-01": two}
        found = {at for at, value in enumerate(rows) if value > limits[shadow.rule.id]}
        assert found <= {at for at, value in enumerate(rows) if value > limits[shadow.by.id]}


# --- days ------------------------------------------------------------------------------------------------------------

spans = st.builds(
    lambda first, size: Stretch(DAY + timedelta(first), DAY + timedelta(first + size)),
    st.integers(0, 40), st.integers(1, 20),
)  # fmt: skip


def every(stretch: Stretch) -> set[date]:
    return {stretch.first + timedelta(step) for step in range((stretch.end - stretch.first).days)}


@given(spans, st.lists(spans, max_size=6))
def test_holes_are_exactly_the_uncovered_days(life, covered):
    found = [every(hole) for hole in holes(life, covered)]
    assert set().union(*found) == every(life) - set().union(*map(every, covered))
    assert sum(map(len, found)) == len(set().union(*found))


@given(st.lists(spans, max_size=6))
def test_inner_holes_lie_between_the_first_and_the_last_day(covered):
    uncovered = set().union(*(every(hole) for hole in inside_holes(covered)))
    days = set().union(*map(every, covered))
    assert uncovered == (every(Stretch(min(days), max(days))) - days if days else set())


def test_the_pieces_of_a_life_start_where_a_value_changes():
    entry = parameter("a.b", ("2015-01-01", "2016-01-01", "1"), ("2017-01-01", None, "2"))
    life = Stretch(date(2015, 6, 1), date(2018, 1, 1))
    assert pieces(life, [entry]) == [date(2015, 6, 1), date(2016, 1, 1), date(2017, 1, 1)]


def test_a_plain_example_name_is_read_in_both_languages_and_warned_of():
    plain = rule_from_text(TEXT, "rules/TEST-77.yaml")
    assert {(example.is_bilingual, example.name["zh"] == example.name["en"]) for example in plain.examples} == {
        (False, True)
    }
    found = review(*pack_of(plain), TODAY)
    named = [one for one in found if one.code == "example.one_language"]
    assert [one.level for one in named] == ["warning"] * len(plain.examples)
    assert named[0].problem.cure == "Write {zh: …, en: …}."
    assert named[0].problem.message == (
        f"The name of the example `{plain.examples[0].name['en']}` is in one language only."
    )


def test_a_name_in_one_language_of_the_pair_is_refused_with_its_line():
    text = TEXT.replace("name: exactly at the limit", "name: {zh: 恰在限额}")
    with pytest.raises(PackInvalid) as error:
        rule_from_text(text, "rules/TEST-77.yaml")
    assert "`en` is missing" in error.value.problems[0].message
    both = text.replace("{zh: 恰在限额}", "{zh: 恰在限额, en: at the limit}")
    assert rule_from_text(both, "rules/TEST-77.yaml").examples[0].name == {"zh": "恰在限额", "en": "at the limit"}


def test_a_rule_on_a_template_its_line_does_not_owe_is_named_with_the_line():
    [found] = remarks(rule(applies_to="[p2p_lending, payment]"), code="rule.unfiled", parameters=(WHOLE,))
    assert found.level == "warning"
    assert found.problem.message == (
        "`TEST-01` judges loan_book, which payment does not owe: no `filing.loan_book`."
    )  # fmt: skip
    assert found.problem.line == 5


def test_a_rule_on_returns_about_events_needs_no_filing_day():
    made = dataclasses.replace(rule(), template="incident_reports")
    assert remarks(made, code="rule.unfiled", parameters=(WHOLE,)) == []


def test_a_template_that_no_line_owes_is_named():
    without = tuple(term for term in cn_pack().deadlines if term.key != "filing.loan_book")
    found = remarks(rule(), code="rule.unfiled", parameters=(WHOLE,), deadlines=without)
    assert [one.problem.file for one in found] == ["rules/TEST-01.yaml"]


def unused(extra: str) -> list[Remark]:
    """Remarks on one number that no rule takes, with a line more in its file."""
    text = f"""parameters:
  - key: a.limit
    title: {{zh: 数, en: number}}
    {extra}type: amount
    unit: CNY
    values: [{{from: 2015-01-01, value: "36", basis: {{instrument: P2P16, verified: true, text_status: final}}}}]
"""
    pack, sources = pack_of(parameters=(WHOLE,))
    found = review(pack, {**sources, "parameters/a.yaml": read_source("parameters/a.yaml", text)}, TODAY)
    return [one for one in found if one.code == "parameter.unused"]


def test_a_number_no_rule_takes_is_named_unless_it_says_who_looks_it_up():
    [found] = unused("")
    assert (found.level, found.problem.message) == ("warning", "No rule uses the parameter `a.limit`.")
    assert unused("looked_up: {zh: 处罚时查阅, en: looked up when a fine is set}\n    ") == []


@pytest.mark.parametrize("name", ["cn", "in", "id"])
def test_no_shipped_pack_has_a_remark(name: str):
    """Its examples are run by tests/rules/test_examples.py."""
    assert [str(one) for one in pack_review(name, examples=False).remarks] == []
