"""The evaluation of one rule, from the counts that were pushed."""

from dataclasses import dataclass
from datetime import date, datetime

from regulators.evaluation import MEASURES, Comparison, MonthCount, compare
from regulators.models import EffectCount
from rulebook import selectors as rulebook


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """A rule, the day it applies from, its monthly counts and the comparison of each measure."""

    rule_id: str
    title: dict[str, str]
    since: date
    is_verified: bool
    months: tuple[MonthCount, ...]
    comparisons: tuple[Comparison, ...]
    counted_at: datetime

    @property
    def events(self) -> int:
        """Findings, complaints and cases counted on both sides together."""
        return sum(c.before.events + c.after.events for c in self.comparisons)


def rules_counted() -> list[str]:
    """Rules with counts, by id."""
    return list(EffectCount.objects.order_by("rule_id").values_list("rule_id", flat=True).distinct())


def effect_of(rule_id: str, on: date) -> RuleEffect | None:
    """The evaluation of a rule up to a day; None without counts, without the rule, or before it applies."""
    rows = list(EffectCount.objects.filter(rule_id=rule_id, month__lte=on).order_by("month"))
    ref = rulebook.rule_current(rule_id)
    if not rows or ref is None or ref.rule is None:
        return None
    since = ref.rule.valid_from
    if since > on:
        return None
    months = tuple(MonthCount(r.month, r.findings, r.complaints, r.cases, r.filings, r.platforms) for r in rows)
    return RuleEffect(
        rule_id=rule_id,
        title=dict(ref.title),
        since=since,
        is_verified=bool(ref.legal_basis.get("verified")),
        months=months,
        comparisons=tuple(compare(months, since, measure) for measure in MEASURES),
        counted_at=max(row.counted_at for row in rows),
    )
