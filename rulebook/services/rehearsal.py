"""What if? A changed number or a draft rule, tried on the filings that were really accepted; nothing is stored.

The rulebook decides which checks differ; whoever keeps the filings (left of here) runs them. It registers itself with
`rehearsal_provider_set`, so that the rule editor can offer a preview without knowing filings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from django.utils.translation import gettext_lazy as _

from analytics.sandbox import SqlRefused
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from rulebook import packs, selectors
from rulebook.calendars import Calendar
from rulebook.compiler import DECIMALS, CompiledCheck, NotCompilable, ParametersOn, compile_rule, with_value
from rulebook.compiler.language import LanguageError
from rulebook.entries import ParameterEntry, Rule, Text
from rulebook.home import home
from rulebook.selectors import RuleRef
from rulebook.sources import PackInvalid

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RehearsedFinding:
    """One finding that a rehearsal made: rule, filing, subject, and what was measured."""

    rule_id: str
    template: str
    period: str
    subject: str
    severity: str
    count: int
    measured: str | None
    threshold: str | None


@dataclass(frozen=True)
class RehearsalRow:
    """One platform before and after. `before` and `after` count findings, `rows_*` the filed rows in them."""

    platform_ref: str
    name: str
    before: int
    after: int
    appeared: tuple[RehearsedFinding, ...] = ()
    vanished: tuple[RehearsedFinding, ...] = ()
    rows_before: int = 0
    rows_after: int = 0


@dataclass(frozen=True)
class RehearsalSkip:
    """Something that could not be tried, and why; it counts neither before nor after."""

    what: str
    reason: Text


@dataclass(frozen=True)
class RehearsalReport:
    """Findings before and after by platform, over the newest accepted filings known on the day."""

    on: date
    rules: tuple[str, ...]
    filings: int
    rows: int
    platforms: tuple[RehearsalRow, ...]
    seconds: float
    skipped: tuple[RehearsalSkip, ...] = ()

    @property
    def before(self) -> int:
        """Findings of the rules concerned, as the law stands."""
        return sum(row.before for row in self.platforms)

    @property
    def after(self) -> int:
        """Findings of the rules concerned, with the change."""
        return sum(row.after for row in self.platforms)


@dataclass(frozen=True)
class ChangedChecks:
    """The checks of one template and line that a change touches, as they are and as they would be."""

    before: Mapping[str, CompiledCheck] = field(default_factory=dict)
    after: Mapping[str, CompiledCheck] = field(default_factory=dict)
    held: Mapping[str, Text] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


@dataclass(frozen=True)
class Rehearsal:
    """What a provider is asked to try: per (template, business line) the checks to run twice."""

    on: date
    checks: Mapping[tuple[str, str], ChangedChecks]
    platforms: tuple[str, ...] = ()
    progress: Progress | None = None


Provider = Callable[..., RehearsalReport]
_provider: list[Provider] = []


def rehearsal_provider_set(provider: Provider) -> None:
    """Register who runs rehearsals: `provider(actor=, rehearsal=) -> RehearsalReport`. The last one counts."""
    _provider[:] = [provider]


def rule_rehearse(
    *,
    actor: Principal,
    on: date,
    changes: Mapping[str, str] | None = None,
    rule_text: str = "",
    platforms: tuple[str, ...] = (),
    pack: str = "",
    progress: Progress | None = None,
) -> RehearsalReport:
    """Try changed parameter values and/or a draft rule on accepted filings, with the law of a day. Stores nothing.

    A draft counts as in force and confirmed; a changed value replaces the one in force on the day. Refuses an unknown
    parameter or value, a draft that cannot run, a change that touches no check, and anybody but staff.
    """
    checks = rehearsal_check(actor=actor, on=on, changes=changes, rule_text=rule_text, pack=pack)
    return _provider[0](actor=actor, rehearsal=Rehearsal(on, checks, platforms, progress))


def rehearsal_check(
    *, actor: Principal, on: date, changes: Mapping[str, str] | None = None, rule_text: str = "", pack: str = ""
) -> Mapping[tuple[str, str], ChangedChecks]:
    """Return the checks a change touches, without running one: quick. Refuses what `rule_rehearse` refuses."""
    _require_staff(actor)
    with acting_as(actor):
        checks = _changed_checks(on, dict(changes or {}), rule_text, pack or home().pack)
    if not _provider:
        raise Refusal(
            "rehearsal.unavailable", _("No filings are at hand here."), cure=_("Load the platforms app."), status=503
        )
    return checks


def _require_staff(actor: Principal) -> None:
    if actor.kind not in {"staff", "system"}:
        raise Refusal(
            "rehearsal.forbidden", _("Only staff may try rules on filings."), cure=_("Ask an authority."), status=403
        )


def _changed_checks(
    on: date, changes: Mapping[str, str], rule_text: str, pack: str
) -> dict[tuple[str, str], ChangedChecks]:
    known = selectors.parameter_entries(pack)
    changed = dict(known)
    for key, value in changes.items():
        changed[key] = _with_value(known, key, value, on)
    draft = _draft(rule_text) if rule_text else None
    before, after = ParametersOn(on, known), ParametersOn(on, changed)
    found = {}
    for template, line in sorted(_places(on, changes, draft, pack)):
        refs = [ref for ref in selectors.rules_in_force(on, template=template, business_line=line, pack=pack)
                if ref.enabled]
        here = draft if draft and draft.template == template and line in draft.applies_to else None
        pair = _pair(refs, here, draft.id if draft else "", (before, after), _calendar(pack))
        if pair or pair.held:
            found[template, line] = pair
    if not any(found.values()):
        _refuse_idle(found, on)
    return found


def _calendar(pack: str) -> Calendar:
    return selectors.working_calendar(home(pack).calendar, pack)


def _with_value(known: Mapping[str, ParameterEntry], key: str, value: str, on: date) -> ParameterEntry:
    if key not in known:
        near = get_close_matches(key, known, n=3, cutoff=0.4) or sorted(known)[:5]
        raise Refusal(
            "rehearsal.parameter_unknown",
            _("There is no parameter %(key)s.") % {"key": key},
            field=key, cure=_("Nearest: %(names)s.") % {"names": ", ".join(near)}, status=422,
        )
    try:
        return with_value(known[key], value, on)
    except ValueError as error:
        raise Refusal(
            "rehearsal.value_invalid",
            _("%(value)s is no value of %(key)s.") % {"value": value, "key": key},
            field=key, cure=_value_cure(known[key]), status=422,
        ) from error


def _value_cure(entry: ParameterEntry) -> str:
    places, example = DECIMALS[entry.value_type], entry.values[-1].value if entry.values else "0"
    if not places:
        return _("Write a whole number, for example %(example)s.") % {"example": example}
    return _("Write a number with at most %(places)s decimals and no exponent, for example %(example)s.") % {
        "places": places, "example": example,
    }  # fmt: skip


def _draft(text: str) -> Rule:
    try:
        draft = packs.rule_from_text(text, "draft.yaml")
    except PackInvalid as invalid:
        first = invalid.problems[0]
        raise Refusal("rehearsal.draft_invalid", str(first), field="rule", cure=first.cure, status=422) from invalid
    if draft.form not in ("row", "sql"):
        raise Refusal(
            "rehearsal.draft_not_a_check",
            _("The draft is no check on filed rows."),
            field="rule", cure=_("Give a rule with check or sql; terms and questions are not run on rows."),
            status=422,
        )
    return draft


def _places(
    on: date, changes: Mapping[str, str], draft: Rule | None, pack: str
) -> set[tuple[str, str]]:
    """Templates and lines of the draft and of every rule in force that takes a changed value."""
    places = {(draft.template or "", line) for draft in [draft] if draft for line in draft.applies_to}
    for ref in selectors.rules_in_force(on, pack=pack):
        rule = ref.rule
        if rule is not None and rule.template and set(rule.parameters.values()) & set(changes):
            places |= {(rule.template, line) for line in rule.applies_to}
        if draft and rule is not None and rule.id == draft.id and rule.template:
            places |= {(rule.template, line) for line in rule.applies_to}
    return places


def _pair(
    refs: list[RuleRef], draft: Rule | None, redrafted: str, days: tuple[ParametersOn, ParametersOn], calendar: Calendar
) -> ChangedChecks:
    before: dict[str, CompiledCheck] = {}
    after: dict[str, CompiledCheck] = {}
    held: dict[str, Text] = {}
    rules = {ref.rule_id: ref.rule for ref in refs if ref.rule and ref.rule.form in ("row", "sql")}
    drafted = {rule_id: rule for rule_id, rule in rules.items() if rule_id != redrafted}
    if draft:
        drafted[draft.id] = draft
    for rule_id in sorted({*rules, *drafted}):
        old, _why = _compiled(rules.get(rule_id), days[0], calendar)
        new, why = _compiled(drafted.get(rule_id), _day_of(drafted.get(rule_id), draft, days[1]), calendar)
        if why is not None:
            held[rule_id] = why
        if _judges(old) != _judges(new):
            before.update({rule_id: old} if old else {})
            after.update({rule_id: new} if new else {})
    return ChangedChecks(before, after, held)


def _day_of(rule: Rule | None, draft: Rule | None, day: ParametersOn) -> ParametersOn:
    """A draft is tried as if its sources were confirmed; standing rules keep what they may use."""
    return replace(day, with_unconfirmed=True) if rule is not None and rule is draft else day


def _compiled(rule: Rule | None, day: ParametersOn, calendar: Calendar) -> tuple[CompiledCheck | None, Text | None]:
    if rule is None:
        return None, None
    try:
        return compile_rule(rule, day, calendar), None
    except NotCompilable as error:
        return None, error.reason
    except (LanguageError, SqlRefused) as error:
        return None, {"zh": f"规则文本无法执行：{error}", "en": f"The rule's text cannot run: {error}"}


def _judges(check: CompiledCheck | None) -> tuple[object, ...] | None:
    """What decides findings; a new version of the same condition changes nothing."""
    if check is None:
        return None
    return tuple(str(check[name]) for name in ("sql", "currency", "severity", "threshold", "null_fails", "needs"))


def _refuse_idle(found: Mapping[tuple[str, str], ChangedChecks], on: date) -> None:
    reasons = [text["en"] for pair in found.values() for text in pair.held.values()]
    raise Refusal(
        "rehearsal.nothing_changes",
        _("The change touches no check that runs on %(day)s.") % {"day": on},
        cure=reasons[0] if reasons else _("Choose another day, or a parameter that a rule in force uses."), status=422,
    )
