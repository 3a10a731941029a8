"""Look at a draft before anybody signs it: form, names, SQL, and its examples in the jail. Writes nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext_lazy as _

from analytics.fused import fuse
from analytics.jail import JailFailure, JailLimits, shared_jail
from analytics.sandbox import SqlRefused
from common import clock
from common.errors import Refusal
from rulebook import selectors
from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.examples import differences, example_results, write_tables
from rulebook.compiler.language import LanguageError
from rulebook.entries import Example, InstrumentEntry, Pack, Rule, Text, build, checks
from rulebook.entries.schemas import shape_problems
from rulebook.home import home
from rulebook.sources import PackInvalid, Problem, Source, jsonable, read_source
from rulebook.wording import said

TEXT_LIMIT = 64_000
EXAMPLE_LIMIT = 40
NODE_LIMIT = 20_000
# an example holds a handful of rows: whoever needs more than this has written a bomb
LIMITS = JailLimits(wall_seconds=20.0, cpu_seconds=10, memory_mb=512, file_mb=64, answer_mb=2)
FILE = "rule.yaml"


@dataclass(frozen=True)
class DraftReport:
    """What is wrong with a text, by line; `rule` is there as soon as the text has the form of one."""

    problems: tuple[Problem, ...]
    rule: Rule | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the text may go to a second person, as far as can be seen without running it."""
        return not self.problems


@dataclass(frozen=True)
class ExampleOutcome:
    """One example: what it expects, what the engine said, and in which words the two differ."""

    name: Text
    on: date
    line: int
    expected: str
    outcome: str
    differences: tuple[str, ...] = ()
    example: Example | None = None

    @property
    def is_right(self) -> bool:
        """Whether the engine said what the example expects."""
        return not self.differences


def draft_report(text: str, *, pack: str = "") -> DraftReport:
    """Return every problem of a draft with line and cure: YAML, schema, names, dates, SQL allow-list, examples' form.

    Never raises for what a person may type; a text that is too long, nested too deep or an alias bomb is a problem too.
    """
    early = _unfit(text)
    if early:
        return DraftReport((early,))
    try:
        source = read_source(FILE, text)
        problems = shape_problems(source, "rule.json")
        if problems:
            return DraftReport(tuple(problems))
        rule = build.rule_of(_named(source))
        found = checks.rule_problems(stored_pack(pack or home().pack, rule), rule, _named(source))
        if not found:
            found = _compile_problems(rule, source, pack or home().pack)
    except PackInvalid as invalid:
        return DraftReport(tuple(invalid.problems))
    except RecursionError:
        return DraftReport((Problem(FILE, 1, "The text is nested too deeply.", "Write it flatter."),))
    return DraftReport(tuple(sorted(set(found), key=lambda problem: (problem.line, problem.message))), rule)


def _unfit(text: str) -> Problem | None:
    if len(text) > TEXT_LIMIT:
        return Problem(FILE, 1, f"The text has more than {TEXT_LIMIT} characters.", "One rule is one short text.")
    if "\x00" in text:
        return Problem(FILE, 1, "The text contains a NUL character.", "Delete it.")
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        is_huge = root is not None and _written_out(root, {}) > NODE_LIMIT
    except RecursionError:
        return Problem(FILE, 1, "The text is nested too deeply.", "Write it flatter.")
    except yaml.YAMLError:
        return None  # the reader says it with its line
    cure = "Write the rows out, or fewer of them."
    return Problem(FILE, 1, "The aliases of the text stand for too many values.", cure) if is_huge else None


def _written_out(node: yaml.Node, sizes: dict[int, float]) -> float:
    """How many values a text stands for when every alias is written out; one that contains itself has no end."""
    if id(node) not in sizes:
        sizes[id(node)] = float("inf")  # until it is known: only an alias of itself asks before
        children = [part for pair in node.value for part in pair] if isinstance(node, yaml.MappingNode) else (
            node.value if isinstance(node, yaml.SequenceNode) else []
        )
        sizes[id(node)] = 1 + sum(_written_out(child, sizes) for child in children)
    return sizes[id(node)]


def _named(source: Source) -> Source:
    """The text as the file that would hold it, so that the pack's rule about file names is met."""
    return replace(source, name=f"rules/{source.data['id']}.yaml")


def stored_pack(name: str, rule: Rule | None = None) -> Pack:
    """Return what a draft may refer to: the instruments, parameters, terms and calendar that are stored today."""
    calendar = selectors.working_calendar(home(name).calendar, name)
    return Pack(
        name=name, path="", sha256="", instruments=_instruments(name), regions=(), authorities=(), mandates=(),
        undecided=(), parameters=selectors.parameter_entries(name),
        deadlines=tuple(selectors.deadline_entries(name)), calendars={calendar.key: calendar},
        rules=(rule,) if rule else (),
    )


def _instruments(pack: str) -> Mapping[str, InstrumentEntry]:
    return {
        row.key: InstrumentEntry(
            row.key, row.title, row.issuers, row.document_number, row.text_status, row.announced, row.valid_from,
            row.valid_to, row.dates_verified,
        )
        for row in selectors.instruments(date.max, pack=pack)
    }


def _compile_problems(rule: Rule, source: Source, pack: str) -> list[Problem]:
    """The compiler and the sandbox on the rule's first day, or today when a value or calendar year begins later."""
    if rule.form not in ("row", "sql"):
        return []
    first = _compiled_on(rule.valid_from, rule, source, pack)
    return _compiled_on(clock.today(), rule, source, pack) if first and rule.is_in_force(clock.today()) else first


def _compiled_on(on: date, rule: Rule, source: Source, pack: str) -> list[Problem]:
    """Unconfirmed values count here, as they do in examples."""
    where = "check" if rule.form == "row" else "sql"
    parameters = ParametersOn(on, selectors.parameter_entries(pack), with_unconfirmed=True)
    try:
        check = compile_rule(rule, parameters, selectors.working_calendar(home(pack).calendar, pack))
        fuse(rule.template or "", [check])
    except NotCompilable as error:
        cure = "Begin `in_force` on a day that has a value, or add the value to the parameter."
        return [source.problem(("parameters",), error.reason["en"], cure)]
    except LanguageError as error:
        return [source.problem((where,), error.message, error.cure)]
    except SqlRefused as error:
        cure = getattr(error, "cure", "")
        return [source.problem((where,), _plain(getattr(error, "reason", error)), _plain(cure))]
    return []


def _plain(text: Any) -> str:
    return str(text.get("en", "")) if isinstance(text, Mapping) else str(text)


def draft_examples(rule: Rule, *, pack: str = "") -> tuple[ExampleOutcome, ...]:
    """Run every example of a rule, each in a child process of its own with small limits; never in this one."""
    stored = stored_pack(pack or home().pack, rule)
    return tuple(_outcome(stored, rule, example) for example in rule.examples[:EXAMPLE_LIMIT])


def _outcome(pack: Pack, rule: Rule, example: Example) -> ExampleOutcome:
    outcome, wrong = "not_run", []
    try:
        results = example_results(pack, rule, example) if rule.form == "deadline" else _jailed(pack, rule, example)
        outcome = ",".join(sorted({str(result["outcome"]) for result in results}))
        wrong = list(differences(example, results))
    except JailFailure as failure:
        wrong = [_plain(failure.message)]
    except NotCompilable as error:
        wrong = [error.reason["en"]]
    except (LanguageError, SqlRefused) as error:
        wrong = [str(error)]
    except StopIteration:
        wrong = ["There is no term of this key on the example's day."]
    except (ArithmeticError, KeyError, TypeError, ValueError) as error:
        wrong = [f"A value of the example does not fit its column: {error}"]
    return ExampleOutcome(example.name, example.on, example.line, example.expect, outcome, tuple(wrong), example)


def _jailed(pack: Pack, rule: Rule, example: Example) -> list[dict[str, Any]]:
    parameters = ParametersOn(example.on, pack.parameters, with_unconfirmed=not rule.enabled)
    check = compile_rule(rule, parameters, next(iter(pack.calendars.values())))
    with tempfile.TemporaryDirectory(prefix="lianxi-draft-") as folder:
        args = {
            "tables": write_tables(Path(folder), example),
            "subject_template": rule.template or "",
            "checks": [check],
            "evidence_dir": str(Path(folder) / "evidence"),
        }
        found: list[dict[str, Any]] = shared_jail().run("check", args, limits=LIMITS)["results"]
    return found


def require_sound(text: str, *, pack: str) -> Rule:
    """Return the rule of a text that passes everything, run now; refuses with one error for each defect."""
    report = draft_report(text, pack=pack)
    rule = report.rule
    if rule is None or not report.is_sound:
        errors = [
            {"field": "text", "row": item.line, "code": "rule_draft.problem", "message": item.message,
             "cure": item.cure}
            for item in report.problems
        ]  # fmt: skip
        raise _unsound(_("The text has %(count)s problems.") % {"count": len(errors)}, errors)
    wrong = [outcome for outcome in draft_examples(rule, pack=pack) if not outcome.is_right]
    if wrong:
        errors = [
            {"field": "examples", "row": item.line, "code": "rule_draft.example", "message": said(item.name),
             "cure": "; ".join(item.differences)}
            for item in wrong
        ]  # fmt: skip
        raise _unsound(_("%(count)s examples do not come out as written.") % {"count": len(wrong)}, errors)
    return rule


def _unsound(message: Any, errors: list[dict[str, Any]]) -> Refusal:
    cure = _("Check the draft, correct what is named there, and try again.")
    return Refusal("rule_draft.unsound", message, field="text", cure=cure, status=422, errors=errors)


def end_written(text: str, ends_on: date) -> str:
    """Return the text of a rule with `in_force` ending on a day. Raises `PackInvalid` for a text that is no YAML."""
    source = read_source(FILE, text)
    lines = text.splitlines()
    first = source.line("in_force") - 1
    last = first + 1
    while last < len(lines) and (not lines[last].strip() or lines[last][0] in " \t"):
        last += 1
    begins = jsonable(source.data["in_force"]["from"])
    return "\n".join([*lines[:first], f"in_force: {{from: {begins}, to: {ends_on}}}", *lines[last:]]) + "\n"
