"""`manage.py doctor`: what this installation uses and whether each part answers."""

import platform
import shutil
from typing import Any

import django
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    """Prints one line for each part; exits 1 when a needed part does not answer."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Check database, role, broker, lake and optional tools."""
        failed: list[str] = []
        self._line("python", platform.python_version())
        self._line("django", django.get_version())
        for name, check in (("database", self._database), ("broker", self._broker), ("lake", self._lake)):
            try:
                self._line(name, check())
            except Exception as error:
                failed.append(name)
                self._line(name, f"DOES NOT ANSWER: {type(error).__name__}: {error}")
        for tool in ("chromium", "java", "uv"):
            self._line(tool, shutil.which(tool) or "absent (optional)")
        self._line("shared data", str(settings.SHARED_DATA) if settings.SHARED_DATA.exists() else "absent (optional)")
        if failed:
            raise CommandError(f"Not answering: {', '.join(failed)}. See docs/how-to/deploy.md.")

    def _line(self, name: str, text: str) -> None:
        self.stdout.write(f"{name:<12} {text}")

    def _database(self) -> str:
        connection.ensure_connection()
        info = connection.connection.info
        return f"PostgreSQL {connection.pg_version // 10000} as {info.user} on {info.dbname}"  # type: ignore[attr-defined]

    def _broker(self) -> str:
        from config.celery import app

        with app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
            return str(broker.transport.driver_type)

    def _lake(self) -> str:
        from analytics.lake import Lake

        lake = Lake.from_env()
        return str(lake.root)
