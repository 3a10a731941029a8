"""Replay of one finding: the stored query of its rule version on its own immutable file, then compared word for word.

Tables that the rule read beside the file are those accepted when the finding was made. Nothing is stored.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.utils.translation import gettext_lazy as _

from analytics.digest import file_sha256
from analytics.engine import engine_version
from analytics.jail import JailFailure
from analytics.sandbox import SqlRefused
from analytics.sandbox.sources import MARKET
from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal
from platforms.choices import ACCEPTED_STATES
from platforms.models import FilingRevision, Finding
from platforms.selectors import findings_visible_to
from platforms.services.jailing import run_jailed_twice
from platforms.services.recording import MAX_ROW_NUMBERS
from platforms.services.storage import path_of, scratch_for
from rulebook.compiler import CompiledCheck, stored_check
from rulebook.compiler.language import LanguageError
from rulebook.entries import Rule
from rulebook.selectors import rule_by_version

_COMPARED = ("count", "measured", "threshold", "row_numbers")


@dataclass(frozen=True)
class Difference:
    """One thing that came out otherwise: what, as it was stored, as it came out now."""

    what: str
    stored: str
    now: str


@dataclass(frozen=True)
class Replay:
    """A finding made again. `is_identical` also when another engine version gave the same answer."""

    finding: uuid.UUID
    rule_id: str
    rule_sha256: str
    file_sha256: str
    engine_stored: str
    engine_now: str
    differences: tuple[Difference, ...] = ()

    @property
    def is_identical(self) -> bool:
        """Whether subject, count, measure, threshold, rows and evidence are the same."""
        return not self.differences

    @property
    def is_same_engine(self) -> bool:
        """Whether the engine has the version it had then."""
        return self.engine_stored == self.engine_now


def finding_replay(*, actor: Principal, finding: uuid.UUID) -> Replay:
    """Judge a finding's file again with the query that was stored, and say whether the answer is the same.

    Refuses when the finding is not the reader's (404), its rule version is missing, it came from a term and not from
    a query, or its file or a file beside it is missing or not the one that was judged.
    """
    with acting_as(actor):
        found = findings_visible_to(actor).select_related("revision__filing__subject").filter(public_id=finding).first()
        if found is None:
            raise NotYours("finding")
        ref = rule_by_version(found.rule_version_id)
        rule = ref.rule if ref else None
        if rule is None:
            raise Refusal(
                "replay.version_missing", _("The rule version of this finding is missing."),
                cure=_("Restore the table of rule versions from a backup."), status=409,
            )
        check = _check(found, rule)
        tables = _tables(found.revision, set(check["needs"]))
    return _replayed(found, rule, check, tables)


def _check(found: Finding, rule: Rule) -> CompiledCheck:
    if not found.compiled_sql:
        raise Refusal(
            "replay.no_query", _("This finding came from a term, not from a query on rows."),
            cure=_("Its dates stand in the finding: what was due, and when it was done."), status=409,
        )
    try:
        return stored_check(rule, found.compiled_sql, found.threshold)
    except (LanguageError, SqlRefused) as refused:
        raise _no_longer_allowed(refused) from refused


def _no_longer_allowed(refused: Exception) -> Refusal:
    return Refusal(
        "replay.sql_refused", _("The stored query is no longer allowed: %(why)s") % {"why": refused},
        cure=_("Replay it with the release that made it."), status=409,
    )


def _tables(revision: FilingRevision, needed: set[str]) -> dict[str, list[str]]:
    """The filing's own file, and beside it what had been accepted for the period when the filing was decided."""
    filing = revision.filing
    own = _sound(revision)
    tables = {filing.template: [own]}
    if f"{filing.template}{MARKET}" in needed:
        tables[f"{filing.template}{MARKET}"] = [own]
    others = needed - {filing.template}
    for other in _beside(revision, {name.removesuffix(MARKET) for name in others}):
        template, path = other.filing.template, _sound(other)
        if other.filing.subject_id == filing.subject_id and template in others:
            tables.setdefault(template, []).append(path)
        if f"{template}{MARKET}" in others:
            tables.setdefault(f"{template}{MARKET}", []).append(path)
    return tables


def _beside(revision: FilingRevision, templates: set[str]) -> Iterable[FilingRevision]:
    rows = FilingRevision.objects.filter(
        filing__period=revision.filing.period, filing__template__in=templates, state__in=ACCEPTED_STATES,
        checked_at__lte=revision.checked_at,
    )
    rows = rows.exclude(filing_id=revision.filing_id).exclude(lake_key="").select_related("filing")
    return rows.order_by("filing_id", "-number").distinct("filing_id")


def _sound(revision: FilingRevision) -> str:
    """The path of a revision's file, once its hash has been compared."""
    path = path_of(revision.lake_key) if revision.lake_key else ""
    if not path or not Path(path).is_file():
        raise Refusal(
            "replay.file_missing", _("The file of the filing is missing."),
            cure=_("Restore %(key)s from the backup of the lake.") % {"key": revision.lake_key or "?"}, status=409,
        )
    if file_sha256(Path(path)) != revision.lake_sha256:
        raise Refusal(
            "replay.file_changed", _("The file of the filing is not the one that was judged."),
            cure=_("Restore %(key)s from the backup of the lake.") % {"key": revision.lake_key}, status=409,
        )
    return path


def _replayed(found: Finding, rule: Rule, check: CompiledCheck, tables: Mapping[str, list[str]]) -> Replay:
    with scratch_for(str(found.revision.filing.subject.public_id)) as scratch:
        args = {
            "tables": tables, "subject_template": found.revision.filing.template, "checks": [check],
            "evidence_dir": str(scratch.evidence),
        }
        try:
            answer = run_jailed_twice("check", args, size=found.revision.content_bytes)
        except SqlRefused as refused:
            raise _no_longer_allowed(refused) from refused
        except JailFailure as failure:
            raise Refusal("replay.failed", failure.message["en"], cure=failure.cure["en"], status=409) from failure
        return _compared(found, rule, answer)


def _compared(found: Finding, rule: Rule, answer: Mapping[str, Any]) -> Replay:
    results = [one for one in answer["results"] if one["outcome"] == "failed"]
    again = next((one for one in results if str(one.get("subject") or "")[:200] == found.subject), None)
    if again is None:
        said = answer["results"][0] if answer["results"] else {"outcome": "nothing"}
        differences: tuple[Difference, ...] = (Difference("outcome", "failed", _outcome(said, results)),)
    else:
        differences = tuple(_differences(found, again))
    return Replay(
        finding=found.public_id, rule_id=found.rule_id, rule_sha256=rule.sha256,
        file_sha256=found.revision.lake_sha256, engine_stored=found.engine,
        engine_now=answer.get("engine") or engine_version(), differences=differences,
    )


def _outcome(said: Mapping[str, Any], failed: list[Any]) -> str:
    return "failed for other subjects" if failed else str(said["outcome"])


def _differences(found: Finding, again: Mapping[str, Any]) -> Iterable[Difference]:
    now = {
        "count": str(again.get("count") or 0), "measured": _short(again.get("measured")),
        "threshold": _short(again.get("threshold")),
        "row_numbers": str(list(again.get("row_numbers") or [])[:MAX_ROW_NUMBERS]),
    }
    for what in _COMPARED:
        stored = str(getattr(found, what))
        if stored != now[what]:
            yield Difference(what, stored, now[what])
    if found.evidence_sha256 != (again.get("evidence_sha256") or ""):
        yield from _evidence_differences(found, again.get("evidence_path") or "")


def _evidence_differences(found: Finding, path: str) -> Iterable[Difference]:
    """Every failing row, compared on the columns both files have.

    A filing is checked with all its rules in one scan, which also shows the columns of the other rules; alone the
    same rows come with fewer columns, so their files differ in bytes.
    """
    stored = path_of(found.evidence_key) if found.evidence_key else ""
    if not stored or not Path(stored).is_file():
        yield Difference("evidence", "missing", "made again" if path else "none")
        return
    if file_sha256(Path(stored)) != found.evidence_sha256:
        yield Difference("evidence", "changed since", "made again" if path else "none")
        return
    then, now = pq.read_table(stored), pq.read_table(path) if path else None
    if now is None:
        yield Difference("evidence", f"{then.num_rows} rows", "none")
        return
    shared = [name for name in then.column_names if name in now.column_names]
    if not shared or not then.select(shared).equals(now.select(shared)):
        yield Difference("evidence", f"{then.num_rows} rows", f"{now.num_rows} rows, not the same")


def _short(value: Any) -> str:
    return "" if value is None else str(value)[:120]
