"""Reads of the rulebook: what applies on a day. Everything here is public law; no reader sees more than another."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from analytics.sandbox import SqlRefused
from rulebook import packs
from rulebook.compiler import CompiledCheck, NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.language import LanguageError
from rulebook.entries import (
    Basis,
    DeadlineEntry,
    ExtensionEntry,
    ParameterEntry,
    ParameterValueEntry,
    PauseRule,
    Rule,
    Text,
)
from rulebook.facts import deadline_result
from rulebook.home import home
from rulebook.models import DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.selectors.calendars import working_calendar
from rulebook.wording import basis_label, note_label, status_label

PACK = home().pack
CALENDAR = home().calendar
KEPT_PLANS = 256


@dataclass(frozen=True)
class RuleRef:
    """A rule version as findings and pages name it; `severity` is that of the plan's day."""

    rule_version_id: int
    rule_id: str
    version_sha256: str
    title: Text
    severity: str
    legal_basis: dict[str, Any]
    disposal: Text
    explanation: Text
    enabled: bool = True
    rule: Rule | None = None


@dataclass(frozen=True)
class HeldRule:
    """A rule in force that cannot be used on the day, and why: its source or a value is not confirmed."""

    rule: RuleRef
    reason: Text


@dataclass(frozen=True)
class CheckPlan:
    """What to run on a filing of one template, line and day.

    `checks` go to the engine; `rules` name every check and deadline rule; `held` says what was left out and why;
    `deadlines` are rules about being in time (see `deadline_results`).
    """

    template: str
    business_line: str
    on: date
    checks: tuple[CompiledCheck, ...]
    rules: tuple[RuleRef, ...]
    held: tuple[HeldRule, ...] = ()
    deadlines: tuple[RuleRef, ...] = ()


@dataclass(frozen=True)
class ParameterOn:
    """A parameter as it stands on a day."""

    key: str
    title: Text
    value: Decimal
    unit: str
    valid_from: date
    valid_to: date | None
    basis: dict[str, Any]
    verified: bool


_plans: OrderedDict[tuple[Any, ...], CheckPlan] = OrderedDict()


def _state() -> tuple[Any, ...]:
    """Changes with every load and every new version, in whichever process it happened."""
    newest = (model.objects.order_by("-id").values_list("public_id", flat=True) for model in (PackImport, RuleVersion))
    return tuple(ids.first() for ids in newest)


def check_plan(template: str, business_line: str, on: date) -> CheckPlan:
    """Return the checks for a filing of a template and business line whose period ends on `on`.

    Kept per process until a pack or rule changes. A rule without confirmed source gives no check; neither does
    one whose parameter has no confirmed value on the day (it is listed in `held`).
    """
    key = (template, business_line, on, _state())
    if key in _plans:
        _plans.move_to_end(key)
        return _plans[key]
    plan = _plans[key] = _make_plan(template, business_line, on)
    while len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)
    return plan


def _make_plan(template: str, business_line: str, on: date) -> CheckPlan:
    versions = RuleVersion.objects.newest().in_force(on).of(template=template, business_line=business_line)
    parameters = ParametersOn(on, _parameters())
    checks: list[CompiledCheck] = []
    used: list[RuleRef] = []
    held: list[HeldRule] = []
    deadlines: list[RuleRef] = []
    for version in versions.order_by("rule_id"):
        ref = _ref(version, on)
        if not version.enabled:
            held.append(HeldRule(ref, {"zh": "来源尚未核对。", "en": "The source is not confirmed."}))
        elif version.form == "deadline":
            deadlines.append(ref)
        elif version.form in ("row", "sql"):
            found = _compiled(version, parameters)
            if isinstance(found, HeldRule):
                held.append(HeldRule(ref, found.reason))
            else:
                checks.append(found)
                used.append(ref)
    return CheckPlan(template, business_line, on, tuple(checks), (*used, *deadlines), tuple(held), tuple(deadlines))


def _compiled(version: RuleVersion, parameters: ParametersOn) -> CompiledCheck | HeldRule:
    """One rule that cannot run is held back with its reason; it never stops the others."""
    try:
        return compile_rule(_rule(version.pk, version.source_text), parameters, working_calendar())
    except NotCompilable as error:
        reason = error.reason
    except (LanguageError, SqlRefused) as error:
        reason = {"zh": f"规则文本无法执行：{error}", "en": f"The rule's text cannot run: {error}"}
    return HeldRule(_ref(version, parameters.on), reason)


@lru_cache(maxsize=1024)
def _rule(version_id: int, text: str) -> Rule:
    return packs.rule_from_text(text, f"rule version {version_id}")


def _ref(version: RuleVersion, on: date | None = None) -> RuleRef:
    rule = _rule(version.pk, version.source_text)
    return RuleRef(
        rule_version_id=version.pk,
        rule_id=version.rule_id,
        version_sha256=version.sha256,
        title=rule.title,
        severity=rule.severity_on(on) if on else rule.severity,
        legal_basis=dict(version.basis),
        disposal=rule.disposal,
        explanation=rule.explanation,
        enabled=version.enabled,
        rule=rule,
    )


def _parameters() -> dict[str, ParameterEntry]:
    rows: dict[str, list[ParameterValue]] = {}
    for row in ParameterValue.objects.current().order_by("key", "valid_from"):
        rows.setdefault(row.key, []).append(row)
    return {key: _parameter(values) for key, values in rows.items()}


def _parameter(rows: list[ParameterValue]) -> ParameterEntry:
    first = rows[0]
    values = tuple(
        ParameterValueEntry(row.valid_from or date.min, row.valid_to, row.value, basis_from(row.basis)) for row in rows
    )
    return ParameterEntry(first.key, _title(first), first.value_type, first.unit, values)


def _title(row: Any) -> dict[str, str]:
    return {"zh": row.title_zh, "en": row.title_en}


def basis_from(data: dict[str, Any]) -> Basis:
    """Return a basis as it was stored."""
    return Basis(**{**data, "facts": tuple(data.get("facts", ()))})


def parameter_value(key: str, on: date) -> ParameterOn | None:
    """Return a parameter's value on a day, confirmed or not (`verified` says which); `None` when none holds."""
    row = ParameterValue.objects.current().in_force(on).filter(key=key).first()
    return _parameter_on(row) if row else None


def parameters_on(on: date) -> list[ParameterOn]:
    """Return every parameter that has a value on a day, by key."""
    return [_parameter_on(row) for row in ParameterValue.objects.current().in_force(on).order_by("key")]


def _parameter_on(row: ParameterValue) -> ParameterOn:
    return ParameterOn(
        row.key, _title(row), Decimal(row.value), row.unit, row.valid_from or date.min, row.valid_to, row.basis,
        row.verified,
    )


def rules_in_force(
    on: date, *, template: str | None = None, business_line: str | None = None
) -> list[RuleRef]:
    """Return the newest version of every rule in force on a day, enabled or not (`enabled` says which)."""
    versions = RuleVersion.objects.newest().in_force(on).of(template=template, business_line=business_line)
    return [_ref(version, on) for version in versions.order_by("rule_id")]


def rules_catalogue() -> list[RuleRef]:
    """Return the newest version of every rule, whatever its dates."""
    return [_ref(version) for version in RuleVersion.objects.newest().order_by("rule_id")]


def rule_current(rule_id: str) -> RuleRef | None:
    """Return the newest version of a rule, or `None`."""
    version = RuleVersion.objects.newest().filter(rule_id=rule_id).first()
    return _ref(version) if version else None


def rule_by_version(version_id: int) -> RuleRef | None:
    """Return the rule version a finding points at, or `None`; old versions stay readable for ever."""
    version = RuleVersion.objects.filter(pk=version_id).first()
    return _ref(version) if version else None


def instrument_titles(keys: Iterable[str] | None = None) -> dict[str, Text]:
    """Return the titles of instruments by key; of all when no keys are given."""
    found = Instrument.objects.current()
    rows = found if keys is None else found.filter(key__in=list(keys))
    return {row.key: _title(row) for row in rows}


def basis_title(basis: Mapping[str, Any], titles: Mapping[str, Text] | None = None) -> str:
    """Return instrument and article of a legal basis in the reader's language; empty for no basis."""
    known = instrument_titles([str(basis.get("instrument", ""))]) if titles is None else titles
    return basis_label(basis, known)


def basis_lines(basis: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a legal basis as lines to read: instrument and article, how firm the source is, the writer's note."""
    lines = (basis_title(basis), status_label(basis), note_label(basis))
    return tuple(line for line in lines if line)


def deadline_rule(key: str, on: date, business_line: str | None = None) -> DeadlineEntry | None:
    """Return the term of a key in force on a day for a business line, or `None`.

    Only terms that may be used: a confirmed source or an open house convention. Where several hold, the one
    that names the line comes before one for all lines, and law before convention.
    """
    rows = [_deadline(row) for row in DeadlineRule.objects.current().in_force(on).filter(key=key)]
    usable = [row for row in rows if row.basis.may_give_findings and row.applies_to(business_line)]
    usable.sort(key=lambda row: (not row.business_lines, not row.basis.verified, row.valid_from))
    return usable[0] if usable else None


def _deadline(row: DeadlineRule) -> DeadlineEntry:
    lines = () if row.scope == "*" else tuple(row.scope.split(","))
    return DeadlineEntry(
        key=row.key, title=_title(row), business_lines=lines, valid_from=row.valid_from or date.min,
        valid_to=row.valid_to, start_event=row.start_event, amount=row.amount, unit=row.unit, calendar=row.calendar,
        pause_events=tuple(PauseRule(**item) for item in row.pause_events),
        extensions=tuple(ExtensionEntry(**item) for item in row.extensions), basis=basis_from(row.basis),
        met_by=tuple(row.met_by), rolls=row.rolls,
    )


def deadline_results(
    plan: CheckPlan, *, started: date, done: date | None, today: date
) -> list[dict[str, Any]]:
    """Judge the plan's deadline rules: the period ended on `started`, the filing came on `done` (or not yet).

    Rules whose duty starts with another event than the period's end are left out. The results have the shape
    of the engine's, so they can be recorded in the same way.
    """
    results = []
    for ref in plan.deadlines:
        term = deadline_rule((ref.rule.deadline if ref.rule else "") or "", plan.on, plan.business_line)
        if ref.rule is None or term is None or not term.key.startswith("filing."):
            continue
        calendar = working_calendar(term.calendar)
        results.append(deadline_result(ref.rule, term, calendar, started=started, done=done, today=today))
    return results
