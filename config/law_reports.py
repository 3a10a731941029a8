"""What `manage.py rulebook` prints: reviews, coverage, rehearsals and replays as lines. No decisions here."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from complaints.services import ClockRehearsal
from platforms.services import Replay
from rulebook.coverage import LawCoverage, as_json, table
from rulebook.services import PackLoadResult, PackReview, RehearsalReport

SHOWN_ROWS = 20


def review_lines(found: PackReview) -> Iterable[str]:
    """Remarks first, then counts, then the verdict."""
    yield from (str(remark) for remark in found.remarks)
    for name, value in found.counts.items():
        text = ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        yield f"{name}: {text}"
    yield f"{found.pack}: {len(found.errors)} errors, {len(found.warnings)} warnings"


def review_json(found: PackReview) -> dict[str, Any]:
    """Counts and remarks for machines."""
    remarks = [
        {"level": remark.level, "code": remark.code, **asdict(remark.problem)} for remark in found.remarks
    ]
    return {"pack": found.pack, **found.counts, "errors": len(found.errors), "warnings": len(found.warnings),
            "remarks": remarks}  # fmt: skip


def load_lines(pack: str, law: PackLoadResult, bodies: Mapping[str, Any]) -> Iterable[str]:
    """One line per kind: entries added, with a new version, retired, as before, and left because staff made them."""
    for kind, counts in {**law.counts, **bodies}.items():
        kept = f", {counts.kept} kept as staff made them" if counts.kept else ""
        yield (
            f"{pack} {kind}: {counts.created} added, {counts.changed} changed (new version), "
            f"{counts.retired} retired, {counts.unchanged} as before{kept}"
        )
    if not bodies:
        yield f"{pack}: its law only; bodies and mandates are loaded from the home pack"


def box_line(name: str, box: Any) -> str:
    """One gap or overlap of supervision: lines, roles and regions that share it, and since when."""
    where = f"{len(box.regions)} regions" if len(box.regions) > 1 else box.regions[0]
    held = f" ({', '.join(box.holders)})" if box.holders else ""
    since = f", since {box.since}" if box.since else ""
    return f"{name}: {', '.join(box.lines)}: {', '.join(box.roles)}, {where}{held}{since}"


def coverage_lines(found: LawCoverage) -> Iterable[str]:
    """The matrix as a table of words, then gaps, then overlaps."""
    counts = ", ".join(f"{count} {state}" for state, count in found.counts().items())
    yield f"law on {found.on}: {len(found.lines) * len(found.subjects)} cells, {counts}"
    width = max(map(len, found.lines)) + 2
    columns = [max(len(subject), 11) + 2 for subject in found.subjects]
    yield " " * width + "".join(subject.ljust(size) for subject, size in zip(found.subjects, columns, strict=True))
    for line in found.lines:
        states = [found.cell(line, subject).state for subject in found.subjects]
        yield line.ljust(width) + "".join(state.ljust(size) for state, size in zip(states, columns, strict=True))
    for cell in found.gaps:
        yield f"gap: {cell.line}, {cell.subject}: {cell.state}{_of(cell.instruments)}"
    for gap in found.named:
        yield f"known to be missing: {gap.line}, {' '.join(gap.subjects)}: {gap.title['en']}"
    for one in found.overlaps:
        rules = ", ".join(one.rules)
        yield f"overlap: {one.line}, {one.subject}: {rules} on {one.quantity[:60]} ({'; '.join(one.thresholds)})"


def _of(instruments: Iterable[str]) -> str:
    names = ", ".join(instruments)
    return f" ({names})" if names else ""


def coverage_text(found: LawCoverage, suffix: str) -> str:
    """The content of a file: `.csv` one row per cell, `.json` everything. Raises `ValueError` for another suffix."""
    if suffix == ".json":
        return json.dumps(as_json(found), ensure_ascii=False, indent=2) + "\n"
    if suffix != ".csv":
        raise ValueError(f"{suffix or 'No suffix'} is not known. Name the file .csv or .json.")
    rows, buffer = table(found), io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def clock_lines(found: ClockRehearsal) -> Iterable[str]:
    """How many open clocks count by the terms, and which would move from when to when."""
    late = sum(one.is_late_after for one in found.moved)
    yield f"open clocks: {found.clocks}, would move: {len(found.moved)}, late at once: {late}; nothing was stored"
    for one in found.moved[:SHOWN_ROWS]:
        mark = " (late)" if one.is_late_after else ""
        yield f"{one.public_id}  {one.key}: {one.before} → {one.after}{mark}"
    if len(found.moved) > SHOWN_ROWS:
        yield f"and {len(found.moved) - SHOWN_ROWS} more"


def rehearsal_lines(report: RehearsalReport) -> Iterable[str]:
    """Totals, the platforms whose findings change, and what could not be tried."""
    yield f"rules: {', '.join(report.rules) or 'none'}"
    yield (
        f"on {report.on}: {report.filings} filings, {report.rows} rows, findings {report.before} before, "
        f"{report.after} after, {report.seconds:.1f} s; nothing was stored"
    )
    changed = [row for row in report.platforms if row.before != row.after or row.rows_before != row.rows_after]
    for row in changed[:SHOWN_ROWS]:
        yield (
            f"{row.name}: {row.before} → {row.after} findings, {row.rows_before} → {row.rows_after} rows "
            f"(+{len(row.appeared)} −{len(row.vanished)})"
        )
    if len(changed) > SHOWN_ROWS:
        yield f"… {len(changed) - SHOWN_ROWS} more platforms change; use --json for all"
    yield f"{len(report.platforms) - len(changed)} platforms do not change"
    for what, count in _skips(report).items():
        yield f"not tried: {what}" + (f" ({count} filings)" if count > 1 else "")


def _skips(report: RehearsalReport) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for skip in report.skipped:
        rule = skip.what.rpartition(" · ")[2]
        text = f"{rule}: {skip.reason['en']}"
        found[text] = found.get(text, 0) + 1
    return found


def rehearsal_json(report: RehearsalReport) -> dict[str, Any]:
    """The whole report for machines."""
    return {**asdict(report), "on": report.on.isoformat(), "before": report.before, "after": report.after}


def replay_lines(found: Replay) -> Iterable[str]:
    """Identical or not, then every difference."""
    verdict = "identical" if found.is_identical else f"{len(found.differences)} differences"
    yield f"finding {found.finding} of {found.rule_id}: {verdict}"
    yield f"rule version {found.rule_sha256[:16]}…, file {found.file_sha256[:16]}…"
    engine = found.engine_stored if found.is_same_engine else f"{found.engine_stored}, replayed with {found.engine_now}"
    yield f"engine: {engine}"
    for one in found.differences:
        yield f"{one.what}: stored {one.stored!r}, now {one.now!r}"
