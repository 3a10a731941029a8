"""`manage.py demo_run`: sends the demo quarter (or real data) through the doors and prints the report.

Started by `manage.py demo` once the web, the worker, the schedule and the relay are up. Safe to repeat: what an earlier
run has done is recognised by its natural keys and left alone.
"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from config.demo import generated, printed, real_run, report, steps
from config.demo.progress import Progress


class Command(BaseCommand):
    """The main path, end to end."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """--from: a folder of real data; --json: write the report's numbers there (no passwords)."""
        parser.add_argument("--base-url", required=True)
        parser.add_argument("--from", dest="folder", default="")
        parser.add_argument("--json", dest="json_file", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the steps, write the numbers, print the report."""
        source = "real data" if options["folder"] else "generated quarter 2017 Q2"
        demo = steps.Demo(options["base_url"], Progress(), source)
        if options["folder"]:
            real_run.run(demo, Path(options["folder"]))
        else:
            generated.run(demo)
        numbers = report.collect(demo)
        if options["json_file"]:
            text = json.dumps(numbers, ensure_ascii=False, indent=2, default=str)
            Path(options["json_file"]).write_text(text + "\n", encoding="utf-8")
        self.stdout.write(printed.printed(numbers, demo))
