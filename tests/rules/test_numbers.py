"""Every threshold, unit and article of the packs is the one of the facts; a changed one is found here.

`numbers.yaml` was copied from the list of facts and checked by hand; where that list is on the machine, the copy is
compared with it. The last tests change a pack on purpose and ask that the comparison says so.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from rulebook.compiler.examples import is_same
from rulebook.entries import Basis, Pack
from rulebook.packs import read_pack

PACKS = ("cn", "in", "id")
Found = dict[str, tuple[str, str]]


@cache
def listed() -> dict[str, Any]:
    """The committed copy."""
    found: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "numbers.yaml").read_text("utf-8"))
    return found


@cache
def pack(name: str) -> Pack:
    """A shipped pack."""
    return read_pack(name)


def carried(found: Pack, name: str) -> Found:
    """What a pack says: carrier -> (number, unit), for every dated value and term that names a listed fact."""
    known = set(listed()["facts"])
    told: Found = {}
    for entry in found.parameters.values():
        for value in entry.values:
            if known & set(value.basis.facts):
                told[f"{name} {entry.key} {value.valid_from}"] = (value.value, entry.unit)
    for term in found.deadlines:
        if known & set(term.basis.facts):
            key = f"{name} {term.key} {term.valid_from} {'+'.join(term.business_lines)}"
            told[key] = (str(term.amount), term.unit)
            for number, more in enumerate(term.extensions, start=1):
                told[f"{key} extension {number}"] = (str(more.amount), more.unit)
    return told


def wrong_numbers(found: Pack, name: str) -> list[str]:
    """Carriers that say another number or unit than listed, that are not listed, or that are gone."""
    told = carried(found, name)
    wanted = {key: (row[2], row[3]) for key, row in listed()["carried"].items() if key.startswith(f"{name} ")}
    return sorted(
        key for key in {*told, *wanted}
        if key not in told or key not in wanted
        or not is_same(wanted[key][0], told[key][0]) or wanted[key][1] != told[key][1]
    )  # fmt: skip


def bases(found: Pack) -> Iterator[tuple[str, Basis]]:
    """Every rule, dated value and term with its source."""
    for rule in found.rules:
        yield f"rule {rule.id}", rule.basis
    for entry in found.parameters.values():
        for value in entry.values:
            yield f"parameter {entry.key} {value.valid_from}", value.basis
    for term in found.deadlines:
        yield f"deadline {term.key} {term.valid_from}", term.basis


def instrument_of(fact_id: str) -> str:
    """The instrument a fact is of."""
    return fact_id.rpartition("-")[0]


def articles(text: str | None) -> set[str]:
    """Article words as a set: "2-5, 8" names two places."""
    return set() if text is None else {part.strip() for part in text.split(",")}


def wrong_articles(found: Pack) -> list[str]:
    """Clauses, rules, values and terms that name another article than their facts."""
    facts, wrong = listed()["facts"], []
    for clause in found.clauses:
        named = [fact for fact in clause.facts if fact in facts and instrument_of(fact) == clause.instrument]
        wrong += [f"clause {clause.key} {fact}" for fact in named if facts[fact]["article"] != clause.article]
    for name, basis in bases(found):
        own = [fact for fact in basis.facts if fact in facts and instrument_of(fact) == basis.instrument]
        allowed = set().union(*(articles(facts[fact]["article"]) for fact in own))
        if own and not articles(basis.article) <= allowed:
            wrong.append(name)
    return wrong


@pytest.mark.parametrize("name", PACKS)
def test_every_number_and_unit_of_the_pack_is_the_one_of_the_facts(name: str) -> None:
    assert wrong_numbers(pack(name), name) == []


@pytest.mark.parametrize("name", PACKS)
def test_every_article_of_the_pack_is_the_one_of_the_facts(name: str) -> None:
    assert wrong_articles(pack(name)) == []


def test_every_listed_number_is_the_facts_own_or_says_how_it_follows() -> None:
    facts = listed()["facts"]
    for carrier, (fact, number, value, _, *why) in listed()["carried"].items():
        own = {name: text for name, text, _ in facts[fact]["numbers"]}
        assert why or is_same(own[number], value), carrier
        assert number in own or (why and not number), carrier


def test_every_unit_is_worded_as_in_the_facts() -> None:
    units = listed()["units"]
    for carrier, (fact, number, _, unit, *_) in listed()["carried"].items():
        wording = {name: text for name, _, text in listed()["facts"][fact]["numbers"]}
        assert not number or wording[number] in units[unit], carrier


def test_no_number_of_the_facts_is_lost() -> None:
    held = {f"{row[0]} {row[1]}" for row in listed()["carried"].values()}
    every = {f"{fact} {number[0]}" for fact, row in listed()["facts"].items() for number in row["numbers"]}
    assert every - held == set(listed()["uncarried"])
    assert all(listed()["uncarried"].values())


def mutated_value(found: Pack, key: str, number: int, value: str) -> Pack:
    """The pack with another number in one dated value."""
    entry = found.parameters[key]
    values = list(entry.values)
    values[number] = replace(values[number], value=value)
    return replace(found, parameters={**found.parameters, key: replace(entry, values=tuple(values))})


def mutated_term(found: Pack, key: str, amount: int) -> Pack:
    """The pack with another length of one term."""
    terms = tuple(replace(term, amount=amount) if term.key == key else term for term in found.deadlines)
    assert terms != found.deadlines
    return replace(found, deadlines=terms)


def keys_of(fact: str, number: str) -> list[str]:
    """The carriers of one number of a fact."""
    return [key for key, row in listed()["carried"].items() if row[:2] == [fact, number]]


@pytest.mark.parametrize(
    ("fact", "number", "value"),
    [
        ("SPC22-02", "or_loss", "900000"),
        ("CMP20-03", "representatives", "9"),
        ("P2P16-17", "natural_person_one_platform", "200001"),
    ],
)
def test_a_changed_threshold_is_found(fact: str, number: str, value: str) -> None:
    [carrier] = keys_of(fact, number)
    key = carrier.split()[1]
    assert wrong_numbers(mutated_value(pack("cn"), key, 0, value), "cn") == [carrier]


@pytest.mark.parametrize(("key", "amount"), [("licence.payment_decision", 8), ("licence.telecom_decision", 90)])
def test_a_changed_term_is_found(key: str, amount: int) -> None:
    [found] = wrong_numbers(mutated_term(pack("cn"), key, amount), "cn")
    assert found.split()[1] == key


def test_a_changed_unit_is_found() -> None:
    entry = replace(pack("cn").parameters["p2p.record_retention_years"], unit="months")
    changed = replace(pack("cn"), parameters={**pack("cn").parameters, entry.key: entry})
    assert [found.split()[1] for found in wrong_numbers(changed, "cn")] == [entry.key]


@pytest.mark.parametrize(("rule_id", "article"), [("P2P16-17", "27"), ("AML24-01", None)])
def test_a_changed_article_is_found(rule_id: str, article: str | None) -> None:
    rules = tuple(
        replace(rule, basis=replace(rule.basis, article=article or "43")) if rule.id == rule_id else rule
        for rule in pack("cn").rules
    )
    assert wrong_articles(replace(pack("cn"), rules=rules)) == [f"rule {rule_id}"]


def plain_article(text: str | None) -> str | None:
    """The article without the words around it."""
    if text is None or "first ground" in text:
        return None
    text = text.replace(" version, memory", "") if "version" in text else re.sub(r"\(.*?memory.*?\)", "", text)
    text = re.sub(r"^memory:?|\(one per line\)|\b(Arts?\.|points?|for materials)", "", text.strip())
    return " ".join(text.split()) or None


def test_the_research_list_says_the_same() -> None:
    default = Path(__file__).parents[2].parent / "shared" / "data"
    path = Path(os.environ.get("LIANXI_SHARED_DATA", default)).parent / "research" / "rulebook_facts.yaml"
    if not path.exists():
        pytest.skip("the research list is not beside LIANXI_SHARED_DATA: the committed copy stands alone")
    derived = {
        row["id"]: {
            "article": plain_article(row["article"]),
            "numbers": [[number["name"], str(number["value"]), number["unit"]] for number in row["thresholds"] or []],
        }
        for row in yaml.safe_load(path.read_text("utf-8"))["facts"]
        if row["kind"] != "statistic"
    }
    assert derived == listed()["facts"]
