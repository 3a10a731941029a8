"""Read a rule pack from a folder: YAML in, frozen entries out, every defect named by file and line. Pure.

    pack = read_pack(pack_path("cn"))
    pack.rules, pack.mandates, pack.parameters["p2p.natural_person_one_platform_cny"].value_on(day)

A pack that has any problem is not read at all: half a rulebook would decide wrongly without saying so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from rulebook.calendars import Calendar
from rulebook.entries import InstrumentEntry, NamedGap, Pack, PackInfo, RegionEntry, Rule, Text, build, checks
from rulebook.entries.schemas import shape_problems
from rulebook.sources import PackInvalid, Problem, Source, read_source

PACKS_DIR = Path(__file__).parent / "packs"
LATER_KEYS = frozenset({"subject"})
Entry = TypeVar("Entry")


def pack_path(name: str) -> Path:
    """Return the folder of a pack that ships with the system; `ValueError` for a name that is none."""
    if name not in pack_names():
        raise ValueError(f"There is no pack {name!r}. Known packs: {', '.join(pack_names())}.")
    return PACKS_DIR / name


def read_pack(path: Path | str) -> Pack:
    """Return the pack in a folder, or the shipped pack of that name. Raises `PackInvalid` with every problem."""
    return read_pack_with_sources(path)[0]


def read_pack_with_sources(path: Path | str) -> tuple[Pack, Mapping[str, Source]]:
    """Return a pack and its files by name, for messages that name lines. Raises `PackInvalid`."""
    folder = Path(path) if isinstance(path, Path) or "/" in path else pack_path(path)
    reader = _Reader(folder)
    pack = reader.read()
    if reader.problems or pack is None:
        raise PackInvalid(_in_order(reader.problems))
    problems = checks.cross_problems(pack, reader.sources)
    if problems:
        raise PackInvalid(_in_order(problems))
    return pack, reader.sources


def rule_from_text(text: str, name: str = "rule.yaml", *, is_stored: bool = False) -> Rule:
    """Return the rule of one YAML text. Raises `PackInvalid`.

    A stored version (`is_stored`) stays readable for ever: it need not have the keys that rules had to name later.
    """
    source = read_source(name, text)
    problems = shape_problems(source, "rule.json", LATER_KEYS if is_stored else frozenset())
    if problems:
        raise PackInvalid(problems)
    return build.rule_of(source)


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the system."""
    return tuple(sorted(path.name for path in PACKS_DIR.iterdir() if (path / "pack.yaml").is_file()))


@cache
def shipped_info(pack: str) -> PackInfo:
    """Return what a shipped pack says of itself, without reading the rest. Raises `PackInvalid` or `ValueError`."""
    source = read_source("pack.yaml", (pack_path(pack) / "pack.yaml").read_text("utf-8"))
    problems = shape_problems(source, "pack.json")
    if problems:
        raise PackInvalid(problems)
    return build.info_of(source.data)


@cache
def shipped_regions(pack: str) -> tuple[RegionEntry, ...]:
    """Return the regions of a shipped pack, the whole country first. Raises `PackInvalid` or `ValueError`."""
    source = read_source("regions.yaml", (pack_path(pack) / "regions.yaml").read_text("utf-8"))
    problems = shape_problems(source, "regions.json")
    if problems:
        raise PackInvalid(problems)
    return build.regions_of(source.data)


@cache
def shipped_gaps(pack: str) -> tuple[NamedGap, ...]:
    """Return what a shipped pack says it does not hold; nothing for a pack that is not shipped or names none."""
    path = PACKS_DIR / pack / "gaps.yaml"
    if not path.is_file():
        return ()
    source = read_source("gaps.yaml", path.read_text("utf-8"))
    problems = shape_problems(source, "gaps.json")
    if problems:
        raise PackInvalid(problems)
    return build.gaps_of(source.data)


@cache
def shipped_bodies(pack: str) -> Mapping[str, Text]:
    """Return the names of a shipped pack's bodies and other issuers by code; those of each province are left out."""
    found: dict[str, Text] = {}
    for name in ("authorities", "issuers"):
        path = PACKS_DIR / pack / f"{name}.yaml"
        rows = yaml.safe_load(path.read_text("utf-8"))[name] if path.is_file() else ()
        found |= {row["code"]: row["name"] for row in rows}
    return found


@cache
def shipped_calendar(pack: str, key: str) -> Calendar:
    """Return a working-day calendar of a shipped pack. Raises `PackInvalid` or `ValueError`."""
    source = read_source(f"calendars/{key}.yaml", (pack_path(pack) / f"calendars/{key}.yaml").read_text("utf-8"))
    problems = shape_problems(source, "calendar.json")
    if problems:
        raise PackInvalid(problems)
    return build.calendar_of(source)


@lru_cache(maxsize=2048)
def _checked(name: str, text: str, schema: str) -> tuple[Source, tuple[Problem, ...]]:
    """A file and its departures from the schema. The same text is read once: rules, law and map load one pack."""
    source = read_source(name, text)
    return source, tuple(shape_problems(source, schema))


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(set(problems), key=lambda problem: (problem.file, problem.line, problem.message))


class _Reader:
    """Reads the files of one folder and collects problems instead of stopping at the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.sources: dict[str, Source] = {}

    def read(self) -> Pack | None:
        if not self.folder.is_dir():
            self.problems.append(Problem(self.folder.name, 1, "There is no such folder.", "Give the pack's folder."))
            return None
        read = self._one
        info = read("pack.yaml", "pack.json", build.info_of)
        instruments = self._instruments()
        regions = read("regions.yaml", "regions.json", build.regions_of) or ()
        scheme = read("regions.yaml", "regions.json", lambda data: data.get("scheme"))
        routes = self._optional("routing.yaml", "routing.json", build.routes_of)
        ownership = self._optional("routing.yaml", "routing.json", build.ownership_of)
        gaps = self._optional("gaps.yaml", "gaps.json", build.gaps_of)
        authorities = read(
            "authorities.yaml", "authorities.json", lambda data: build.authorities_of(data, regions)
        )
        mandates = self._all("mandates", "mandates.json", lambda data: build.mandates_of(data, regions))
        undecided = self._all("mandates", "mandates.json", build.undecided_of)
        deadlines = self._all("deadlines", "deadlines.json", build.deadlines_of)
        parameters = self._parameters()
        calendars = self._many("calendars", "calendar.json", build.calendar_of)
        clauses = self._many("clauses", "clauses.json", build.clauses_of)
        rules = self._many("rules", "rule.json", build.rule_of)
        if self.problems:
            return None
        return Pack(
            name=self.folder.name, path=str(self.folder), sha256=self._sha256(), instruments=instruments,
            regions=regions, authorities=authorities or (), mandates=mandates, undecided=undecided,
            parameters=parameters, deadlines=deadlines,
            calendars={calendar.key: calendar for calendar in calendars},
            rules=tuple(sorted(rules, key=lambda rule: rule.id)),
            clauses=build.with_keys(clause for found in clauses for clause in found), info=info,
            routes=routes, ownership=ownership, region_scheme=scheme, gaps=gaps,
        )

    def _sha256(self) -> str:
        return build.sha256_of("".join(self.sources[name].text for name in sorted(self.sources)))

    def _source(self, path: Path, schema: str) -> Source | None:
        name = path.relative_to(self.folder).as_posix()
        if name in self.sources:
            return self.sources[name]
        try:
            source, found = _checked(name, path.read_text(encoding="utf-8"), schema)
        except PackInvalid as invalid:
            self.problems += invalid.problems
            return None
        except FileNotFoundError:
            self.problems.append(Problem(name, 1, "The file is missing.", f"Write it; its form is schema/{schema}."))
            return None
        except UnicodeDecodeError:
            self.problems.append(Problem(name, 1, "The file is not UTF-8.", "Save it as UTF-8."))
            return None
        self.sources[name] = source
        self.problems += found
        return None if found else source

    def _one(self, name: str, schema: str, build: Callable[[Any], Entry]) -> Entry | None:
        source = self._source(self.folder / name, schema)
        return build(source.data) if source and not self._is_broken(source) else None

    def _optional(self, name: str, schema: str, build: Callable[[Any], tuple[Entry, ...]]) -> tuple[Entry, ...]:
        """The rows of a file that a pack may do without."""
        return self._one(name, schema, build) or () if (self.folder / name).is_file() else ()

    def _is_broken(self, source: Source) -> bool:
        return any(problem.file == source.name for problem in self.problems)

    def _many(self, folder: str, schema: str, build: Callable[[Source], Entry]) -> list[Entry]:
        sources = [self._source(path, schema) for path in sorted((self.folder / folder).rglob("*.yaml"))]
        return [build(source) for source in sources if source]

    def _all(
        self, name: str, schema: str, build: Callable[[Any], tuple[Entry, ...]]
    ) -> tuple[Entry, ...]:
        """The rows of `<name>.yaml` and of every file in `<name>/`; one of the two must be there."""
        sources = [source for path in self._paths(name) if (source := self._source(path, schema))]
        return tuple(row for source in sources if not self._is_broken(source) for row in build(source.data))

    def _paths(self, name: str) -> list[Path]:
        single, several = self.folder / f"{name}.yaml", sorted((self.folder / name).rglob("*.yaml"))
        return [single, *several] if single.is_file() or not several else several

    def _instruments(self) -> dict[str, InstrumentEntry]:
        found: dict[str, InstrumentEntry] = {}
        for source in filter(None, (self._source(path, "instruments.json") for path in self._paths("instruments"))):
            self._refuse_twins(source, "instruments", "instrument", found)
            found |= build.instruments_of(source.data)
        return found

    def _parameters(self) -> dict[str, Any]:
        parameters: dict[str, Any] = {}
        for path in sorted((self.folder / "parameters").rglob("*.yaml")):
            source = self._source(path, "parameters.json")
            if source:
                self._refuse_twins(source, "parameters", "parameter", parameters)
                parameters |= build.parameters_of(source.data)
        return parameters

    def _refuse_twins(self, source: Source, rows: str, noun: str, known: Mapping[str, Any]) -> None:
        keys = [row["key"] for row in source.data[rows]]
        for index, key in enumerate(keys):
            if key in known or key in keys[:index]:
                message = f"The {noun} `{key}` is defined twice in the pack."
                cure = "Keep one; add dated values to it." if noun == "parameter" else "Keep one."
                self.problems.append(source.problem((rows, index, "key"), message, cure))
