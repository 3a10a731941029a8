"""Rules as they stand on a day: plans for filings, references for pages and findings."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Count

from analytics.sandbox import SqlRefused
from rulebook import packs
from rulebook.calendars import Calendar
from rulebook.choices import SourceKind
from rulebook.compiler import CompiledCheck, NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.language import LanguageError
from rulebook.entries import Rule, Text
from rulebook.facts import deadline_result, rule_print
from rulebook.models import PackImport, RuleVersion, SourceConfirmation, WorkingYear
from rulebook.selectors.calendars import working_calendar
from rulebook.selectors.confirmed import Confirmed, Moment, confirmed
from rulebook.selectors.values import PACK, deadline_rule, parameter_entries

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
    origin: str = "pack"
    pack: str = ""


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


_plans: OrderedDict[tuple[Any, ...], CheckPlan] = OrderedDict()


def _state() -> tuple[Any, ...]:
    """Changes with every load, version, calendar year and confirmed source, in whichever process it happened."""
    first, *others = (
        model.objects.order_by("-id").values_list("public_id")[:1] for model in (PackImport, RuleVersion, WorkingYear)
    )
    newest = frozenset(row[0] for row in first.union(*others))
    marks = SourceConfirmation.objects.aggregate(signed=Count("second_at"), withdrawn=Count("withdrawn_at"))
    return newest, marks["signed"], marks["withdrawn"]


def check_plan(template: str, business_line: str, on: date, *, known_at: Moment = None) -> CheckPlan:
    """Return the checks for a filing of a template and business line whose period ends on `on`.

    Kept per process until a pack, a rule, a calendar or a confirmation changes. A rule without confirmed source gives
    no check; neither does one whose parameter has no confirmed value on the day (it is listed in `held`). With a
    moment, the plan as the system would have made it then: rules, values, calendar and confirmations of that moment.
    """
    if known_at is not None:
        return _make_plan(template, business_line, on, known_at)
    key = (template, business_line, on, _state())
    if key in _plans:
        _plans.move_to_end(key)
        return _plans[key]
    plan = _plans[key] = _make_plan(template, business_line, on)
    while len(_plans) > KEPT_PLANS:
        _plans.popitem(last=False)
    return plan


def _make_plan(template: str, business_line: str, on: date, known_at: Moment = None) -> CheckPlan:
    versions = RuleVersion.objects.standing(on, known_at).filter(pack=PACK).in_force(on)
    versions = versions.of(template=template, business_line=business_line)
    parameters, marks = ParametersOn(on, parameter_entries(known_at=known_at)), confirmed(known_at)
    calendar = working_calendar(known_at=known_at)
    checks: list[CompiledCheck] = []
    used: list[RuleRef] = []
    held: list[HeldRule] = []
    deadlines: list[RuleRef] = []
    for version in versions.order_by("rule_id"):
        ref = rule_ref(version, marks, on)
        if not ref.enabled:
            held.append(HeldRule(ref, {"zh": "来源尚未核对。", "en": "The source is not confirmed."}))
        elif version.form == "deadline":
            deadlines.append(ref)
        elif version.form in ("row", "sql"):
            found = _compiled(ref, rule_of_text(version.pk, version.source_text), parameters, calendar)
            if isinstance(found, HeldRule):
                held.append(found)
            else:
                checks.append(found)
                used.append(ref)
    return CheckPlan(template, business_line, on, tuple(checks), (*used, *deadlines), tuple(held), tuple(deadlines))


def _compiled(ref: RuleRef, rule: Rule, parameters: ParametersOn, calendar: Calendar) -> CompiledCheck | HeldRule:
    """One rule that cannot run is held back with its reason; it never stops the others."""
    try:
        return compile_rule(rule, parameters, calendar)
    except NotCompilable as error:
        reason = error.reason
    except (LanguageError, SqlRefused) as error:
        reason = {"zh": f"规则文本无法执行：{error}", "en": f"The rule's text cannot run: {error}"}
    return HeldRule(ref, reason)


@lru_cache(maxsize=1024)
def rule_of_text(version_id: int, text: str) -> Rule:
    """Return the rule of a stored version, parsed once."""
    return packs.rule_from_text(text, f"rule version {version_id}", is_stored=True)


def rule_ref(version: RuleVersion, marks: Confirmed, on: date | None = None) -> RuleRef:
    """Return a version as pages and findings name it; a source that two persons confirmed counts as verified."""
    rule = rule_of_text(version.pk, version.source_text)
    basis = dict(version.basis)
    if marks and not version.verified:
        basis = marks.basis(SourceKind.RULE, version.pack, version.rule_id, rule_print(rule), basis)
    return RuleRef(
        rule_version_id=version.pk,
        rule_id=version.rule_id,
        version_sha256=version.sha256,
        title=rule.title,
        severity=rule.severity_on(on) if on else rule.severity,
        legal_basis=basis,
        disposal=rule.disposal,
        explanation=rule.explanation,
        enabled=(version.enabled or bool(basis.get("verified"))) and not version.is_withdrawn,
        rule=rule,
        origin=version.origin,
        pack=version.pack,
    )


def rules_in_force(
    on: date, *, template: str | None = None, business_line: str | None = None, pack: str = PACK,
    known_at: Moment = None,
) -> list[RuleRef]:
    """Return the version of every rule that decides on a day, enabled or not (`enabled` says which)."""
    versions = RuleVersion.objects.standing(on, known_at).filter(pack=pack).in_force(on)
    marks = confirmed(known_at)
    found = versions.of(template=template, business_line=business_line).order_by("rule_id")
    return [rule_ref(version, marks, on) for version in found]


def rules_catalogue(pack: str = PACK, known_at: Moment = None) -> list[RuleRef]:
    """Return the newest version (known at a moment) of every rule of a pack, whatever its dates."""
    marks = confirmed(known_at)
    found = RuleVersion.objects.newest(known_at).filter(pack=pack).order_by("rule_id")
    return [rule_ref(version, marks) for version in found]


def rule_current(rule_id: str, pack: str = "", known_at: Moment = None) -> RuleRef | None:
    """Return the newest version (known at a moment) of a rule, or `None`; without a pack the home pack comes first."""
    found = list(RuleVersion.objects.newest(known_at).filter(rule_id=rule_id, **({"pack": pack} if pack else {})))
    found.sort(key=lambda version: (version.pack != PACK, version.pack))
    return rule_ref(found[0], confirmed(known_at)) if found else None


def rule_on(rule_id: str, on: date, *, pack: str = PACK, known_at: Moment = None) -> RuleRef | None:
    """Return the version of a rule that decides on a day, in force or not; `None` for an unknown or withdrawn one."""
    version = RuleVersion.objects.standing(on, known_at).filter(pack=pack, rule_id=rule_id).first()
    return rule_ref(version, confirmed(known_at), on) if version else None


def rule_by_version(version_id: int) -> RuleRef | None:
    """Return the rule version a finding points at, or `None`; old versions stay readable for ever."""
    version = RuleVersion.objects.filter(pk=version_id).first()
    return rule_ref(version, confirmed()) if version else None


def rule_titles(version_ids: Iterable[int]) -> dict[int, dict[str, str]]:
    """Titles of rule versions in both languages, by id, in one query."""
    rows = RuleVersion.objects.filter(pk__in=list(version_ids)).values_list("pk", "title_zh", "title_en")
    return {pk: {"zh": zh, "en": en} for pk, zh, en in rows}


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
