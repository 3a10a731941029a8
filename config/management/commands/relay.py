"""`manage.py relay`: carries the numbers of open events and jobs to Celery until it is stopped."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from common.relay import relay_forever


class Command(BaseCommand):
    """The relay process. Two may run at once."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM or SIGINT."""
        import config.celery  # noqa: F401 - makes it the current Celery app

        stopped: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, frame: stopped.append(number))
        relay_forever(stop=lambda: bool(stopped))
