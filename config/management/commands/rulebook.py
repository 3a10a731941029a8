"""`manage.py rulebook check|load|coverage`: check a pack, load it, list gaps and overlaps of supervision."""

import json
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common import clock
from common.db.acting import acting_as
from common.principal import system_principal
from regulators import selectors as regulator_reads
from regulators import services as regulators
from rulebook import packs
from rulebook import services as rulebook


class Command(BaseCommand):
    """check needs no database and exits 1 on the first bad pack; load may be repeated."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """A verb, a pack (default cn), a day for coverage, --json for machines."""
        parser.add_argument("verb", choices=["check", "load", "coverage"])
        parser.add_argument("pack", nargs="?", default="cn")
        parser.add_argument("--on", type=date.fromisoformat)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb."""
        getattr(self, f"_{options['verb']}")(options)

    def _check(self, options: dict[str, Any]) -> None:
        problems = rulebook.pack_check(options["pack"])
        if problems:
            raise CommandError("\n".join(str(problem) for problem in problems))
        rules = packs.read_pack(options["pack"]).rules
        counts = {
            "pack": options["pack"],
            "rules": len(rules),
            "by_kind": dict(Counter(rule.kind for rule in rules)),
            "examples": sum(len(rule.examples) for rule in rules),
            "verified": dict(Counter(str(rule.basis.verified) for rule in rules)),
        }
        lines = "\n".join(f"{name}: {value}" for name, value in counts.items())
        self.stdout.write(json.dumps(counts) if options["as_json"] else lines)

    def _load(self, options: dict[str, Any]) -> None:
        with acting_as(system_principal("rulebook")) as actor:
            results = [
                rulebook.pack_load(actor=actor, pack=options["pack"]),
                regulators.authorities_load(actor=actor, pack=options["pack"]),
                regulators.mandates_load(actor=actor, pack=options["pack"]),
            ]
        for result in results:
            self.stdout.write(str(result))

    def _coverage(self, options: dict[str, Any]) -> None:
        day = options["on"] or clock.today()
        with acting_as(system_principal("rulebook")):
            found = regulator_reads.coverage(day)
        self.stdout.write(f"on {day}: {len(found.gaps)} gaps, {len(found.overlaps)} overlaps")
        for name, boxes in (("gap", found.gaps), ("overlap", found.overlaps)):
            for box in boxes:
                where = f"{len(box.regions)} regions" if len(box.regions) > 1 else box.regions[0]
                self.stdout.write(f"{name}: {', '.join(box.lines)}; {', '.join(box.roles)}; {where}")
