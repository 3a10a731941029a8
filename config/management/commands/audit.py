"""`manage.py audit seal|verify`: seal the audit trail in signed batches; check it, also against the tables."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.audit import audit_seal, audit_verify
from common.db.acting import acting_as
from common.principal import system_principal


class Command(BaseCommand):
    """Sealing is safe to repeat; verify exits 1 and names every difference it finds."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """One verb; --json for machines."""
        parser.add_argument("verb", choices=["seal", "verify"])
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb as the system."""
        with acting_as(system_principal("audit")):
            if options["verb"] == "seal":
                epoch = audit_seal()
                self.stdout.write(f"sealed {epoch.entries} entries as {epoch}" if epoch else "nothing new to seal")
                return
            report = audit_verify()
        if options["json"]:
            self.stdout.write(json.dumps(report.__dict__))
        else:
            counts = f"{report.epochs} epochs, {report.entries} sealed entries"
            self.stdout.write(f"{counts}, {len(report.problems)} problems")
        if report.problems:
            raise CommandError("\n".join(report.problems))
