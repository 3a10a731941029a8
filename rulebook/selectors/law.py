"""The coverage of law as it stands in the tables: pack, staff versions and confirmed sources together."""

from __future__ import annotations

from datetime import date

from rulebook.coverage import LawCoverage, LawRule, law_coverage
from rulebook.entries import ClauseEntry
from rulebook.home import home
from rulebook.models import Clause
from rulebook.packs import shipped_gaps
from rulebook.selectors.confirmed import Moment
from rulebook.selectors.rules import rules_in_force

PACK = home().pack


def law_coverage_on(on: date, *, pack: str = PACK, known_at: Moment = None) -> LawCoverage:
    """Return the matrix business line × subject of a day, with its gaps and overlaps (paper 000, figure 5)."""
    rules = [LawRule(ref.rule, ref.enabled) for ref in rules_in_force(on, pack=pack, known_at=known_at) if ref.rule]
    rows = Clause.objects.known(known_at).filter(pack=pack).in_force(on)
    return law_coverage(rules, [clause_entry(row) for row in rows], on, shipped_gaps(pack))


def clause_entry(row: Clause) -> ClauseEntry:
    """Return a stored clause as the pure functions know it."""
    return ClauseEntry(
        key=row.key, instrument=row.instrument, article=row.article or None, facts=tuple(row.facts), kind=row.kind,
        subject=row.subject, business_lines=tuple(row.business_lines),
        title={"zh": row.title_zh, "en": row.title_en}, text={"zh": row.text_zh, "en": row.text_en},
        valid_from=row.valid_from or date.min, valid_to=row.valid_to, verified=row.verified,
        article_verified=row.article_verified, text_status=row.text_status, note=row.note,
    )
