"""Turn checked YAML data into the entries of a pack. Pure; assumes the schema has already said yes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from rulebook.calendars import Calendar, CalendarYear, version_of
from rulebook.entries import (
    AuthorityEntry,
    Basis,
    ClauseEntry,
    DeadlineEntry,
    Example,
    ExtensionEntry,
    InstrumentEntry,
    MandateEntry,
    NamedGap,
    OwnershipEntry,
    PackInfo,
    ParameterEntry,
    ParameterValueEntry,
    PauseRule,
    RegionEntry,
    RouteEntry,
    Rule,
    Text,
    UndecidedEntry,
    code_above,
)
from rulebook.sources import Source

EACH_PROVINCE = "each_province"


def basis_of(data: Mapping[str, Any]) -> Basis:
    """Return the basis of a row."""
    return Basis(
        instrument=data["instrument"],
        article=data.get("article"),
        facts=tuple(data.get("facts", ())),
        verified=data["verified"],
        article_verified=data.get("article_verified", False),
        text_status=data["text_status"],
        note=data.get("note"),
    )


def info_of(data: Mapping[str, Any]) -> PackInfo:
    """Return what the pack says of itself."""
    return PackInfo(
        data["name"], data["zone"], data["calendar"], data["currency"], data["region_system"], data.get("note")
    )


def clauses_of(source: Source) -> tuple[ClauseEntry, ...]:
    """Return the clauses of one file; `with_keys` tells twins apart over the whole pack."""
    data = source.data
    return tuple(
        ClauseEntry(
            key="+".join(row["facts"]),
            instrument=data["instrument"],
            article=row.get("article"),
            facts=tuple(row["facts"]),
            kind=row["kind"],
            subject=row["subject"],
            business_lines=tuple(row["lines"]),
            title=row["title"],
            text=row["text"],
            valid_from=row["from"],
            valid_to=row.get("to"),
            verified=row["verified"],
            article_verified=row.get("article_verified", False),
            text_status=row["text_status"],
            note=row.get("note"),
            path=source.name,
            line=source.line("clauses", index),
        )
        for index, row in enumerate(data["clauses"])
    )


def with_keys(clauses: Iterable[ClauseEntry]) -> tuple[ClauseEntry, ...]:
    """Return the clauses with unique keys: the second clause of the same facts gets `#2`."""
    seen: Counter[str] = Counter()
    found = []
    for clause in clauses:
        seen[clause.key] += 1
        number = seen[clause.key]
        found.append(clause if number == 1 else replace(clause, key=f"{clause.key}#{number}"))
    return tuple(found)


def instruments_of(data: Mapping[str, Any]) -> dict[str, InstrumentEntry]:
    """Return the instruments by key."""
    return {
        row["key"]: InstrumentEntry(
            key=row["key"],
            title=row["title"],
            issuers=tuple(row["issuers"]),
            document_number=row["document_number"],
            text_status=row["text_status"],
            announced=row.get("announced"),
            valid_from=row.get("from"),
            valid_to=row.get("to"),
            dates_verified=row["dates_verified"],
            note=row.get("note"),
        )
        for row in data["instruments"]
    }


def regions_of(data: Mapping[str, Any]) -> tuple[RegionEntry, ...]:
    """Return the regions in file order."""
    codes = [row["code"] for row in data["regions"]]
    step = data.get("scheme", {}).get("step", 0)
    return tuple(
        RegionEntry(row["code"], row["name"], row["short"], row.get("parent") or _parent(row["code"], codes, step))
        for row in data["regions"]
    )


def _parent(code: str, codes: list[str], step: int) -> str | None:
    """The region above: the nearest listed one by the pack's code scheme, else the country, which comes first."""
    above = code
    while step and (above := code_above(above, step)):
        if above in codes:
            return above
    return codes[0] if code != codes[0] else None


def _provinces(regions: tuple[RegionEntry, ...]) -> list[RegionEntry]:
    countries = {region.code for region in regions if region.parent is None}
    return [region for region in regions if region.parent in countries]


def routes_of(data: Mapping[str, Any]) -> tuple[RouteEntry, ...]:
    """Return where each conflict of supervision goes."""
    return tuple(
        RouteEntry(
            row["conflict"], row["goes_to"], row["role"], row["why"], row["from"], row.get("to"), basis_of(row["basis"])
        )
        for row in data["routes"]
    )


def ownership_of(data: Mapping[str, Any]) -> tuple[OwnershipEntry, ...]:
    """Return which role owns which kind of object, one entry per kind."""
    return tuple(
        OwnershipEntry(kind, row["role"], row["why"], row["from"], row.get("to"), basis_of(row["basis"]))
        for row in data["ownership"]
        for kind in row["kinds"]
    )


def authorities_of(data: Mapping[str, Any], regions: tuple[RegionEntry, ...]) -> tuple[AuthorityEntry, ...]:
    """Return the named authorities and one generated authority per province and pattern."""
    named = [_authority(row, row["region"], row["code"], row["name"], row["short"]) for row in data["authorities"]]
    provinces = _provinces(regions)
    generated = [_generated(row, region) for row in data.get("generated", ()) for region in provinces]
    return (*named, *generated)


def _authority(row: Mapping[str, Any], region: str, code: str, name: Any, short: Any) -> AuthorityEntry:
    return AuthorityEntry(
        code=code,
        name=name,
        short=short,
        kind=row["kind"],
        region=region,
        parent=_fill(row["parent"], region) if "parent" in row else None,
        predecessors=tuple(_fill(item, region) for item in row.get("predecessors", ())),
        valid_from=row.get("from"),
        valid_to=row.get("to"),
        dates_verified=row["dates_verified"],
        facts=tuple(row.get("facts", ())),
        note=row.get("note"),
    )


def _fill(text: str, region: str) -> str:
    return text.replace("{region}", region)


def _generated(row: Mapping[str, Any], region: RegionEntry) -> AuthorityEntry:
    def both(text: Mapping[str, str]) -> dict[str, str]:
        return {
            key: value.replace("{zh}", region.short["zh"]).replace("{en}", region.short["en"])
            for key, value in text.items()
        }

    return _authority(row, region.code, _fill(row["code"], region.code), both(row["name"]), both(row["short"]))


def mandates_of(data: Mapping[str, Any], regions: tuple[RegionEntry, ...]) -> tuple[MandateEntry, ...]:
    """Return one mandate per line, role and region; `each_province` is written out."""
    return tuple(mandate for row in data["mandates"] for mandate in _mandates(row, regions))


def _mandates(row: Mapping[str, Any], regions: tuple[RegionEntry, ...]) -> Iterator[MandateEntry]:
    provinces = [region.code for region in _provinces(regions)]
    codes = provinces if row["region"] == EACH_PROVINCE else [row["region"]]
    basis = basis_of(row["basis"])
    for line in row["lines"]:
        for role in row["roles"]:
            for code in codes:
                yield MandateEntry(
                    line, role, code, _fill(row["authority"], code), row["duty"], row["from"], row.get("to"), basis
                )


def undecided_of(data: Mapping[str, Any]) -> tuple[UndecidedEntry, ...]:
    """Return the questions the pack leaves open on purpose."""
    return tuple(
        UndecidedEntry(
            row["key"], row["title"], row["why"], row.get("business_line"), row.get("role"),
            row.get("from"), row.get("to"), tuple(row.get("facts", ())),
        )
        for row in data.get("undecided", ())
    )


def gaps_of(data: Mapping[str, Any]) -> tuple[NamedGap, ...]:
    """Return what the pack says it does not hold."""
    return tuple(
        NamedGap(
            row["line"], tuple(row["subjects"]), row["title"], row["why"], row["wanted"], row["from"], row.get("to"),
            tuple(row.get("facts", ())),
        )
        for row in data["gaps"]
    )


def parameters_of(data: Mapping[str, Any]) -> dict[str, ParameterEntry]:
    """Return the parameters by key; a value without `to` ends where the next one starts."""
    return {
        row["key"]: ParameterEntry(row["key"], row["title"], row["type"], row["unit"], _values(row["values"]))
        for row in data["parameters"]
    }


def _values(rows: list[Mapping[str, Any]]) -> tuple[ParameterValueEntry, ...]:
    ordered = sorted(rows, key=lambda row: row["from"])
    following: list[date | None] = [*(row["from"] for row in ordered[1:]), None]
    return tuple(
        ParameterValueEntry(row["from"], row.get("to", next_from), row["value"], basis_of(row["basis"]))
        for row, next_from in zip(ordered, following, strict=True)
    )


def deadlines_of(data: Mapping[str, Any]) -> tuple[DeadlineEntry, ...]:
    """Return the deadline rows in file order."""
    return tuple(_deadline(row) for row in data["deadlines"])


def _deadline(row: Mapping[str, Any]) -> DeadlineEntry:
    extensions = (
        ExtensionEntry(item["amount"], item["unit"], item["reason"], item["approver"], item["notice_required"])
        for item in row.get("extensions", ())
    )
    pauses = (
        PauseRule(item["from"], item["until"], item.get("restarts", False), item["reason"])
        for item in row.get("pause_events", ())
    )
    return DeadlineEntry(
        key=row["key"],
        title=row["title"],
        business_lines=tuple(row.get("lines", ())),
        valid_from=row["from"],
        valid_to=row.get("to"),
        start_event=row["start_event"],
        amount=row["amount"],
        unit=row["unit"],
        calendar=row["calendar"],
        pause_events=tuple(pauses),
        extensions=tuple(extensions),
        basis=basis_of(row["basis"]),
        met_by=tuple(row.get("met_by", ())),
        rolls=row.get("rolls", False),
    )


def calendar_of(source: Source) -> Calendar:
    """Return the calendar of one file; its version is the hash of its days."""
    data = source.data
    years = {
        row["year"]: CalendarYear(
            row["year"], row.get("notice"), row.get("notice_verified", False),
            dict(row["holidays"]), frozenset(row["workdays"]),
        )
        for row in data["years"]
    }
    return Calendar(data["calendar"], data["title"], data["zone"], years, version_of(years.values()))


def sha256_of(text: str) -> str:
    """Return the hash of a text, line ends made equal so that a checkout does not change it."""
    return hashlib.sha256(text.replace("\r\n", "\n").encode("utf-8")).hexdigest()


def rule_of(source: Source) -> Rule:
    """Return the rule of one file; its version is the hash of the file."""
    data = source.data
    transition = data.get("transition", {})
    in_force = data["in_force"]
    return Rule(
        id=data["id"],
        title=data["title"],
        basis=basis_of(data["legal_basis"]),
        valid_from=in_force["from"],
        valid_to=in_force.get("to"),
        announced=data.get("announced"),
        applies_to=tuple(data["applies_to"]),
        role=data["role"],
        subject=data.get("subject", ""),  # versions stored before every rule named one
        kind=data["kind"],
        form=_form(data),
        template=data.get("template"),
        severity=data["severity"],
        parameters=dict(data.get("parameters", {})),
        check=data.get("check"),
        sql=data.get("sql"),
        null_fails=data.get("null_fails", False),
        deadline=data.get("deadline"),
        question=data.get("question"),
        currency=data.get("currency"),
        measured=data.get("measured"),
        threshold=data.get("threshold"),
        transition_until=transition.get("until"),
        transition_severity=transition.get("severity"),
        transition_facts=tuple(transition.get("facts", ())),
        disposal=data["disposal"],
        explanation=data["explanation"],
        examples=tuple(_examples(source, in_force["from"])),
        source_text=source.text,
        sha256=sha256_of(source.text),
        path=source.name,
    )


def _form(data: Mapping[str, Any]) -> str:
    forms = {"check": "row", "sql": "sql", "deadline": "deadline", "question": "question"}
    return next(form for key, form in forms.items() if key in data)


def _in_both(name: Text | str) -> Text:
    return {"zh": name, "en": name} if isinstance(name, str) else name


def _examples(source: Source, default_day: date) -> Iterator[Example]:
    for index, row in enumerate(source.data.get("examples", ())):
        yield Example(
            name=_in_both(row["name"]),
            is_bilingual=not isinstance(row["name"], str),
            on=row.get("on", default_day),
            expect=row["expect"],
            unjudged=row.get("unjudged", 0),
            tables={name: tuple(rows) for name, rows in row.get("tables", {}).items()},
            findings=tuple(row.get("findings", ())),
            absent_columns={name: tuple(columns) for name, columns in row.get("absent_columns", {}).items()},
            event=row.get("event"),
            line=source.line("examples", index),
        )
