"""Rules that find nothing another does not find anyway. Exact on syntax trees; what cannot be proved is not said.

Rule A is shadowed by rule B when both have one shape, B covers A's lines, currency and days with at least A's severity,
and on every day of A's life each number of A is equal to B's or weaker. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from rulebook.compiler.canonical import Bound, Shape, shape_of
from rulebook.entries import ParameterEntry, Rule
from rulebook.entries.lifetimes import is_inside, life_of, pieces

WEIGHT = {"minor": 0, "major": 1, "blocking": 2}
Parameters = Mapping[str, ParameterEntry]


@dataclass(frozen=True)
class Shadow:
    """`rule` finds nothing that `by` does not find; `is_twin` when their numbers are the same."""

    rule: Rule
    by: Rule
    is_twin: bool


def shadows(rules: Sequence[Rule], parameters: Parameters) -> list[Shadow]:
    """Return every shadowed rule once, with the rule that shadows it; of two equal rules the later id."""
    by_shape: dict[tuple[str, str], list[tuple[Rule, Shape]]] = {}
    for rule in sorted(rules, key=lambda one: one.id):
        shape = shape_of(rule)
        if shape is not None:
            by_shape.setdefault((shape.template, shape.text), []).append((rule, shape))
    return [shadow for group in by_shape.values() if len(group) > 1 for shadow in _within(group, parameters)]


def _within(group: list[tuple[Rule, Shape]], parameters: Parameters) -> Iterator[Shadow]:
    for rule, shape in group:
        for other, other_shape in group:
            if other is rule or not _covers(other, rule) or not _is_weaker(rule, shape, other_shape, parameters):
                continue
            is_twin = _covers(rule, other) and _is_weaker(other, other_shape, shape, parameters)
            if not is_twin or other.id < rule.id:
                yield Shadow(rule, other, is_twin)
                break


def _covers(other: Rule, rule: Rule) -> bool:
    return (
        set(rule.applies_to) <= set(other.applies_to)
        and is_inside(life_of(rule), life_of(other))
        and (other.currency is None or other.currency == rule.currency)
        and other.enabled >= rule.enabled
        and WEIGHT[_mildest(other)] >= WEIGHT[rule.severity]
    )


def _mildest(rule: Rule) -> str:
    found = [rule.severity, *filter(None, [rule.transition_severity])]
    return min(found, key=WEIGHT.__getitem__)


def _is_weaker(rule: Rule, shape: Shape, other: Shape, parameters: Parameters) -> bool:
    keys = {bound.parameter or "" for bound in (*shape.bounds, *other.bounds)}
    days = pieces(life_of(rule), [parameters[key] for key in keys if key in parameters])
    pairs = list(zip(shape.bounds, other.bounds, strict=True))
    return all(_is_weaker_on(day, one, two, parameters) for day in days for one, two in pairs)


def _is_weaker_on(day: date, bound: Bound, other: Bound, parameters: Parameters) -> bool:
    if bound.text == other.text:
        return True
    mine, theirs = _number(bound, day, parameters), _number(other, day, parameters)
    if mine is None or theirs is None:
        return False
    is_looser = {"down": mine > theirs, "up": mine < theirs}.get(bound.tighter, False)
    return mine == theirs or is_looser


def _number(bound: Bound, day: date, parameters: Parameters) -> Decimal | None:
    """The number of a bound on a day; `None` for arithmetic, and where a value is missing or nobody confirmed it."""
    if bound.parameter is not None:
        entry = parameters.get(bound.parameter)
        value = entry.value_on(day) if entry else None
        return Decimal(value.value) if value and value.basis.may_give_findings else None
    try:
        return Decimal(bound.text)
    except InvalidOperation:
        return None
