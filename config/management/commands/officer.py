"""`manage.py officer USERNAME --authority CODE --roles officer,supervisor`: a login and its office, for operators.

The first person of an installation cannot be appointed by anybody else. A new login gets a generated password, printed
once; the second factor is set up at the first login. Later appointments by the secretariat go the same way.
"""

import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.db.acting import acting_as
from common.errors import Refusal
from common.models import User
from common.principal import system_principal
from regulators import services as regulators


class Command(BaseCommand):
    """May be repeated: an existing login keeps its password, an existing office gets the given roles."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Who, where, as what."""
        parser.add_argument("username")
        parser.add_argument("--authority", required=True, help="code of the body")
        parser.add_argument("--roles", required=True, help="comma-separated, e.g. officer,supervisor")
        parser.add_argument("--title", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """One transaction: no login without an office."""
        try:
            with acting_as(system_principal("operator")) as actor:
                user, password = self._login(options["username"])
                regulators.officer_appoint(
                    actor=actor, user_id=user.pk, authority_code=options["authority"],
                    roles=[role.strip() for role in options["roles"].split(",")], title=options["title"],
                )
        except Refusal as refusal:
            raise CommandError(f"{refusal.message} {refusal.cure}") from refusal
        self.stdout.write(f"{user.username} serves {options['authority']} as {options['roles']}")
        if password:
            self.stdout.write(f"password, shown once: {password}")

    def _login(self, username: str) -> tuple[User, str]:
        user, is_new = User.objects.get_or_create(username=username, defaults={"is_staff": True})
        if not is_new:
            return user, ""
        password = secrets.token_urlsafe(12)
        user.set_password(password)
        user.save(update_fields=["password"])
        return user, password
