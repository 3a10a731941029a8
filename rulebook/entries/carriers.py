"""What carries a clause: found by matching facts, never written by hand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rulebook.entries import ClauseEntry, Pack


@dataclass(frozen=True, order=True)
class Carrier:
    """A rule, parameter value, term or mandate that rests on a fact. `kind` says which, `key` names it."""

    kind: str
    key: str


def carried_facts(pack: Pack) -> dict[str, tuple[Carrier, ...]]:
    """Return the carriers of every fact that something rests on."""
    found: dict[str, set[Carrier]] = {}
    for fact, carrier in _all(pack):
        found.setdefault(fact, set()).add(carrier)
    return {fact: tuple(sorted(carriers)) for fact, carriers in found.items()}


def carriers_of(clause: ClauseEntry, carried: dict[str, tuple[Carrier, ...]]) -> tuple[Carrier, ...]:
    """Return what carries a clause."""
    return tuple(sorted({carrier for fact in clause.facts for carrier in carried.get(fact, ())}))


def _all(pack: Pack) -> Iterator[tuple[str, Carrier]]:
    for rule in pack.rules:
        kind = "question" if rule.form == "question" else "rule"
        yield from _each((*rule.basis.facts, *rule.transition_facts), Carrier(kind, rule.id))
    for entry in pack.parameters.values():
        for value in entry.values:
            yield from _each(value.basis.facts, Carrier("parameter", entry.key))
    for term in pack.deadlines:
        yield from _each(term.basis.facts, Carrier("deadline", term.key))
    for mandate in pack.mandates:
        name = f"{mandate.business_line}/{mandate.role}/{mandate.authority}"
        yield from _each(mandate.basis.facts, Carrier("mandate", name))
    for question in pack.undecided:
        yield from _each(question.facts, Carrier("undecided", question.key))
    for authority in pack.authorities:
        yield from _each(authority.facts, Carrier("authority", authority.code))


def _each(facts: Iterable[str], carrier: Carrier) -> Iterator[tuple[str, Carrier]]:
    return ((fact, carrier) for fact in facts)
