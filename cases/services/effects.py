"""Pushes monthly counts by rule to the joint meeting: findings, complaints and cases, with what to divide them by."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from cases.models import Case
from cases.permissions import require
from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from complaints import selectors as complaints
from platforms import selectors as platforms
from regulators import services as regulators
from regulators.services import MonthCount
from rulebook import selectors as rulebook
from rulebook.selectors import RuleRef

MONTHS = 36  # a meeting looks back three years
Cell = tuple[str, date]  # business line (or rule, or template) and month


@dataclass
class _Counts:
    """Everything counted once, by line, template or rule, and month."""

    findings: Counter[Cell] = field(default_factory=Counter)
    filings: dict[tuple[str, str], Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
    complaints: Counter[Cell] = field(default_factory=Counter)
    cases: Counter[Cell] = field(default_factory=Counter)
    platforms: Counter[Cell] = field(default_factory=Counter)


def effect_counts_push(*, actor: Principal) -> int:
    """Recompute the counts of every rule on filed data and push them; returns how many months changed.

    The same rows give the same counts, so any number of runs gives one result. Run by the clock and before a
    meeting. Secretariat and system only (403). A rule about which nothing at all was counted is left out.
    """
    require(actor, "agenda.propose")
    with acting_as(Principal(kind="system", label=actor.label)) as system:
        months = _months(clock.today())
        rules = _rules()
        counts = _count(months, rules)
        return sum(_push(system, rule_id, list(refs), months, counts) for rule_id, refs in rules.items())


def _months(today: date) -> list[date]:
    """First days of the last months, the oldest first; the running month is not over and left out."""
    last = today.year * 12 + today.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(last - MONTHS, last)]


def _rules() -> dict[str, list[RuleRef]]:
    """Rules that are checked on a template, by id, with all their versions of the catalogue."""
    rules: dict[str, list[RuleRef]] = defaultdict(list)
    for ref in rulebook.rules_catalogue():
        if ref.rule is not None and ref.rule.template and ref.enabled:
            rules[ref.rule_id].append(ref)
    return dict(sorted(rules.items()))


def _count(months: list[date], rules: dict[str, list[RuleRef]]) -> _Counts:
    counts, wanted = _Counts(), set(months)
    refs = {pk: ref for pk, ref in platforms.platform_refs().items() if ref.kind == "platform"}
    lines = {pk: ref.business_line for pk, ref in refs.items()}
    templates = {str(ref.rule.template) for versions in rules.values() for ref in versions if ref.rule}
    for template in sorted(templates):
        for filing in platforms.filings_latest(template):
            month = _month(filing.period)
            if month in wanted and filing.platform_id in lines:
                counts.filings[template, lines[filing.platform_id]][month] += 1
    for pk in refs:
        counts.findings.update((f.rule_id, m) for f in platforms.findings_of(pk) if (m := _month(f.period)) in wanted)
    for month in months:
        for pk, number in complaints.complaint_counts(_start(month), _start(_next(month))).items():
            if pk in lines:
                counts.complaints[lines[pk], month] += number
        for line in sorted(set(lines.values())):
            counts.platforms[line, month] = platforms.public_register(on=_next(month), line=line).count()
    opened = Case.objects.filter(opened_on__gte=months[0]).values_list("platform_id", "opened_on")
    counts.cases.update((lines[pk], day.replace(day=1)) for pk, day in opened if pk in lines)
    return counts


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
    seen = any(row.findings or row.complaints or row.cases or row.filings for row in rows)
    return regulators.effect_counts_record(actor=system, rule_id=rule_id, months=rows) if seen else 0


def _rows(rule_id: str, refs: list[RuleRef], months: list[date], counts: _Counts) -> Iterator[MonthCount]:
    rules = [ref.rule for ref in refs if ref.rule]
    lines = sorted({line for rule in rules for line in rule.applies_to})
    templates = sorted({str(rule.template) for rule in rules})
    for month in months:
        filings = sum(counts.filings[template, line][month] for template in templates for line in lines)
        applied = filings > 0 and any(rule.is_in_force(_last_day(month)) for rule in rules)
        yield MonthCount(
            month=month,
            findings=counts.findings[rule_id, month] if applied else None,
            complaints=_sum(counts.complaints, lines, month),
            cases=_sum(counts.cases, lines, month),
            filings=filings,
            platforms=_sum(counts.platforms, lines, month),
        )


def _last_day(month: date) -> date:
    return date.fromordinal(_next(month).toordinal() - 1)


def _sum(counter: Counter[Cell], lines: Iterable[str], month: date) -> int:
    return sum(counter[line, month] for line in lines)
