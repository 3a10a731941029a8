"""`manage.py demo_prepare`: migrate, load the pack, create the demo's staff. Started by `manage.py demo`."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from common.db.acting import acting_as
from common.principal import system_principal
from config.demo import people
from config.owner import as_owner
from regulators import services as regulators
from rulebook import services as rulebook


class Command(BaseCommand):
    """Makes an empty or an older database ready for the demo; running it again changes nothing."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as the owner, then load as the system."""
        with as_owner():
            call_command("migrate", verbosity=0, interactive=False)
        with acting_as(system_principal("demo")) as actor:
            rulebook.pack_load(actor=actor, pack="cn")
            regulators.authorities_load(actor=actor, pack="cn")
            regulators.mandates_load(actor=actor, pack="cn")
        people.staff_create()
        self.stdout.write("database migrated, pack loaded, staff created")
