"""The evaluation of one rule, from the counts that were pushed."""

from dataclasses import dataclass
from datetime import date, datetime

from regulators.charter import charter_on
from regulators.evaluation import MEASURES, Comparison, MonthCount, compare
from regulators.models import EffectCount
from rulebook import selectors as rulebook


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """A rule, the day it applies from, its monthly counts and the comparison of each measure.

    `is_convention` marks a rule of the house: no policy, never evaluated before the meeting.
    """

    rule_id: str
    title: dict[str, str]
    since: date
    is_verified: bool
    is_convention: bool
    months: tuple[MonthCount, ...]
    comparisons: tuple[Comparison, ...]
    counted_at: datetime

    @property
    def events(self) -> int:
        """Findings and cases of the rule on both sides together; complaints only where they are the rule's."""
        return sum(c.before.events + c.after.events for c in self.comparisons if not c.is_context)

    @property
    def is_rehearsed(self) -> bool:
        """Whether something before the rule was judged by rehearsal."""
        return any(month.rehearsed for month in self.months)

    @property
    def complaint_scope(self) -> str:
        """rule or line."""
        return self.months[-1].complaint_scope


def as_count(row: EffectCount) -> MonthCount:
    """A stored month as a value."""
    return MonthCount(
        row.month, row.findings, row.complaints, row.cases, row.filings, row.platforms, row.rehearsed,
        row.complaint_scope,
    )  # fmt: skip


def complaint_topics(on: date) -> dict[str, tuple[str, ...]]:
    """For a rule's subject the categories of complaints that count for it, as the pack says on a day."""
    charter = charter_on(on)
    return charter.complaint_topics if charter else {}


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
    months = tuple(as_count(row) for row in rows)
    return RuleEffect(
        rule_id=rule_id,
        title=dict(ref.title),
        since=since,
        is_verified=bool(ref.legal_basis.get("verified")),
        is_convention=ref.legal_basis.get("text_status") == "convention",
        months=months,
        comparisons=tuple(compare(months, since, measure) for measure in MEASURES),
        counted_at=max(row.counted_at for row in rows),
    )
