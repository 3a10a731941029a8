"""Rehearsals: changed checks on the filings that were accepted, in the jail, read-only. Nothing is stored.

Everything needed is read in one short transaction; the checks run outside of it, before and after in one child per
filing; evidence goes to a scratch folder that is removed.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Max, Q

from analytics.jail import JailFailure
from common.db.acting import acting_as
from common.principal import Principal
from platforms.models import FilingRevision, Platform
from platforms.services.checking import tables_beside
from platforms.services.jailing import run_jailed_twice
from platforms.services.storage import path_of, scratch_for
from rulebook.compiler import CompiledCheck
from rulebook.services import ChangedChecks, Rehearsal, RehearsalReport, RehearsalRow, RehearsalSkip, RehearsedFinding

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True)
class Try:
    """One filing with the checks to run on it."""

    revision: FilingRevision
    checks: ChangedChecks
    tables: Mapping[str, list[str]]


@dataclass(frozen=True)
class Tried:
    """What one filing gave: findings before and after, or why it could not be tried."""

    platform: Platform
    rows: int
    before: tuple[RehearsedFinding, ...] = ()
    after: tuple[RehearsedFinding, ...] = ()
    skipped: tuple[RehearsalSkip, ...] = ()


def rehearse(*, actor: Principal, rehearsal: Rehearsal) -> RehearsalReport:
    """Run changed checks on the newest accepted filings that ended on or before the rehearsal's day.

    For every template and business line the newest period counts. A filing that breaks its reader, or a rule its file
    does not allow to judge, is listed as skipped. Writes no row and keeps no file.
    """
    started = time.monotonic()
    with acting_as(actor):
        tries = list(_tries(rehearsal))
    tried = []
    for number, work in enumerate(tries, 1):
        tried.append(_tried(work))
        if rehearsal.progress:
            rehearsal.progress(number, len(tries))
    rules = {rule for pair in rehearsal.checks.values() for rule in (*pair.before, *pair.after)}
    return RehearsalReport(
        on=rehearsal.on,
        rules=tuple(sorted(rules)),
        filings=len(tries),
        rows=sum(found.rows for found in tried),
        platforms=tuple(_by_platform(tried)),
        seconds=round(time.monotonic() - started, 3),
        skipped=(*_held(rehearsal), *(skip for found in tried for skip in found.skipped)),
    )


def _tries(rehearsal: Rehearsal) -> Iterable[Try]:
    for (template, line), checks in sorted(rehearsal.checks.items()):
        if not checks:
            continue
        needed = {table for check in (*checks.before.values(), *checks.after.values()) for table in check["needs"]}
        for revision in _newest(rehearsal, template, line):
            yield Try(revision, checks, tables_of(revision, needed))


def _newest(rehearsal: Rehearsal, template: str, line: str) -> Iterable[FilingRevision]:
    found = FilingRevision.objects.in_force().filter(
        filing__template=template, filing__subject__business_line=line, filing__period_end__lte=rehearsal.on
    )
    period_end = found.aggregate(newest=Max("filing__period_end"))["newest"]
    found = found.filter(filing__period_end=period_end)
    if rehearsal.platforms:
        wanted = list(rehearsal.platforms)
        by_id = Q(filing__subject__public_id__in=[name for name in wanted if _is_uuid(name)])
        found = found.filter(by_id | Q(filing__subject__external_ref__in=wanted))
    return found.select_related("filing__subject").order_by("filing__subject_id", "id")


def _is_uuid(name: str) -> bool:
    return len(name) == 36 and name.count("-") == 4


def tables_of(revision: FilingRevision, needed: set[str]) -> dict[str, list[str]]:
    """As at the check of a filing: its own file, what others filed for the period, everybody's where a rule asks."""
    filing, own = revision.filing, path_of(revision.lake_key)
    tables = {name: list(paths) for name, paths in tables_beside(filing, needed).items()}
    tables[filing.template] = [own]
    if f"{filing.template}_market" in needed:
        tables.setdefault(f"{filing.template}_market", []).append(own)
    return tables


def _tried(work: Try) -> Tried:
    subject, revision = work.revision.filing.subject, work.revision
    checks = [*_marked(BEFORE, work.checks.before), *_marked(AFTER, work.checks.after)]
    with scratch_for(str(subject.public_id)) as scratch:
        args = {
            "tables": work.tables, "subject_template": revision.filing.template, "checks": checks,
            "evidence_dir": str(scratch.evidence),
        }
        try:
            answer = run_jailed_twice("check", args, size=revision.content_bytes)
        except JailFailure as failure:
            return Tried(subject, 0, skipped=(RehearsalSkip(subject.name, dict(failure.message)),))
    return _told(work, answer["results"])


def _marked(when: str, checks: Mapping[str, CompiledCheck]) -> list[CompiledCheck]:
    return [{**check, "rule_id": f"{when}:{rule_id}"} for rule_id, check in checks.items()]


def _told(work: Try, results: list[dict[str, Any]]) -> Tried:
    revision = work.revision
    found: dict[str, list[RehearsedFinding]] = {BEFORE: [], AFTER: []}
    skipped: dict[str, RehearsalSkip] = {}
    for result in results:
        when, _, rule_id = result["rule_id"].partition(":")
        if result["outcome"] == "failed":
            checks = work.checks.before if when == BEFORE else work.checks.after
            found[when].append(_finding(revision, rule_id, result, checks[rule_id]))
        elif result["outcome"] == "not_evaluable":
            what = f"{revision.filing.subject.name} · {rule_id}"
            skipped[what] = RehearsalSkip(what, {key: result["reason"][key] for key in ("zh", "en")})
    return Tried(
        revision.filing.subject, revision.rows_accepted, tuple(found[BEFORE]), tuple(found[AFTER]),
        tuple(skipped.values()),
    )


def _finding(
    revision: FilingRevision, rule_id: str, result: Mapping[str, Any], check: CompiledCheck
) -> RehearsedFinding:
    return RehearsedFinding(
        rule_id=rule_id, template=revision.filing.template, period=revision.filing.period,
        subject=str(result.get("subject") or ""), severity=check["severity"], count=int(result.get("count") or 0),
        measured=result.get("measured"), threshold=result.get("threshold"),
    )


def _by_platform(tried: Iterable[Tried]) -> Iterable[RehearsalRow]:
    rows: dict[int, RehearsalRow] = {}
    for found in tried:
        known = rows.get(found.platform.pk) or RehearsalRow(str(found.platform.public_id), found.platform.name, 0, 0)
        rows[found.platform.pk] = _added(known, found)
    return sorted(rows.values(), key=_most_changed_first)


def _most_changed_first(row: RehearsalRow) -> tuple[int, int, int, str]:
    return -abs(row.after - row.before), -abs(row.rows_after - row.rows_before), -row.after, row.name


def _added(row: RehearsalRow, found: Tried) -> RehearsalRow:
    before, after = ({_key(one): one for one in part} for part in (found.before, found.after))
    return replace(
        row,
        before=row.before + len(found.before),
        after=row.after + len(found.after),
        appeared=(*row.appeared, *(one for key, one in after.items() if key not in before)),
        vanished=(*row.vanished, *(one for key, one in before.items() if key not in after)),
        rows_before=row.rows_before + sum(one.count for one in found.before),
        rows_after=row.rows_after + sum(one.count for one in found.after),
    )


def _key(finding: RehearsedFinding) -> tuple[str, str, str, str]:
    return finding.rule_id, finding.template, finding.period, finding.subject


def _held(rehearsal: Rehearsal) -> Iterable[RehearsalSkip]:
    reasons = {rule_id: text for pair in rehearsal.checks.values() for rule_id, text in pair.held.items()}
    return [RehearsalSkip(rule_id, text) for rule_id, text in sorted(reasons.items())]
