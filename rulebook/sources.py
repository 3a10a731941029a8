"""Read YAML and remember the line of every value, so that a message can name file and line. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

Path = tuple[str | int, ...]
MOST_BRACKETS, DEEPEST = 1_500, 120


@dataclass(frozen=True)
class Problem:
    """What is wrong in a pack: where, what, and what to write instead."""

    file: str
    line: int
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} {self.cure}".rstrip()


class PackInvalid(Exception):  # noqa: N818 - the answer to a faulty pack
    """A pack cannot be used; `problems` lists every defect with file, line and cure."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Source:
    """One YAML file: its text, its data and the line of every path in it."""

    name: str
    text: str
    data: Any
    lines: dict[Path, int]

    def line(self, *path: str | int) -> int:
        """Return the line (1-based) of a path; of the nearest parent when the path itself is absent."""
        wanted: Path = path
        while wanted and wanted not in self.lines:
            wanted = wanted[:-1]
        return self.lines.get(wanted, 1)

    def problem(self, path: Path, message: str, cure: str) -> Problem:
        """Return a problem at a path of this file."""
        return Problem(self.name, self.line(*path), message, cure)


class _Loader(yaml.SafeLoader):
    """SafeLoader with the booleans of YAML 1.2: `on`, `off`, `yes` and `no` are words, only true and false are not."""


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same in C, several times faster; its words about defects are poorer, so those come from the other."""


for _loader in (_Loader, _FastLoader):
    _loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in found if tag != "tag:yaml.org,2002:bool"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    _loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def read_source(name: str, text: str) -> Source:
    """Parse one YAML file. Raises `PackInvalid` on a syntax error, a duplicate key or an empty file."""
    if _is_flat(text):
        try:
            return _read(name, text, _FastLoader)
        except (PackInvalid, yaml.YAMLError, ValueError):
            pass  # the other loader says it better
    return _read(name, text, _Loader)


def _is_flat(text: str) -> bool:
    """Whether no value can be nested deep: the C loader recurses on the C stack and would end the process."""
    brackets = text.count("[") + text.count("{")
    return brackets < MOST_BRACKETS and all(len(line) - len(line.lstrip(" -?")) < DEEPEST for line in text.splitlines())


def _read(name: str, text: str, kind: Any) -> Source:
    loader = kind(text)
    try:
        node = loader.get_single_node()
        if node is None:
            raise PackInvalid([Problem(name, 1, "The file is empty.", "Write the YAML or remove the file.")])
        _refuse_duplicates(name, node)
        data = loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date such as 2017-02-30
        raise PackInvalid([_syntax_problem(name, error)]) from error
    finally:
        loader.dispose()
    return Source(name, text, data, dict(_walk(node, ())))


def _syntax_problem(name: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error)
    cure = "Check indentation, colons and quotes on this line; quote texts that contain `: ` or start with a bracket."
    return Problem(name, mark.line + 1 if mark else 1, f"This is not valid YAML: {what}.", cure)


def _walk(node: yaml.Node, path: Path) -> Iterator[tuple[Path, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            for found, line in _walk(value, (*path, key.value)):
                yield found, key.start_mark.line + 1 if found == (*path, key.value) else line
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, (*path, index))


def _refuse_duplicates(name: str, node: yaml.Node) -> None:
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.value in seen:
                message = f"The key `{key.value}` is written twice (first on line {seen[key.value]})."
                raise PackInvalid([Problem(name, line, message, "Keep one of the two.")])
            seen[key.value] = line
            _refuse_duplicates(name, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_duplicates(name, value)


def jsonable(value: Any) -> Any:
    """Return the data with dates as ISO strings and keys as strings, as JSON Schema wants them."""
    if isinstance(value, dict):
        return {_key(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def _key(key: Any) -> str:
    return key.isoformat() if isinstance(key, date) else str(key)
