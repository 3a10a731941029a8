"""Every Chinese fact is carried by the cn pack: a clause each, and what can be executed by something that works.

`facts.yaml` holds the ids, so that the promise is kept without the research list; where that list is on the machine,
the ids are derived from it and compared. A carrier of a fact is a rule, a dated value or a term that names its id.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
import yaml

from rulebook.entries import Basis, is_within
from tests.factories.rulebook import cn_pack

EXECUTABLE = ("aggregate", "prohibition", "record-level", "deadline", "disclosure", "retention")
FOREIGN = ("RBI17", "POJK22", "SEOJK23")
NEVER_IN_FORCE = ("CF14-01", "CF14-02", "CF14-04")  # seen, but of a draft that was never issued: no date to be in force


@dataclass(frozen=True)
class Fact:
    """One line of the list; `on` is its first day, `None` for a draft or a statistic without one."""

    id: str
    kind: str
    is_seen: bool
    on: date | None


@dataclass(frozen=True)
class Carrier:
    """A rule, a dated value or a term that names a fact."""

    name: str
    basis: Basis
    valid_from: date
    valid_to: date | None

    def works_on(self, day: date) -> bool:
        """Whether it may give findings on a day, by a text that was seen (a house convention does not count)."""
        return self.basis.verified and is_within(day, self.valid_from, self.valid_to)


def committed() -> tuple[Fact, ...]:
    rows = yaml.safe_load((Path(__file__).parent / "facts.yaml").read_text("utf-8"))["facts"]
    return tuple(Fact(key, kind, seen == "seen", on) for key, (kind, seen, on) in rows.items())


def carriers() -> Iterator[Carrier]:
    pack = cn_pack()
    for rule in pack.rules:
        yield Carrier(f"rule {rule.id}", rule.basis, rule.valid_from, rule.valid_to)
    for entry in pack.parameters.values():
        for value in entry.values:
            yield Carrier(f"parameter {entry.key} {value.valid_from}", value.basis, value.valid_from, value.valid_to)
    for term in pack.deadlines:
        yield Carrier(f"deadline {term.key} {term.valid_from}", term.basis, term.valid_from, term.valid_to)


FACTS = committed()
CARRIERS = tuple(carriers())
TO_EXECUTE = [fact for fact in FACTS if fact.kind in EXECUTABLE]
SEEN = [fact for fact in TO_EXECUTE if fact.is_seen and fact.id not in NEVER_IN_FORCE]
UNSEEN = [fact for fact in TO_EXECUTE if not fact.is_seen]


def carriers_of(fact_id: str) -> list[Carrier]:
    return [carrier for carrier in CARRIERS if fact_id in carrier.basis.facts]


def test_the_list_holds_the_promised_numbers():
    assert len(FACTS) == 239
    assert Counter(fact.kind for fact in TO_EXECUTE if fact.is_seen) == {
        "aggregate": 27, "prohibition": 27, "record-level": 17, "deadline": 16, "disclosure": 8, "retention": 8,
    }
    assert (len(SEEN), len(UNSEEN)) == (103 - len(NEVER_IN_FORCE), 39)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.id)
def test_every_fact_is_a_clause_with_its_kind_and_its_standing(fact: Fact):
    own = fact.id.rpartition("-")[0]  # an older instrument may be named beside it, as what it replaced
    clauses = [clause for clause in cn_pack().clauses if fact.id in clause.facts and clause.instrument == own]
    assert {clause.kind for clause in clauses} == {fact.kind}
    assert {clause.verified for clause in clauses} == {fact.is_seen}
    assert all(clause.text["zh"] and clause.text["en"] for clause in clauses)
    if fact.on is not None:
        assert fact.on in {clause.valid_from for clause in clauses}


@pytest.mark.parametrize("fact", SEEN, ids=lambda fact: fact.id)
def test_every_seen_executable_fact_works_on_its_first_day(fact: Fact):
    assert fact.on is not None
    names = [carrier.name for carrier in carriers_of(fact.id) if carrier.works_on(fact.on)]
    assert names, f"{fact.id} is carried by {[carrier.name for carrier in carriers_of(fact.id)]}"


@pytest.mark.parametrize("fact", UNSEEN, ids=lambda fact: fact.id)
def test_every_unseen_executable_fact_is_present_and_disabled(fact: Fact):
    found = carriers_of(fact.id)
    assert found
    assert [carrier.name for carrier in found if carrier.basis.verified] == []
    assert [carrier.name for carrier in found if not carrier.basis.may_give_findings]


@pytest.mark.parametrize("fact_id", NEVER_IN_FORCE)
def test_a_draft_is_present_and_never_works(fact_id: str):
    found = carriers_of(fact_id)
    assert {carrier.basis.text_status for carrier in found} == {"draft"}
    assert not any(carrier.basis.may_give_findings for carrier in found)


def test_no_statistic_is_ever_executed():
    statistics = {fact.id for fact in FACTS if fact.kind == "statistic"}
    assert len(statistics) == 10
    assert [carrier.name for carrier in CARRIERS if statistics & set(carrier.basis.facts)] == []


def test_every_named_fact_exists():
    named = {fact_id for carrier in CARRIERS for fact_id in carrier.basis.facts}
    assert named - {fact.id for fact in FACTS} == set()


def test_every_clause_says_what_is_from_memory():
    wrong = [
        clause.key
        for clause in cn_pack().clauses
        if clause.verified == (clause.text_status in ("memory", "convention")) and clause.text_status != "draft"
    ]
    assert wrong == []


def test_the_research_list_says_the_same():
    default = Path(__file__).parents[2].parent / "shared" / "data"
    path = Path(os.environ.get("LIANXI_SHARED_DATA", default)).parent / "research" / "rulebook_facts.yaml"
    if not path.exists():
        pytest.skip("the research list is not beside LIANXI_SHARED_DATA: the committed ids stand alone")
    rows = yaml.safe_load(path.read_text("utf-8"))["facts"]
    derived = tuple(
        Fact(
            row["id"], row["kind"], row["verified"] == "yes",
            date.fromisoformat(row["effective_from"]) if row["effective_from"] else None,
        )
        for row in rows
        if row["instrument_key"] not in FOREIGN
    )
    assert derived == FACTS
