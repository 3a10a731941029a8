"""Rules tried on filings of the time before they were in force: how often they would have found something.

Nothing is stored: counts come back. Each filing runs once, in the jail, with all rules that were not in force yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from analytics.jail import JailFailure
from common.db.acting import acting_as
from common.principal import Principal
from platforms.models import FilingRevision
from platforms.services.jailing import run_jailed_twice
from platforms.services.rehearsing import tables_of
from platforms.services.storage import scratch_for
from rulebook.compiler import CompiledCheck


@dataclass(frozen=True, slots=True)
class OlderCheck:
    """A rule's check as on its first day, and that day."""

    check: CompiledCheck
    since: date


@dataclass(frozen=True, slots=True)
class OlderCount:
    """How many filings of a period could be judged by a rule, and how many findings that would have made."""

    filings: int = 0
    findings: int = 0


Place = tuple[str, str]  # template, business line
Cell = tuple[str, str, str]  # rule, business line, period


def rehearse_older(
    *, actor: Principal, checks: Mapping[Place, Iterable[OlderCheck]], from_day: date
) -> dict[Cell, OlderCount]:
    """Try each check on every accepted filing that ended from `from_day` on and before the check's first day.

    A filing that breaks its reader, or that does not allow a rule to be judged, is not counted for it. Writes no row
    and keeps no file.
    """
    with acting_as(actor):
        work = [
            (revision, line, tried, tables_of(revision, {name for one in tried for name in one.check["needs"]}))
            for (template, line), older in sorted(checks.items())
            for revision, tried in _older(template, line, list(older), from_day)
        ]
    found: dict[Cell, OlderCount] = defaultdict(OlderCount)
    for revision, line, tried, tables in work:
        for rule_id, findings in _judged(revision, tried, tables).items():
            cell = (rule_id, line, revision.filing.period)
            found[cell] = OlderCount(found[cell].filings + 1, found[cell].findings + findings)
    return dict(found)


def _older(
    template: str, line: str, older: list[OlderCheck], from_day: date
) -> Iterable[tuple[FilingRevision, list[OlderCheck]]]:
    """Filings with the checks that were not in force when their period ended."""
    last = max((one.since for one in older), default=from_day)
    rows = FilingRevision.objects.in_force().filter(
        filing__template=template, filing__subject__business_line=line, filing__period_end__gte=from_day,
        filing__period_end__lt=last,
    )  # fmt: skip
    for revision in rows.select_related("filing__subject").order_by("filing__period_end", "id"):
        tried = [one for one in older if revision.filing.period_end < one.since]
        if tried:
            yield revision, tried


def _judged(revision: FilingRevision, tried: list[OlderCheck], tables: Mapping[str, list[str]]) -> dict[str, int]:
    """Findings by rule, for the rules that could be judged on this filing."""
    with scratch_for(str(revision.filing.subject.public_id)) as scratch:
        args = {
            "tables": dict(tables), "subject_template": revision.filing.template,
            "checks": [one.check for one in tried], "evidence_dir": str(scratch.evidence),
        }  # fmt: skip
        try:
            answer = run_jailed_twice("check", args, size=revision.content_bytes)
        except JailFailure:
            return {}
    found: dict[str, int] = {}
    for result in answer["results"]:
        if result["outcome"] in ("passed", "failed"):
            found[result["rule_id"]] = found.get(result["rule_id"], 0) + (result["outcome"] == "failed")
    return found
