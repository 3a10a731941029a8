"""What a well-formed pack still gets wrong: holes in time, rules that never speak, clauses nobody carries. Pure.

Errors must be cured before the pack is used; warnings want a look. Every remark names file, line and cure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp
from sqlglot.optimizer.simplify import simplify

from analytics.contracts import TEMPLATE_NAMES, template
from analytics.sandbox import SqlRefused
from rulebook.compiler import NotCompilable, ParametersOn, compile_rule, language
from rulebook.entries import Pack, Rule
from rulebook.entries.carriers import carried_facts
from rulebook.entries.lifetimes import holes, inside_holes, life_of, stretches_of
from rulebook.entries.shadows import shadows
from rulebook.sources import Problem, Source

ERROR, WARNING = "error", "warning"
# what a clause of these kinds asks can be run, timed or looked up; the others explain, appoint or describe
CARRIED_KINDS = frozenset({"record-level", "aggregate", "prohibition", "deadline", "disclosure", "retention"})
# filed when something happened: nothing is owed for a month without
EVENT_TEMPLATES = frozenset({"aml_transactions", "incident_reports", "data_disposals", "public_notices"})
FILING = "filing."
Sources = Mapping[str, Source]


@dataclass(frozen=True)
class Remark:
    """One defect or doubt: its level, a stable code, and the place with its cure."""

    level: str
    code: str
    problem: Problem

    def __str__(self) -> str:
        return f"{self.level}: {self.problem}"


def review(pack: Pack, sources: Sources, today: date) -> list[Remark]:
    """Return every remark on a pack that has been read, in the order of files and lines."""
    parts: tuple[Callable[[], Iterator[Remark]], ...] = (
        lambda: _unused_parameters(pack, sources),
        lambda: _unfiled(pack, sources),
        lambda: _value_holes(pack, sources),
        lambda: (one for rule in pack.rules for one in _dead(pack, rule, sources[rule.path])),
        lambda: _refused_texts(pack, sources),
        lambda: _shadowed(pack, sources),
        lambda: _calendar_holes(pack, sources, today),
        lambda: _loose_clauses(pack, sources),
        lambda: _unknown_facts(pack, sources),
        lambda: _before_its_instrument(pack, sources),
        lambda: _plain_names(pack, sources),
    )
    found = [remark for part in parts for remark in part()]
    return sorted(found, key=lambda one: (one.problem.file, one.problem.line, one.problem.message))


def parameter_places(sources: Sources) -> dict[str, tuple[Source, int]]:
    """Return file and position of every parameter."""
    return {
        row["key"]: (source, index)
        for source in sources.values() if source.name.startswith("parameters/")
        for index, row in enumerate(source.data["parameters"])
    }


def _unused_parameters(pack: Pack, sources: Sources) -> Iterator[Remark]:
    """A number that no rule takes says itself who looks it up."""
    used = {key for rule in pack.rules for key in rule.parameters.values()}
    for key, (source, index) in parameter_places(sources).items():
        if key not in used and "looked_up" not in source.data["parameters"][index]:
            message = f"No rule uses the parameter `{key}`."
            cure = "Write a rule or a question that takes it, or say with `looked_up` who looks at it."
            yield Remark(WARNING, "parameter.unused", source.problem(("parameters", index, "key"), message, cure))


def _unfiled(pack: Pack, sources: Sources) -> Iterator[Remark]:
    """A rule is silent on a business line that owes no filing of its template; returns about events are never owed."""
    for rule in pack.rules:
        if rule.form not in ("row", "sql") or rule.template in EVENT_TEMPLATES:
            continue
        owed = [term for term in pack.deadlines if term.key == f"{FILING}{rule.template}"]
        for line in rule.applies_to:
            if any(term.applies_to(line) for term in owed):
                continue
            message = f"`{rule.id}` judges {rule.template}, which {line} does not owe: no `{FILING}{rule.template}`."
            cure = f"Add the deadline for {line}, take the line out of `applies_to`, or ask a `question` instead."
            yield Remark(WARNING, "rule.unfiled", sources[rule.path].problem(("applies_to",), message, cure))


def _value_holes(pack: Pack, sources: Sources) -> Iterator[Remark]:
    """A rule must find a value on every day of its life. For VALUE_ON the row's day counts: only inner holes show."""
    for rule in pack.rules:
        dated = _dated_aliases(rule)
        for alias, key in rule.parameters.items():
            covered = stretches_of(pack.parameters[key])
            found = inside_holes(covered) if alias in dated else holes(life_of(rule), covered)
            for hole in found:
                message = f"`{key}` has no value {hole}, while `{rule.id}` is in force."
                cure = "Give the parameter a value for these days, or change the rule's `in_force`."
                level = ERROR if rule.enabled else WARNING
                place = sources[rule.path].problem(("parameters", alias), message, cure)
                yield Remark(level, "parameter.hole", place)


def _dated_aliases(rule: Rule) -> set[str]:
    if rule.form not in ("row", "sql"):
        return set()
    tree = language.parse((rule.check if rule.form == "row" else rule.sql) or "")
    calls = [node for node in tree.find_all(exp.Anonymous) if node.name.upper() == language.VALUE_ON]
    inside = {str(one.this) for call in calls for one in call.find_all(exp.Placeholder)}
    plain = {
        str(one.this) for one in tree.find_all(exp.Placeholder)
        if not any(isinstance(call, exp.Anonymous) for call in _above(one))
    }
    return inside - plain


def _above(node: exp.Expr) -> Iterator[exp.Expr]:
    while node.parent is not None:
        node = node.parent
        yield node


def _dead(pack: Pack, rule: Rule, source: Source) -> Iterator[Remark]:
    """Rules that can give no finding on any day: no currency, no life, no value, a condition that is always true."""

    def dead(path: tuple[str, ...], message: str, cure: str) -> Remark:
        return Remark(ERROR, "rule.dead", source.problem(path, message, cure))

    instrument = pack.instruments.get(rule.basis.instrument)
    ends = instrument.valid_to if instrument and instrument.dates_verified else None
    if ends is not None and ends <= rule.valid_from:
        message = f"`{rule.id}` is never in force: `{rule.basis.instrument}` ended on {ends}, before the rule starts."
        yield dead(("in_force", "from"), message, "Name the instrument that holds on these days.")
    if rule.template in TEMPLATE_NAMES and rule.currency:
        yield from _dead_currency(rule, dead)
    if rule.form == "row":
        tree = simplify(language.parse(rule.check or ""), dialect=language.DIALECT)
        if isinstance(tree, exp.Boolean):
            message = f"`{rule.id}` {'can never fail' if tree.this else 'fails on every row'}: it reads no column."
            yield dead(("check",), message, f"Compare a column of {rule.template}.")
    for alias, key in rule.parameters.items():
        covered = [one for one in stretches_of(pack.parameters[key]) if one.first < life_of(rule).end]
        if not any(one.end > rule.valid_from for one in covered) and alias not in _dated_aliases(rule):
            message = f"`{rule.id}` is never evaluable: `{key}` has no value on any day of its life."
            yield dead(("parameters", alias), message, "Give the parameter a value, or take another one.")


def _dead_currency(rule: Rule, dead: Callable[[tuple[str, ...], str, str], Remark]) -> Iterator[Remark]:
    currencies = [column for column in template(rule.template or "").columns if column.type == "currency"]
    if not currencies:
        message = f"`{rule.id}` is never evaluable: {rule.template} has no currency, but the rule asks for one."
        yield dead(("currency",), message, "Drop `currency`.")
    elif rule.currency not in currencies[0].choices:
        message = f"`{rule.id}` is never evaluable: nobody files {rule.template} in {rule.currency}."
        yield dead(("currency",), message, f"Filed currencies: {', '.join(currencies[0].choices)}.")


def _refused_texts(pack: Pack, sources: Sources) -> Iterator[Remark]:
    """Compile every rule on its first day: macros, calendars and the allow-list of the sandbox."""
    calendar = pack.calendars.get(pack.info.calendar) if pack.info else None
    for rule in pack.rules:
        if rule.form not in ("row", "sql"):
            continue
        where = ("check",) if rule.form == "row" else ("sql",)
        try:
            compile_rule(rule, ParametersOn(rule.valid_from, pack.parameters, with_unconfirmed=True), calendar)
        except NotCompilable as error:
            if "has no value" not in error.reason["en"]:  # holes are reported with their days
                problem = sources[rule.path].problem(where, error.reason["en"], "Add what is missing to the pack.")
                yield Remark(ERROR, "rule.not_compilable", problem)
        except language.LanguageError as error:
            yield Remark(ERROR, "rule.language", sources[rule.path].problem(where, error.message, error.cure))
        except SqlRefused as error:
            yield Remark(ERROR, "rule.sql_refused", sources[rule.path].problem(where, error.reason, error.cure))


def _shadowed(pack: Pack, sources: Sources) -> Iterator[Remark]:
    for shadow in shadows(pack.rules, pack.parameters):
        source = sources[shadow.rule.path]
        words = "says the same as" if shadow.is_twin else "finds nothing that is not found by"
        message = f"`{shadow.rule.id}` {words} `{shadow.by.id}` ({shadow.by.path})."
        cure = "Drop one of them, or part their lines, days or thresholds."
        yield Remark(WARNING, "rule.shadowed", source.problem(("id",), message, cure))


def _calendar_holes(pack: Pack, sources: Sources, today: date) -> Iterator[Remark]:
    for source in sources.values():
        if not source.name.startswith("calendars/"):
            continue
        years = {row["year"] for row in source.data["years"]}
        wanted = range(min(years), max(*years, today.year) + 1) if years else range(0)
        for year in wanted:
            if year not in years:
                message = f"The calendar `{source.data['calendar']}` lacks the year {year}."
                cure = "Add its notice; until then Monday to Friday count, and dates are provisional."
                yield Remark(WARNING, "calendar.year_missing", source.problem(("years",), message, cure))


def _loose_clauses(pack: Pack, sources: Sources) -> Iterator[Remark]:
    carried = carried_facts(pack)
    for clause in pack.clauses:
        if clause.kind in CARRIED_KINDS and not set(clause.facts) & set(carried):
            message = f"Nothing carries the clause {', '.join(clause.facts)} ({clause.title['en']})."
            cure = "Name its fact under `facts` of a rule, value, term or mandate."
            yield Remark(WARNING, "clause.not_carried", Problem(clause.path, clause.line, message, cure))


def _unknown_facts(pack: Pack, sources: Sources) -> Iterator[Remark]:
    """A fact begins with the key of an instrument; where an instrument has clauses, the fact must be among them."""
    known = {fact for clause in pack.clauses for fact in clause.facts}
    with_clauses = {clause.instrument for clause in pack.clauses}
    for source in sources.values():
        for path, fact in _facts(source.data, ()):
            key = fact.rpartition("-")[0]
            if key not in pack.instruments:
                message = f"The fact `{fact}` belongs to no instrument of the pack."
                problem = source.problem(path, message, f"Add `{key}` to the instruments, or correct the fact.")
                yield Remark(WARNING, "fact.unknown", problem)
            elif key in with_clauses and fact not in known:
                message = f"The fact `{fact}` is in no clause of `{key}`."
                problem = source.problem(path, message, f"Add it to clauses/{key}.yaml, or correct the fact.")
                yield Remark(WARNING, "fact.unknown", problem)


def _facts(data: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "facts" and isinstance(value, list):
                yield from (((*path, key, index), str(fact)) for index, fact in enumerate(value))
            else:
                yield from _facts(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _facts(value, (*path, index))


def _before_its_instrument(pack: Pack, sources: Sources) -> Iterator[Remark]:
    for rule in pack.rules:
        instrument = pack.instruments.get(rule.basis.instrument)
        begins = instrument.valid_from if instrument and instrument.dates_verified else None
        if begins is not None and rule.valid_from < begins:
            message = f"`{rule.id}` starts on {rule.valid_from}, before `{rule.basis.instrument}` does ({begins})."
            problem = sources[rule.path].problem(("in_force", "from"), message, "Start the rule with its instrument.")
            yield Remark(WARNING, "rule.too_early", problem)


def _plain_names(pack: Pack, sources: Sources) -> Iterator[Remark]:
    for rule in pack.rules:
        for index, example in enumerate(rule.examples):
            if not example.is_bilingual:
                message = f"The name of the example `{example.name['en']}` is in one language only."
                problem = sources[rule.path].problem(("examples", index, "name"), message, "Write {zh: …, en: …}.")
                yield Remark(WARNING, "example.one_language", problem)
