"""`manage.py bench [NAME] [--json] [--repeat N]`: benchmarks with their floors in the same run."""

from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

NOT_BENCHMARKS = frozenset({"__init__", "table"})


class Command(BaseCommand):
    """Without a name: what there is to measure."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """The benchmark's name, machine output, repetitions."""
        parser.add_argument("name", nargs="?")
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--repeat", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one benchmark and print its rows."""
        names = sorted(p.stem for p in Path(settings.BASE_DIR / "bench").glob("*.py") if p.stem not in NOT_BENCHMARKS)
        name = options["name"]
        if not name:
            self.stdout.write("\n".join(names))
            return
        if name not in names:
            raise CommandError(f"There is no benchmark {name!r}. There are: {', '.join(names)}.")
        table = import_module("bench.table")
        rows = import_module(f"bench.{name}").run(repeat=options["repeat"])
        self.stdout.write(table.printed(rows, as_json=options["as_json"]))
