"""`manage.py rulebook check|load|export|coverage|whatif|replay`: the law of packs, checked, loaded, tried, replayed."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from common import clock
from common.api.moments import moment_of
from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import system_principal
from complaints import services as complaints
from config import law_reports as reports
from platforms import services as platforms
from regulators import selectors as regulator_reads
from regulators import services as regulators
from rulebook import packs
from rulebook import selectors as rulebook_reads
from rulebook import services as rulebook
from rulebook.entries import Pack
from rulebook.home import home

ALL = "all"
ACTOR = system_principal("rulebook")


class Command(BaseCommand):
    """check needs no database and exits 1 on an error; load may be repeated; whatif and replay store nothing."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command per verb."""
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verb")
        check = verbs.add_parser("check", help="schema, names, dates, texts and every example of a pack")
        _pack(check, "a shipped pack, a folder, or all")
        check.add_argument("--without-examples", action="store_true", help="leave out the slow part")
        check.add_argument("--strict", action="store_true", help="warnings also make it fail")
        check.add_argument("--json", action="store_true", dest="as_json")
        load = verbs.add_parser("load", help="write a pack into the tables; twice changes nothing")
        _pack(load, "a shipped pack, or all")
        export = verbs.add_parser("export", help="write what the tables hold as YAML")
        _pack(export, "a loaded pack")
        export.add_argument("--to", type=Path, required=True, help="the folder in which <pack>/ is made")
        _known_at(export)
        coverage = verbs.add_parser("coverage", help="who supervises what, which law covers what; gaps and overlaps")
        _pack(coverage, "a loaded pack")
        coverage.add_argument("--on", type=_day)
        coverage.add_argument("--to", type=Path, help="write the matrix of law to a .csv or .json file")
        _known_at(coverage)
        whatif = verbs.add_parser("whatif", help="accepted filings under changed numbers or a draft rule")
        whatif.add_argument("--set", action="append", default=[], dest="changes", metavar="PARAMETER=VALUE",
                            help="a number of the law, or a term in its units: complaint.answer=10")
        whatif.add_argument("--rule", type=Path, help="a draft rule (YAML); it replaces the rule of its id")
        whatif.add_argument("--on", type=_day, help="law and newest filings of this day (default: today)")
        whatif.add_argument("--platform", action="append", default=[], help="public id or reference; may be repeated")
        whatif.add_argument("--json", action="store_true", dest="as_json")
        replay = verbs.add_parser("replay", help="make one finding again and compare")
        replay.add_argument("finding", type=uuid.UUID, help="public id of the finding")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb; a refusal becomes an error with its cure."""
        with translation.override("en"):  # as every other line a command prints
            try:
                getattr(self, f"_{options['verb']}")(options)
            except Refusal as refusal:
                raise CommandError(f"{refusal.message} {refusal.cure or ''}".strip()) from refusal

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)

    def _check(self, options: dict[str, Any]) -> None:
        today, examples = clock.real_now().date(), not options["without_examples"]
        found = [
            rulebook.pack_review(name, today=today, examples=examples, progress=_progress(f"{name} examples"))
            for name in _names(options["pack"])
        ]
        if options["as_json"]:
            self.stdout.write(json.dumps({"packs": [reports.review_json(one) for one in found]}, ensure_ascii=False))
        else:
            self._say(line for one in found for line in reports.review_lines(one))
        errors = sum(len(one.errors) + options["strict"] * len(one.warnings) for one in found)
        if errors:
            raise CommandError(f"{errors} to cure before loading.")

    def _load(self, options: dict[str, Any]) -> None:
        for name in _names(options["pack"]):
            source = packs.read_pack(name)
            with acting_as(ACTOR):
                law = rulebook.pack_load(actor=ACTOR, pack=source)
                bodies = _bodies_load(source) if source.name == home().pack else {}
            self._say(reports.load_lines(source.name, law, bodies))

    def _export(self, options: dict[str, Any]) -> None:
        done = rulebook.pack_export(
            actor=ACTOR, to=options["to"], pack=options["pack"], known_at=options["known_at"]
        )
        counts = ", ".join(f"{count} {name}" for name, count in done.counts.items())
        self.stdout.write(f"{done.pack}: {counts} in {done.folder}")

    def _coverage(self, options: dict[str, Any]) -> None:
        day, known_at = options["on"] or clock.today(), options["known_at"]
        with acting_as(ACTOR):
            law = rulebook_reads.law_coverage_on(day, pack=options["pack"] or home().pack, known_at=known_at)
            found = regulator_reads.coverage(day, known_at=known_at)
        if options["to"]:
            _write(options["to"], reports.coverage_text(law, options["to"].suffix))
            self.stdout.write(f"{options['to']}: {len(law.lines) * len(law.subjects)} cells")
            return
        self.stdout.write(
            f"on {day}: {found.cells} cells, {found.covered} with exactly one lead, {len(found.gaps)} gaps, "
            f"{len(found.overlaps)} overlaps"
        )
        for name, boxes in (("gap", found.gaps), ("overlap", found.overlaps)):
            self._say(reports.box_line(name, box) for box in boxes)
        self._say(reports.coverage_lines(law))

    def _whatif(self, options: dict[str, Any]) -> None:
        changes = dict(_change(text) for text in options["changes"])
        with acting_as(ACTOR):
            terms = {term.key for term in rulebook_reads.deadline_entries()} & set(changes)
        if terms:
            amounts = {key: _amount(key, changes[key]) for key in sorted(terms)}
            self._whatif_terms(amounts, set(changes) - terms, options)
            return
        report = rulebook.rule_rehearse(
            actor=ACTOR,
            on=options["on"] or clock.today(),
            changes=changes,
            rule_text=_read(options["rule"]) if options["rule"] else "",
            platforms=tuple(options["platform"]),
            progress=_progress("filings"),
        )
        if options["as_json"]:
            self.stdout.write(json.dumps(reports.rehearsal_json(report), ensure_ascii=False))
        else:
            self._say(reports.rehearsal_lines(report))

    def _whatif_terms(self, amounts: dict[str, int], others: set[str], options: dict[str, Any]) -> None:
        if others or options["rule"]:
            raise CommandError("Terms move clocks, numbers and rules judge filings: try them in two runs.")
        found = complaints.clocks_rehearse(actor=ACTOR, amounts=amounts)
        if options["as_json"]:
            self.stdout.write(json.dumps(asdict(found), default=str))
        else:
            self._say(reports.clock_lines(found))

    def _replay(self, options: dict[str, Any]) -> None:
        found = platforms.finding_replay(actor=ACTOR, finding=options["finding"])
        self._say(reports.replay_lines(found))
        if not found.is_identical:
            raise CommandError("The finding does not come out as it was stored.")


def _bodies_load(source: Pack) -> dict[str, Any]:
    """Bodies and mandates of the home pack. Codes of places are a pack's own, so those of others stay out."""
    return {
        "bodies": regulators.authorities_load(actor=ACTOR, pack=source),
        "mandates": regulators.mandates_load(actor=ACTOR, pack=source),
    }


def _pack(parser: Any, words: str) -> None:
    parser.add_argument("pack", nargs="?", default="", help=f"{words} (default: the home pack)")


def _names(pack: str) -> tuple[str, ...]:
    return packs.pack_names() if pack == ALL else (pack or home().pack,)


def _known_at(parser: Any) -> None:
    words = "as the system knew it then: a day (its end) or a moment (default: as it is known now)"
    parser.add_argument("--known-at", type=_moment, help=words)


def _moment(text: str) -> datetime:
    try:
        return moment_of(text, home().zone)
    except ValueError:
        raise ValueError(f"{text!r} is no moment; write 2017-06-30 or 2017-06-30T12:00:00+08:00") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no day; write 2017-06-30") from None


def _change(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"--set {text!r} has no value. Write --set p2p.some_limit=250.00.")
    return name.strip(), value.strip()


def _amount(key: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text[:6]) < 10_000):
        raise CommandError(f"{text!r} is no length of {key}. Write a whole number of its units, for example 10.")
    return int(text)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}. Give a YAML file in UTF-8.") from error


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _progress(what: str) -> rulebook.Progress | None:
    """Count on the terminal while it lasts; nothing where output is read by a program."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        sys.stderr.write(f"\r{what}: {done}/{total}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    return show
