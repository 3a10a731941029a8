"""`manage.py jobs status|redrive`: what background work waits, runs or failed; put failed work back."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count

from common.db.acting import acting_as
from common.jobs import job_redrive
from common.models import Job, OutboxEvent
from common.principal import system_principal

SHOWN = 20


class Command(BaseCommand):
    """Operation of the durable jobs."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """redrive takes job numbers; without numbers it takes every failed job."""
        parser.add_argument("verb", choices=["status", "redrive"])
        parser.add_argument("numbers", nargs="*", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the verb as the system."""
        with acting_as(system_principal("operator")):
            if options["verb"] == "status":
                self._status()
            else:
                self._redrive(options["numbers"])

    def _status(self) -> None:
        for row in Job.objects.values("kind", "state").annotate(n=Count("id")).order_by("kind", "state"):
            self.stdout.write(f"{row['kind']:<34} {row['state']:<8} {row['n']}")
        for job in Job.objects.filter(state=Job.State.FAILED).order_by("-pk")[:SHOWN]:
            self.stdout.write(f"failed {job.pk} {job.key}, {job.attempt} attempts: {job.error.strip()[-200:]}")
        self.stdout.write(f"open events: {OutboxEvent.objects.filter(closed_at__isnull=True).count()}")

    def _redrive(self, numbers: list[int]) -> None:
        wanted = numbers or list(Job.objects.filter(state=Job.State.FAILED).values_list("pk", flat=True))
        self.stdout.write(f"put back: {sum(job_redrive(pk) for pk in wanted)} of {len(wanted)}")
