"""Who is competent, why, and whether the map has holes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regulators.choices import BusinessLine, MandateRole
from regulators.facts import COUNTRY, Coverage, MandateFact, MandateTable, cover, decide
from regulators.models import Authority, Mandate, Region
from regulators.selectors.authorities import AuthorityRef, authority_facts, ref_of
from regulators.selectors.wording import Cell, bases_of, explain


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


def competent_authorities(business_line: str, role: str, region: str, on: date) -> Competence:
    """The lead and assisting authorities of a cell on a day, from the mandate table, with the reason.

    A body that was succeeded stands for its successor. A mandate whose source nobody confirmed never makes a
    lead; its body may assist. Source: Guiding Opinions of July 2015; reforms of 2018-04-08 and 2023-05-18.
    """
    table = _cell_table(business_line, role, region)
    decision = decide(table, business_line, role, region, on)
    codes = {decision.lead, *decision.assisting, *decision.candidates}
    refs = {a.code: ref_of(a) for a in Authority.objects.filter(code__in=codes)}
    why = {
        language: explain(table, decision, Cell(business_line, role, region_names(region)[language], on), language)
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


def region_names(code: str) -> dict[str, str]:
    """A region as the explanation writes it: name and code."""
    row = Region.objects.filter(pk=code).first()
    if row is None:
        return {"zh": code, "en": code}
    return {"zh": f"{row.name_zh}（{code}）", "en": f"{row.name_en} ({code})"}


def mandate_table() -> MandateTable:
    """The whole supervision map from the database (three queries)."""
    rows = [MandateFact(*row) for row in Mandate.objects.order_by("pk").values_list(*_FIELDS)]
    return MandateTable.build(authority_facts().values(), rows)


def _cell_table(business_line: str, role: str, region: str) -> MandateTable:
    """The part of the map that can answer for one cell: rows of the regions that contain it."""
    around = {COUNTRY, f"{region[:2]}0000", f"{region[:4]}00", region}
    found = Mandate.objects.filter(business_line=business_line, role=role, region__in=around)
    rows = [MandateFact(*row) for row in found.order_by("pk").values_list(*_FIELDS)]
    return MandateTable.build(authority_facts({row.authority for row in rows}).values(), rows)


_FIELDS = (
    "business_line", "role", "region", "authority__code", "duty", "valid_from", "valid_to", "verified",
    "basis_zh", "basis_en",
)  # fmt: skip


def coverage(on: date, lines: Sequence[str] | None = None, roles: Sequence[str] | None = None) -> Coverage:
    """Every cell line × role × region on that day: how many have exactly one lead, all gaps, all overlaps."""
    provinces = [r.pk for r in Region.objects.all() if r.pk != COUNTRY and r.pk.endswith("0000")]
    return cover(
        mandate_table(),
        tuple(lines or BusinessLine.values),
        tuple(roles or MandateRole.values),
        provinces,
        on,
    )
