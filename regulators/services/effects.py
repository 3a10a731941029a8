"""Counts that apps push for the evaluation of rules, and the agenda part that grows from them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from common.principal import Principal
from regulators.choices import AgendaKind, PaperKind
from regulators.evaluation import MonthCount
from regulators.models import AgendaPaper, EffectCount
from regulators.permissions import require
from regulators.selectors.effects import RuleEffect, as_count, effect_of, rules_counted
from regulators.selectors.effects_wording import effect_sentences
from regulators.services.agenda import agenda_item_propose

MAX_RULES = 5  # a meeting reads no more evaluations at once


@dataclass(frozen=True, slots=True)
class EffectProposal:
    """How many evaluations were new on the agenda and how many stood there before."""

    proposed: int
    existing: int


@transaction.atomic
def effect_counts_record(*, actor: Principal, rule_id: str, months: Iterable[MonthCount]) -> int:
    """Replace the monthly counts of one rule by a recomputed set; the same set twice changes nothing.

    Apps that know findings, complaints and cases push them (system only, 403). Refuses a month twice, a day that
    is not the first of a month, negative counts. Returns how many months changed, appeared or went.
    """
    require(actor, "effect.record")
    rows = list(months)
    given = {row.month: row for row in rows}
    counts = [n for r in rows for n in (r.findings or 0, r.complaints, r.cases, r.filings, r.platforms)]
    if len(given) != len(rows) or any(m.day != 1 for m in given) or any(n < 0 for n in counts) or not rule_id:
        raise Refusal(
            "effect.bad_counts", _("These counts are not one row for each month."), field="months",
            cure=_("Give the first day of each month once, and counts that are not negative."), status=422,
        )  # fmt: skip
    known = {row.month: row for row in EffectCount.objects.select_for_update().filter(rule_id=rule_id)}
    gone = EffectCount.objects.filter(rule_id=rule_id).exclude(month__in=given).delete()[0]
    changed = [row for month, row in given.items() if month not in known or as_count(known[month]) != row]
    EffectCount.objects.bulk_create(
        [_row(rule_id, row) for row in changed],
        update_conflicts=True,
        unique_fields=("rule_id", "month"),
        update_fields=(
            "findings", "complaints", "cases", "filings", "platforms", "rehearsed", "complaint_scope", "counted_at",
        ),
    )
    return gone + len(changed)


def _row(rule_id: str, row: MonthCount) -> EffectCount:
    return EffectCount(
        rule_id=rule_id, month=row.month, findings=row.findings, complaints=row.complaints, cases=row.cases,
        filings=row.filings, platforms=row.platforms, rehearsed=row.rehearsed, complaint_scope=row.complaint_scope,
        counted_at=clock.now(),
    )  # fmt: skip


@transaction.atomic
def effect_items_propose(*, actor: Principal, quarter: str) -> EffectProposal:
    """Propose the evaluations with most events for the part “effect of existing policy”; twice proposes nothing new.

    Rules of the house are no policy and left out; so are rules about which nothing of their own was counted. Each comes
    with the evaluation as a paper. Source: evaluation of existing policies (paper 000, section 3.4).
    """
    require(actor, "agenda.propose")
    today = clock.today()
    effects = [effect for rule_id in rules_counted() if (effect := effect_of(rule_id, today))]
    found = [effect for effect in effects if effect.events and not effect.is_convention]
    ranked = sorted(found, key=lambda effect: (not _has_both_sides(effect), -effect.events, effect.rule_id))
    new = existing = 0
    for effect in ranked[:MAX_RULES]:
        created = _propose(actor, quarter, effect)
        new, existing = new + created, existing + (not created)
    return EffectProposal(new, existing)


def _has_both_sides(effect: RuleEffect) -> bool:
    """Whether findings were measured before and after: what there is most to say about comes first."""
    return any(c.measure == "findings" and c.before.months and c.after.months for c in effect.comparisons)


def _propose(actor: Principal, quarter: str, effect: RuleEffect) -> bool:
    body = {language: "\n".join(effect_sentences(effect, language)) for language in ("zh", "en")}
    proposed = agenda_item_propose(
        actor=actor,
        meeting_quarter=quarter,
        subject=f"effect:{effect.rule_id}",
        kind=AgendaKind.POLICY_EFFECT,
        title={
            "zh": f"规则实施效果：{effect.title['zh']}", "en": f"Effect of a rule: {effect.title['en']}",
        },
        body=body,
        or_next=True,
    )  # fmt: skip
    AgendaPaper.objects.get_or_create(
        item_id=proposed.item_id, kind=PaperKind.EFFECT, ref=effect.rule_id,
        defaults={
            "title_zh": f"评估：{effect.title['zh']}"[:300], "title_en": f"Evaluation: {effect.title['en']}"[:300],
            "added_by": actor.label,
        },
    )  # fmt: skip
    return proposed.created


