"""Who is competent, why, and whether the map has holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from regulators.choices import BusinessLine, MandateRole
from regulators.facts import Coverage, MandateFact, MandateTable, RegionTree, cover, cover_on, decide
from regulators.models import Mandate
from regulators.selectors.authorities import (
    AuthorityRef,
    Moment,
    authority_facts,
    refs_by_code,
    region_text,
    region_tree,
)
from regulators.selectors.wording import Cell, bases_of, explain, unknown_region


@dataclass(frozen=True, slots=True)
class Competence:
    """Answer to "who supervises this": state is decided, overlap or gap.

    `lead` is None unless decided; `candidates` are all confirmed leads; `since` is the first day of this
    answer and `until` the first day on which it may change; `why` says it in both languages.
    """

    lead: AuthorityRef | None
    assisting: tuple[AuthorityRef, ...]
    basis: tuple[dict[str, str], ...]
    why: dict[str, str]
    state: str
    candidates: tuple[AuthorityRef, ...]
    since: date | None
    until: date | None


def competent_authorities(
    business_line: str, role: str, region: str, on: date, *, known_at: Moment = None
) -> Competence:
    """The lead and assisting authorities of a cell on a day, from the mandate table, with the reason.

    A region that the pack does not know is a gap that says so.

    A body that was succeeded stands for its successor. A mandate whose source nobody confirmed never makes a
    lead; its body may assist. With a moment, the answer is that of the map as it was known then.

    Source: Guiding Opinions of July 2015; reforms of 2018-04-08 and 2023-05-18.
    """
    tree = region_tree(known_at)
    if tree.parents and not tree.knows(region):
        return Competence(None, (), (), unknown_region(region), "gap", (), None, None)
    table = _cell_table(business_line, role, region, tree, known_at)
    decision = decide(table, business_line, role, region, on)
    refs = refs_by_code({decision.lead, *decision.assisting, *decision.candidates}, known_at)
    place = region_text(region, known_at)
    why = {
        language: explain(table, decision, Cell(business_line, role, place[language], on), language)
        for language in ("zh", "en")
    }
    return Competence(
        lead=refs.get(decision.lead),
        assisting=tuple(refs[code] for code in decision.assisting),
        basis=tuple({"zh": zh, "en": en} for zh, en in bases_of(decision)),
        why=why,
        state=decision.state,
        candidates=tuple(refs[code] for code in decision.candidates),
        since=decision.since,
        until=decision.until,
    )


def mandate_table(known_at: Moment = None) -> MandateTable:
    """The whole supervision map from the database (five queries); with a moment, as it was known then."""
    rows = _facts(Mandate.objects.known(known_at))
    return MandateTable.build(authority_facts(known_at=known_at).values(), rows, region_tree(known_at))


def _cell_table(business_line: str, role: str, region: str, tree: RegionTree, known_at: Moment) -> MandateTable:
    """The part of the map that can answer for one cell: rows of the regions that contain it."""
    found = Mandate.objects.known(known_at)
    rows = _facts(found.filter(business_line=business_line, role=role, region__in=tree.ancestors(region)))
    return MandateTable.build(authority_facts({row.authority for row in rows}, known_at).values(), rows, tree)


def _facts(rows: QuerySet[Mandate]) -> list[MandateFact]:
    """In an order that a new version of a row does not change."""
    return [MandateFact(*row) for row in rows.order_by(*_ORDER).values_list(*_FIELDS)]


_FIELDS = (
    "business_line", "role", "region", "authority__code", "duty", "valid_from", "valid_to", "verified",
    "basis_zh", "basis_en",
)  # fmt: skip
_ORDER = ("business_line", "role", "region", "valid_from", "duty", "authority__code")


def coverage(
    on: date, lines: Sequence[str] | None = None, roles: Sequence[str] | None = None, country: str = "",
    *, known_at: Moment = None,
) -> Coverage:
    """Every cell line × role × region on one day: how many have exactly one lead, all gaps, all overlaps.

    Each box says since when and until when its answer holds. `country` is a region code; without it every
    country for which a mandate is on record.
    """
    table = mandate_table(known_at)
    return cover_on(table, *_axes(lines, roles), regions_of(table, country), on)


def coverage_between(
    first: date | None,
    until: date | None,
    lines: Sequence[str] | None = None,
    roles: Sequence[str] | None = None,
    country: str = "",
    *,
    known_at: Moment = None,
) -> Coverage:
    """The same for every day from `first` to before `until` (None: open): all gaps and overlaps with their days."""
    table = mandate_table(known_at)
    return cover(table, *_axes(lines, roles), regions_of(table, country), first=first, until=until)


def _axes(lines: Sequence[str] | None, roles: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(lines or BusinessLine.values), tuple(roles or MandateRole.values)


def regions_of(table: MandateTable, country: str = "") -> tuple[str, ...]:
    """The regions whose cells are asked: the parts of a country, or of every country with a mandate."""
    tree = table.regions
    named = frozenset(row.region for row in table.mandates)
    countries = [country] if country else sorted({tree.country_of(region) for region in named})
    return tuple(cell for each in countries for cell in tree.cells(each, named))
