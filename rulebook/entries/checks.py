"""What the schema cannot see: names that point nowhere, values that overlap, rules without examples. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from rulebook.compiler import language
from rulebook.entries import Pack, Rule
from rulebook.sources import Path, Problem, Source

WANTED_OUTCOMES = ("passed", "failed")


def cross_problems(pack: Pack, sources: Mapping[str, Source]) -> list[Problem]:
    """Return every contradiction inside a pack whose files are each well-formed."""
    return [
        *_info_problems(pack, sources),
        *_basis_problems(pack, sources),
        *_clause_problems(pack, sources),
        *_authority_problems(pack, sources),
        *_value_problems(sources),
        *_deadline_problems(pack, sources),
        *(problem for rule in pack.rules for problem in _rule_problems(pack, rule, sources[rule.path])),
        *_twins(pack, sources),
    ]


def rule_problems(pack: Pack, rule: Rule, source: Source) -> list[Problem]:
    """Return every contradiction between one rule and the pack it belongs to; the editor asks this of a draft."""
    return [*_basis_problems(pack, {source.name: source}), *_rule_problems(pack, rule, source)]


def _nearest(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(sorted(known)[:12])}."


def _files(sources: Mapping[str, Source], name: str) -> list[Source]:
    """The files that hold one kind of row: `<name>.yaml` and those in `<name>/`."""
    return [sources[key] for key in sorted(sources) if key == f"{name}.yaml" or key.startswith(f"{name}/")]


def _info_problems(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    if pack.info is None or "pack.yaml" not in sources:
        return
    source = sources["pack.yaml"]
    if source.data["pack"] != pack.name:
        message = f"The pack calls itself `{source.data['pack']}`, but its folder is `{pack.name}`."
        yield source.problem(("pack",), message, f"Write `pack: {pack.name}`.")
    if pack.info.calendar not in pack.calendars:
        message = f"The calendar `{pack.info.calendar}` is not in calendars/."
        yield source.problem(("calendar",), message, _nearest(pack.info.calendar, list(pack.calendars)))
    try:
        ZoneInfo(pack.info.zone)
    except (ZoneInfoNotFoundError, ValueError):
        message = f"`{pack.info.zone}` is no time zone."
        yield source.problem(("zone",), message, _nearest(pack.info.zone, sorted(available_timezones())))


def _clause_problems(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    for source in _files(sources, "clauses"):
        key = source.data["instrument"]
        if key not in pack.instruments:
            message = f"The instrument `{key}` is not in instruments.yaml."
            yield source.problem(("instrument",), message, _nearest(key, list(pack.instruments)))
        for index, row in enumerate(source.data["clauses"]):
            yield from _interval(source, ("clauses", index), row)
            if row["verified"] and row["text_status"] in ("memory", "convention"):
                message = f"A {row['text_status']} cannot be verified."
                cure = "Write `verified: false`, or the status of the text that was seen."
                yield source.problem(("clauses", index, "verified"), message, cure)


def _basis_problems(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    for source in sources.values():
        for path, basis in _bases(source.data, ()):
            if basis["instrument"] not in pack.instruments:
                message = f"The instrument `{basis['instrument']}` is not in instruments.yaml."
                cure = _nearest(basis["instrument"], list(pack.instruments))
                yield source.problem((*path, "instrument"), message, cure)
            if basis["verified"] and basis["text_status"] in ("memory", "convention"):
                message = f"A {basis['text_status']} cannot be verified."
                yield source.problem(path, message, "Write `verified: false`, or the status of the text that was seen.")


def _bases(data: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    if isinstance(data, dict):
        if "instrument" in data and "text_status" in data:
            yield path, data
        for key, value in data.items():
            yield from _bases(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _bases(value, (*path, index))


def _authority_problems(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    codes = [authority.code for authority in pack.authorities]
    source = sources["authorities.yaml"]
    for authority in pack.authorities:
        for name in (*authority.predecessors, *filter(None, [authority.parent])):
            if name not in codes:
                message = f"`{authority.code}` names `{name}`, which is no authority."
                yield source.problem((), message, _nearest(name, codes))
    for mandates in _files(sources, "mandates"):
        yield from _mandate_problems(pack, mandates, codes)


def _mandate_problems(pack: Pack, mandates: Source, codes: list[str]) -> Iterator[Problem]:
    regions = [region.code for region in pack.regions]
    for index, row in enumerate(mandates.data["mandates"]):
        path: Path = ("mandates", index)
        if row["region"] != "each_province" and row["region"] not in regions:
            message = f"The region `{row['region']}` is not in regions.yaml."
            yield mandates.problem((*path, "region"), message, _nearest(row["region"], regions))
        name = row["authority"].replace("{region}", regions[-1])
        if name not in codes:
            message = f"The authority `{row['authority']}` is not in authorities.yaml."
            yield mandates.problem((*path, "authority"), message, _nearest(name, codes))
        yield from _interval(mandates, path, row)


def _interval(source: Source, path: Path, row: Mapping[str, Any]) -> Iterator[Problem]:
    first, last = row.get("from"), row.get("to")
    if isinstance(first, date) and isinstance(last, date) and last <= first:
        message = f"`to: {last}` is not after `from: {first}`."
        yield source.problem((*path, "to"), message, "`to` is the first day on which the row no longer holds.")


def _value_problems(sources: Mapping[str, Source]) -> Iterator[Problem]:
    for source in sources.values():
        for index, parameter in enumerate(source.data.get("parameters", ()) if _is_parameters(source) else ()):
            path: Path = ("parameters", index, "values")
            for number, row in enumerate(parameter["values"]):
                yield from _interval(source, (*path, number), row)
            yield from _overlaps(source, path, parameter)


def _is_parameters(source: Source) -> bool:
    return source.name.startswith("parameters/")


def _overlaps(source: Source, path: Path, parameter: Mapping[str, Any]) -> Iterator[Problem]:
    rows = sorted(enumerate(parameter["values"]), key=lambda item: item[1]["from"])
    for (_, earlier), (number, later) in pairwise(rows):
        if later["from"] == earlier["from"] or earlier.get("to", later["from"]) > later["from"]:
            end = earlier.get("to", earlier["from"])
            message = f"Two values of `{parameter['key']}` overlap: one until {end}, the next from {later['from']}."
            cure = f"Write `to: {later['from']}` in the earlier value, or start the later one at its end."
            yield source.problem((*path, number, "from"), message, cure)


def _deadline_problems(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for source in _files(sources, "deadlines"):
        for index, row in enumerate(source.data["deadlines"]):
            path: Path = ("deadlines", index)
            yield from _interval(source, path, row)
            if row["calendar"] not in pack.calendars:
                message = f"The calendar `{row['calendar']}` is not in calendars/."
                yield source.problem((*path, "calendar"), message, _nearest(row["calendar"], list(pack.calendars)))
            for other in seen.setdefault(row["key"], []):
                if _same_days(other, row) and _same_lines(other, row):
                    message = f"Two rows of `{row['key']}` hold on the same days for the same business line."
                    yield source.problem(path, message, "End the earlier row with `to`, or split the `lines`.")
            seen[row["key"]].append(row)


def _same_days(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    last = date.max
    return bool(one["from"] < other.get("to", last) and other["from"] < one.get("to", last))


def _same_lines(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return not one.get("lines") or not other.get("lines") or bool(set(one["lines"]) & set(other["lines"]))


def _twins(pack: Pack, sources: Mapping[str, Source]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for rule in pack.rules:
        if rule.id in seen:
            message = f"The rule `{rule.id}` is also in {seen[rule.id]}."
            yield sources[rule.path].problem(("id",), message, "Give one of them another id.")
        seen[rule.id] = rule.path


def _rule_problems(pack: Pack, rule: Rule, source: Source) -> Iterator[Problem]:
    yield from _interval(source, ("in_force",), source.data["in_force"])
    if not rule.path.endswith(f"/{rule.id}.yaml"):
        message = f"The file is not named after the rule `{rule.id}`."
        yield source.problem(("id",), message, f"Rename it {rule.id}.yaml.")
    for alias, key in rule.parameters.items():
        if key not in pack.parameters:
            message = f"The parameter `{key}` does not exist."
            yield source.problem(("parameters", alias), message, _nearest(key, list(pack.parameters)))
    if rule.deadline and rule.deadline not in {entry.key for entry in pack.deadlines}:
        message = f"The deadline `{rule.deadline}` is not among the deadlines."
        yield source.problem(("deadline",), message, _nearest(rule.deadline, [item.key for item in pack.deadlines]))
    yield from _text_problems(rule, source)
    yield from _example_problems(rule, source)


@lru_cache(maxsize=1024)
def _understood(form: str, text: str, template: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """The parameters that a check or query uses and the columns it returns. Raises `LanguageError`."""
    tree = language.parse(text)
    language.needs_of(language.as_query(tree, template) if form == "row" else tree)
    return frozenset(language.aliases_used(tree)), tuple(language.result_names(tree))


def _text_problems(rule: Rule, source: Source) -> Iterator[Problem]:
    if rule.form not in ("row", "sql"):
        return
    where: Path = ("check",) if rule.form == "row" else ("sql",)
    text = (rule.check if rule.form == "row" else rule.sql) or ""
    try:
        used, returned = _understood(rule.form, text, rule.template or "")
    except language.LanguageError as error:
        yield source.problem(where, error.message, error.cure)
        return
    for alias in sorted(used - set(rule.parameters)):
        yield source.problem(where, f"`:{alias}` has no parameter.", f"Add `{alias}: <key>` under `parameters`.")
    for alias in sorted(set(rule.parameters) - used):
        message = f"The parameter `{alias}` is declared but not used."
        yield source.problem(("parameters", alias), message, f"Use `:{alias}` or drop the line.")
    missing = [name for name in language.RESULT_COLUMNS if name not in returned]
    if rule.form == "sql" and missing:
        names = ", ".join(f"`{name}`" for name in missing)
        yield source.problem(where, f"The query does not return {names}.", "Name the columns with AS.")
    if rule.form == "row" and rule.measured and rule.measured not in language.tables()[rule.template or ""]:
        columns = list(language.tables()[rule.template or ""])
        message = f"`measured: {rule.measured}` is no column of {rule.template}."
        yield source.problem(("measured",), message, _nearest(rule.measured, columns))


def _example_problems(rule: Rule, source: Source) -> Iterator[Problem]:
    if rule.form == "question":
        return
    outcomes = {example.expect for example in rule.examples}
    for outcome in WANTED_OUTCOMES:
        if outcome not in outcomes:
            message = f"The rule `{rule.id}` has no example that is expected to be `{outcome}`."
            yield source.problem(("examples",), message, "Add one under `examples`; examples run as tests.")
    known = language.tables()
    for index, example in enumerate(rule.examples):
        for table, rows in example.tables.items():
            path: Path = ("examples", index, "tables", table)
            if table not in known:
                yield source.problem(path, f"The table `{table}` is not filed.", _nearest(table, list(known)))
                continue
            for number, row in enumerate(rows):
                for column in sorted(set(row) - set(known[table])):
                    message = f"`{column}` is no column of {table}."
                    yield source.problem((*path, number, column), message, _nearest(column, list(known[table])))
