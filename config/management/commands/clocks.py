"""`manage.py clocks check|recompute`: read every open deadline again from its events and say what moved and why."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from common.principal import system_principal
from complaints import services as complaints
from complaints.services import RecomputeReport


class Command(BaseCommand):
    """check writes nothing; recompute writes what moved, with its cause, and tells those concerned."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """--under-present-rules: what would move if older complaints came under today's version of their rule."""
        parser.add_argument("verb", choices=["check", "recompute"])
        parser.add_argument("--under-present-rules", action="store_true")
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb as the system."""
        report = complaints.clocks_recompute(
            actor=system_principal("operator"),
            apply=options["verb"] == "recompute",
            under_present_rules=options["under_present_rules"],
        )
        self.stdout.write(json.dumps(asdict(report), default=str) if options["as_json"] else _text(report))


def _text(report: RecomputeReport) -> str:
    lines = [f"{item.public_id}  {item.key}: {item.before} → {item.after} ({', '.join(item.causes)})"
             for item in report.moved]
    done = "written" if report.applied else "nothing written"
    return "\n".join([f"clocks read: {report.clocks}, moved: {len(report.moved)}, {done}", *lines])
