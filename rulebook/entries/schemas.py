"""Check pack files against `schema/*.json` and say in plain words what to write instead. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource

from analytics.contracts import TEMPLATE_NAMES
from rulebook.sources import Path as SourcePath
from rulebook.sources import Problem, Source, jsonable

SCHEMA_DIR = Path(__file__).parent.parent / "schema"
FORMS = ("check", "sql", "deadline", "question")


@cache
def _schemas() -> dict[str, Any]:
    return {path.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(SCHEMA_DIR.glob("*.json"))}


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the validator of one schema file, e.g. `rule.json`."""
    resources = [(key, Resource.from_contents(schema)) for key, schema in _schemas().items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator(_schemas()[name], registry=registry)


def codes(name: str) -> tuple[str, ...]:
    """Return the codes of an enumeration of definitions.json, e.g. `subject`, in their order."""
    return tuple(_schemas()["definitions.json"]["$defs"][name]["enum"])


@dataclass(frozen=True)
class _Fault:
    """One schema error in plain types."""

    instance: Any
    validator_value: Any
    schema: dict[str, Any]
    message: str


def shape_problems(source: Source, schema: str, may_lack: frozenset[str] = frozenset()) -> list[Problem]:
    """Return every way in which a file departs from its schema, with line and cure.

    `may_lack` names keys that an older text need not have.
    """
    errors = sorted(validator(schema).iter_errors(jsonable(source.data)), key=lambda error: str(error.path))
    errors = [error for error in errors if not _is_older(error, may_lack)]
    found = [_explain(source, error) for error in errors]
    return [*found, *_template_problems(source)] if schema == "rule.json" else found


def _is_older(error: ValidationError, may_lack: frozenset[str]) -> bool:
    if error.validator != "required" or error.path or not may_lack:
        return False
    wanted: Any = error.validator_value
    given: Any = error.instance
    return set(wanted) - set(given) <= may_lack


def _template_problems(source: Source) -> list[Problem]:
    """A rule on a template that nobody files. Templates are contracts of the analytic plane, not of the schema."""
    name = source.data.get("template") if isinstance(source.data, dict) else None
    if not isinstance(name, str) or name in TEMPLATE_NAMES:
        return []
    near = get_close_matches(name, TEMPLATE_NAMES, n=1)
    cure = f"Did you mean `{near[0]}`?" if near else (
        f"Filed templates: {', '.join(TEMPLATE_NAMES)}. What no template holds is a `question`, not a check."
    )
    return [source.problem(("template",), f"`template` is `{name}`, which nobody files.", cure)]


def _explain(source: Source, error: ValidationError) -> Problem:
    path: SourcePath = tuple(error.absolute_path)
    where = _dotted(path)
    explain = _EXPLAIN.get(str(error.validator), _other)
    schema = dict(error.schema) if isinstance(error.schema, Mapping) else {}
    message, cure, deeper = explain(_Fault(error.instance, error.validator_value, schema, error.message), where)
    return source.problem((*path, *deeper), message, cure)


def _dotted(path: SourcePath) -> str:
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return f"`{text}`" if text else "the file"


def _required(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    missing = [name for name in error.validator_value if name not in error.instance]
    names = ", ".join(f"`{name}`" for name in missing)
    hint = _hint(error.schema.get("properties", {}).get(missing[0], {}))
    return f"{names} is missing in {where}.", f"Add `{missing[0]}: {hint}`.", ()


def _hint(schema: dict[str, Any]) -> str:
    reference = str(schema.get("$ref", ""))
    examples = {"text": "{zh: …, en: …}", "day": "2017-07-10", "basis": "{instrument: …, verified: false, …}"}
    for name, hint in examples.items():
        if reference.endswith(f"/{name}"):
            return hint
    shared = _schemas()["definitions.json"]["$defs"].get(reference.rpartition("/")[2], {})
    if "enum" in shared:
        return " | ".join(shared["enum"])
    if "enum" in schema:
        return " | ".join(str(item) for item in schema["enum"])
    return str(schema.get("type", "…"))


def _unknown(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    known = list(error.schema.get("properties", {}))
    extra = next((name for name in error.instance if name not in known), "?")
    near = get_close_matches(str(extra), known, n=1)
    cure = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
    return f"`{extra}` is not known in {where}.", cure, (str(extra),)


def _enum(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    allowed = [str(item) for item in error.validator_value]
    near = get_close_matches(str(error.instance), allowed, n=1)
    cure = f"Did you mean `{near[0]}`?" if near else f"Write one of: {', '.join(allowed)}."
    return f"{where} is `{error.instance}`, which is not allowed.", cure, ()


def _type(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    got = type(error.instance).__name__
    cure = f"Write a value of type {error.validator_value}."
    if error.validator_value == "string" and isinstance(error.instance, int | float):
        cure = f'Put it in quotes: "{error.instance}". Numbers of the law are text, so that nothing is rounded.'
    return f"{where} has the type {got}.", cure, ()


def _pattern(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    described = error.schema.get("description") or f"It must match {error.validator_value}."
    return f"{where} is `{error.instance}`, which has the wrong form.", str(described), ()


def _one_form(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    present = [name for name in FORMS if name in error.instance]
    if not present:
        cure = "Add exactly one of `check`, `sql`, `deadline` (each with `template`) or `question`."
        return "The rule says nothing that can be run.", cure, ()
    if len(present) > 1:
        return f"The rule has {' and '.join(f'`{name}`' for name in present)}.", "Keep exactly one of them.", ()
    return f"A rule with `{present[0]}` needs `template`.", "Add `template: loan_book` (or another template).", ()


def _other(error: _Fault, where: str) -> tuple[str, str, SourcePath]:
    return f"{where}: {error.message}.", str(error.schema.get("description", "See the schema in rulebook/schema.")), ()


_EXPLAIN = {
    "required": _required, "additionalProperties": _unknown, "enum": _enum, "type": _type, "pattern": _pattern,
    "oneOf": _one_form,
}
