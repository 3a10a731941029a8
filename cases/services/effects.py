"""Pushes monthly counts by rule to the joint meeting: findings, complaints and cases, with what to divide them by.

Findings before a rule was in force come from a rehearsal of its check on the accepted filings of that time, cases from
the findings they rest on. Rules of the house are no policy and are not evaluated.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from cases.choices import LinkKind
from cases.models import CaseLink
from cases.permissions import require
from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from complaints import selectors as complaints
from platforms import selectors as platforms
from platforms.services import OlderCheck, OlderCount, rehearse_older
from regulators import selectors as regulator_reads
from regulators import services as regulators
from regulators.services import MonthCount
from rulebook import selectors as rulebook
from rulebook.selectors import RuleRef

MONTHS = 36  # a meeting looks back three years
Cell = tuple[str, date]  # business line (or rule, or template) and month
Rules = Mapping[str, list[RuleRef]]


@dataclass
class _Counts:
    """Everything counted once, by line, template or rule, and month."""

    findings: Counter[Cell] = field(default_factory=Counter)
    older: dict[tuple[str, date], OlderCount] = field(default_factory=dict)
    filings: dict[tuple[str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    complaints: Counter[Cell] = field(default_factory=Counter)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: Counter[tuple[str, str, date]] = field(default_factory=Counter)
    cases: Counter[Cell] = field(default_factory=Counter)
    platforms: Counter[Cell] = field(default_factory=Counter)


def effect_counts_push(*, actor: Principal) -> int:
    """Recompute the counts of every rule on filed data and push them; returns how many months changed.

    The same rows give the same counts, so any number of runs gives one result. Run by the clock and before a
    meeting. Secretariat and system only (403). A rule about which nothing at all was counted is left out, and so are
    rules of the house; what was pushed about them earlier goes.
    """
    require(actor, "agenda.propose")
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        months, rules = _months(clock.today()), _rules()
        checks = _older_checks(rules)
    older = _by_month(rehearse_older(actor=system, checks=checks, from_day=months[0])) if checks else {}
    with acting_as(system):
        counts = _count(months, rules)
        counts.older = older
        changed = sum(_push(system, rule_id, list(refs), months, counts) for rule_id, refs in rules.items())
        gone = [rule_id for rule_id in regulator_reads.rules_counted() if rule_id not in rules]
        return changed + sum(
            regulators.effect_counts_record(actor=system, rule_id=rule_id, months=()) for rule_id in gone
        )


def _months(today: date) -> list[date]:
    """First days of the last months, the oldest first; the running month is not over and left out."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS, last)]


def _rules() -> dict[str, list[RuleRef]]:
    """Rules of law that are checked on a template, by id, with all their versions of the catalogue."""
    rules: dict[str, list[RuleRef]] = defaultdict(list)
    for ref in rulebook.rules_catalogue():
        is_policy = ref.legal_basis.get("text_status") != "convention"
        if ref.rule is not None and ref.rule.template and ref.enabled and is_policy:
            rules[ref.rule_id].append(ref)
    return dict(sorted(rules.items()))


def _since(refs: Collection[RuleRef]) -> date:
    """The first day on which any version is in force."""
    return min(ref.rule.valid_from for ref in refs if ref.rule)


def _older_checks(rules: Rules) -> dict[tuple[str, str], list[OlderCheck]]:
    """The check of each rule as on its first day, by template and line."""
    found: dict[tuple[str, str], list[OlderCheck]] = defaultdict(list)
    for rule_id, refs in rules.items():
        since = _since(refs)
        rules_of = [ref.rule for ref in refs if ref.rule]
        for template, line in sorted({(str(rule.template), one) for rule in rules_of for one in rule.applies_to}):
            plan = rulebook.check_plan(template, line, since)
            found[template, line] += [OlderCheck(c, since) for c in plan.checks if c["rule_id"] == rule_id]
    return {place: checks for place, checks in found.items() if checks}


def _by_month(found: Mapping[tuple[str, str, str], OlderCount]) -> dict[tuple[str, date], OlderCount]:
    """Rehearsed counts of a rule by month, all its lines together."""
    by_month: dict[tuple[str, date], OlderCount] = {}
    for (rule_id, _line, period), count in found.items():
        cell = rule_id, _month(period)
        known = by_month.get(cell, OlderCount())
        by_month[cell] = OlderCount(known.filings + count.filings, known.findings + count.findings)
    return by_month


def _count(months: list[date], rules: Rules) -> _Counts:
    counts, wanted = _Counts(), set(months)
    refs = {pk: ref for pk, ref in platforms.platform_refs().items() if ref.kind == "platform"}
    lines = {pk: ref.business_line for pk, ref in refs.items()}
    templates = {str(ref.rule.template) for versions in rules.values() for ref in versions if ref.rule}
    for template in sorted(templates):
        for filing in platforms.filings_latest(template):
            month = _month(filing.period)
            if month in wanted and filing.platform_id in lines:
                counts.filings[template, lines[filing.platform_id]][month] += 1
    _count_complaints(counts, lines, months)
    for month in months:
        for line in sorted(set(lines.values())):
            counts.platforms[line, month] = platforms.public_register(on=_next(month), line=line).count()
    _count_findings(counts, refs, months)
    return counts


def _count_complaints(counts: _Counts, lines: Mapping[int, str], months: list[date]) -> None:
    """All complaints by line, and those on each subject for which the pack names categories."""
    counts.topics = regulator_reads.complaint_topics(clock.today())
    for month in months:
        span = _start(month), _start(_next(month))
        for pk, number in complaints.complaint_counts(*span).items():
            if pk in lines:
                counts.complaints[lines[pk], month] += number
        for subject, categories in counts.topics.items():
            for pk, number in complaints.complaint_counts(*span, categories).items():
                if pk in lines:
                    counts.about[subject, lines[pk], month] += number


def _count_findings(counts: _Counts, platform_ids: Iterable[int], months: list[date]) -> None:
    """Findings by rule and month, and the cases that rest on them."""
    by_finding: dict[str, str] = {}
    for pk in platform_ids:
        for finding in platforms.findings_of(pk):
            by_finding[str(finding.id)] = finding.rule_id
            if (month := _month(finding.period)) in months:
                counts.findings[finding.rule_id, month] += 1
    counts.cases.update(_cases_by_rule(by_finding, months[0]))


def _cases_by_rule(rules: Mapping[str, str], first: date) -> Iterator[Cell]:
    """Rule and month of opening, once for each case and each rule a finding of which the case rests on."""
    links = CaseLink.objects.filter(kind=LinkKind.FINDING, case__opened_on__gte=first)
    seen = {
        (case, rules[ref], opened_on)
        for case, ref, opened_on in links.values_list("case_id", "ref", "case__opened_on")
        if ref in rules
    }
    for _case, rule_id, opened_on in sorted(seen):
        yield rule_id, opened_on.replace(day=1)


def _month(period: str) -> date:
    """The month of a period: 2017-06, 2017-06-30, the last month of 2017Q2 or of 2017."""
    if len(period) == 4:
        return date(int(period), 12, 1)
    if "Q" in period:
        return date(int(period[:4]), int(period[5]) * 3, 1)
    return date(int(period[:4]), int(period[5:7]), 1)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _start(month: date) -> datetime:
    return datetime.combine(month, time.min, tzinfo=clock.LEGAL_ZONE)


def _push(
    system: Principal, rule_id: str, refs: list[RuleRef], months: list[date], counts: _Counts
) -> int:
    rows = list(_rows(rule_id, refs, months, counts))
    seen = any(row.findings or row.cases or row.filings for row in rows)
    return regulators.effect_counts_record(actor=system, rule_id=rule_id, months=rows) if seen else 0


def _rows(rule_id: str, refs: list[RuleRef], months: list[date], counts: _Counts) -> Iterator[MonthCount]:
    """Months in which a filing was judged or a platform of the rule's lines existed."""
    rules = [ref.rule for ref in refs if ref.rule]
    lines = sorted({line for rule in rules for line in rule.applies_to})
    templates = sorted({str(rule.template) for rule in rules})
    since, subjects = _since(refs), {rule.subject for rule in rules}
    is_named = len(subjects) == 1 and subjects <= set(counts.topics)
    for month in months:
        last, older = _last_day(month), counts.older.get((rule_id, month))
        filings = sum(counts.filings[template, line][month] for template in templates for line in lines)
        in_force = filings > 0 and any(rule.is_in_force(last) for rule in rules)
        findings = counts.findings[rule_id, month] if in_force else None
        if last < since:
            filings, findings = (older.filings, older.findings) if older else (filings, None)
        live = _sum(counts.platforms, lines, month)
        if filings or live:
            yield MonthCount(
                month=month, findings=findings,
                complaints=sum(counts.about[subject, line, month] for subject in subjects for line in lines)
                if is_named
                else _sum(counts.complaints, lines, month),
                cases=counts.cases[rule_id, month], filings=filings, platforms=live,
                rehearsed=last < since and older is not None, complaint_scope="rule" if is_named else "line",
            )  # fmt: skip


def _last_day(month: date) -> date:
    return date.fromordinal(_next(month).toordinal() - 1)


def _sum(counter: Counter[Cell], lines: Iterable[str], month: date) -> int:
    return sum(counter[line, month] for line in lines)
