"""The coverage of law: what a cell says, which cells are gaps, which rules overlap."""

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rulebook.choices import BusinessLine, ClauseKind, Subject
from rulebook.coverage import (
    CLAUSES,
    COVERED,
    EMPTY,
    GAPS,
    HOUSE,
    QUESTIONS,
    STATES,
    UNCONFIRMED,
    LawRule,
    as_json,
    law_coverage,
    rules_of,
    table,
)  # fmt: skip
from rulebook.entries import Basis, ClauseEntry, Rule
from rulebook.entries.schemas import codes
from rulebook.packs import rule_from_text
from rulebook.selectors import law_coverage_on
from tests.factories.rulebook import cn_loaded, cn_pack, rule_text

ON = date(2017, 6, 30)


def law(rule_id: str = "A-01", *, instrument: str = "P2P16", limit: int = 36, enabled=True, **changes) -> LawRule:
    text = rule_text(rule_id, limit=limit)
    basis = Basis(instrument, verified=enabled, text_status="final")
    return LawRule(dataclasses.replace(rule_from_text(text), basis=basis, **changes), enabled)


def clause(**changes) -> ClauseEntry:
    made = ClauseEntry(
        key="P2P16-03", instrument="P2P16", article=None, facts=("P2P16-03",), kind="prohibition", subject="conduct",
        business_lines=("p2p_lending",), title={"zh": "甲", "en": "a"}, text={"zh": "甲", "en": "a"},
        valid_from=date(2016, 8, 17), valid_to=None, verified=True, article_verified=False, text_status="final",
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


def state(*rules: LawRule, clauses: tuple[ClauseEntry, ...] = (), on: date = ON) -> str:
    return law_coverage(rules, clauses, on).cell("p2p_lending", "conduct").state


def asked() -> LawRule:
    return LawRule(dataclasses.replace(law().rule, form="question"), True)


def house() -> LawRule:
    return LawRule(dataclasses.replace(law().rule, basis=Basis("CONV", text_status="convention")), True)


def test_the_best_of_a_cell_is_its_state():
    waiting = law("W-01", enabled=False)
    assert state() == EMPTY
    assert state(clauses=(clause(),)) == CLAUSES
    assert state(waiting, clauses=(clause(),)) == UNCONFIRMED
    assert state(asked(), waiting) == QUESTIONS
    assert state(house(), asked()) == HOUSE
    assert state(law(), house(), asked(), waiting, clauses=(clause(),)) == COVERED


def test_only_what_is_in_force_on_the_day_counts():
    made = law(valid_from=date(2017, 7, 1), valid_to=date(2018, 1, 1))
    days = [date(2017, 6, 30), date(2017, 7, 1), date(2017, 12, 31), date(2018, 1, 1)]
    assert [state(made, on=day) for day in days] == [EMPTY, COVERED, COVERED, EMPTY]
    assert [state(clauses=(clause(),), on=day) for day in (date(2016, 8, 16), date(2016, 8, 17))] == [EMPTY, CLAUSES]


def test_gaps_say_whether_law_exists_and_of_which_instrument():
    found = law_coverage([], [clause()], ON)
    assert len(found.gaps) == 63
    cell = next(gap for gap in found.gaps if gap.state == CLAUSES)
    assert (cell.line, cell.subject, cell.clauses, cell.instruments) == (
        "p2p_lending", "conduct", ("P2P16-03",), ("P2P16",),
    )  # fmt: skip
    why = {(gap["line"], gap["subject"]): gap["why"]["en"] for gap in as_json(found)["gaps"]}
    assert why["p2p_lending", "conduct"] == "There are clauses, but nothing executes them"
    assert why["payment", "exit"] == "No provision is known"


def overlaps(*rules: LawRule) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    found = law_coverage(rules, [], ON).overlaps
    return [(one.kind, one.rules, one.thresholds) for one in found if one.line == "p2p_lending"]


def test_two_thresholds_on_one_quantity_overlap():
    assert overlaps(law("A-01", limit=36), law("B-01", limit=24)) == [("thresholds", ("A-01", "B-01"), ("24", "36"))]


def test_limits_of_several_instruments_overlap_even_when_equal():
    assert overlaps(law("A-01"), law("B-01", instrument="SPCL")) == [("instruments", ("A-01", "B-01"), ("36",))]


def test_what_cannot_meet_does_not_overlap():
    assert overlaps(law("A-01"), law("B-01", limit=24, valid_from=date(2018, 1, 1))) == []
    assert overlaps(law("A-01"), law("B-01", limit=24, applies_to=("payment",))) == []
    assert overlaps(law("A-01"), law("B-01", limit=24, enabled=False)) == []
    assert overlaps(law("A-01"), law("B-01", limit=24, check="term_months < 24")) == []


@given(st.lists(st.tuples(st.sampled_from(codes("business_line")), st.sampled_from(codes("subject")), st.booleans())))
def test_every_cell_is_counted_once(places):
    made = [
        LawRule(dataclasses.replace(BASE, id=f"A-{at:02d}", applies_to=(line,), subject=subject), enabled)
        for at, (line, subject, enabled) in enumerate(places)
    ]
    found = law_coverage(made, [], ON)
    counts = found.counts()
    assert sum(counts.values()) == 63 == len(table(found))
    assert counts[COVERED] == len({(line, subject) for line, subject, enabled in places if enabled})
    assert len(found.gaps) == sum(counts[state] for state in GAPS)


BASE: Rule = law().rule


def test_the_codes_of_schema_and_choices_are_the_same():
    for name, choices in (("subject", Subject), ("business_line", BusinessLine), ("fact_kind", ClauseKind)):
        assert list(codes(name)) == list(choices.values)
    assert set(STATES) == {COVERED, HOUSE, QUESTIONS, UNCONFIRMED, CLAUSES, EMPTY}


@pytest.mark.django_db
def test_the_tables_give_the_same_matrix_as_the_pack():
    cn_loaded()
    stored, written = law_coverage_on(ON), law_coverage(rules_of(cn_pack()), cn_pack().clauses, ON)
    assert table(stored) == table(written)
    assert stored.overlaps == written.overlaps
    assert stored.cell("p2p_lending", "conduct").state == COVERED


def test_what_the_pack_does_not_hold_is_named_with_the_text_that_is_wanted():
    pack = cn_pack()
    found = law_coverage(rules_of(pack), pack.clauses, date(2017, 6, 30), pack.gaps)
    assert [(gap.line, gap.facts) for gap in found.named] == [
        ("internet_trust", ("GO15-11",)), ("fund_sales", ("FS20-04",)),
    ]  # fmt: skip
    assert [gap.line for gap in found.named_for("internet_trust", "conduct")] == ["internet_trust"]
    assert found.named_for("internet_trust", "data") == ()
    named = as_json(found)["named_gaps"][0]
    assert named["why"]["zh"] != named["why"]["en"]
    assert named["wanted"]["zh"]
    assert law_coverage(rules_of(pack), pack.clauses, date(2015, 7, 13), pack.gaps).named == ()


def test_a_named_gap_is_no_empty_cell_and_no_rule_runs_in_it_on_a_seen_text():
    pack = cn_pack()
    for on in (date(2017, 6, 30), date(2024, 7, 1)):
        found = law_coverage(rules_of(pack), pack.clauses, on, pack.gaps)
        places = [(gap.line, subject) for gap in found.named for subject in gap.subjects]
        own = {rule.id for rule in pack.rules if len(rule.applies_to) == 1}
        assert [
            place for place in places if place[0] == "internet_trust" and own & set(found.cell(*place).executable)
        ] == []
        assert found.cell("internet_trust", "conduct").unconfirmed == ("GO15-11-sale",)
