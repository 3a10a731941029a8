"""Coverage of law on a day, from what is stored: confirmations made since the pack was written count."""

from __future__ import annotations

from datetime import date

from rulebook.coverage import LawCoverage, LawRule, law_coverage
from rulebook.entries import ClauseEntry
from rulebook.packs import shipped_gaps
from rulebook.selectors.confirmed import Moment
from rulebook.selectors.rules import rules_in_force
from rulebook.selectors.texts import ClauseOn, clauses
from rulebook.selectors.values import PACK


def law_matrix(on: date, *, pack: str = PACK, known_at: Moment = None) -> LawCoverage:
    """Return business lines × subjects on a day with gaps and overlaps; with a moment, as known then."""
    found = rules_in_force(on, pack=pack, known_at=known_at)
    rules = [LawRule(ref.rule, ref.enabled) for ref in found if ref.rule is not None]
    entries = [_entry(row) for row in clauses(on, pack=pack, known_at=known_at)]
    return law_coverage(rules, entries, on, shipped_gaps(pack))


def _entry(row: ClauseOn) -> ClauseEntry:
    return ClauseEntry(
        key=row.key, instrument=row.instrument, article=row.article or None, facts=row.facts, kind=row.kind,
        subject=row.subject, business_lines=row.business_lines, title=row.title, text=row.text,
        valid_from=row.valid_from or date.min, valid_to=row.valid_to, verified=row.verified,
        article_verified=bool(row.basis.get("article_verified")), text_status=str(row.basis.get("text_status")),
    )
