"""`manage.py docs_generate [--check]`: write the pages of docs/generated/ from the code and the rule pack."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.docs.rules import rules_page
from config.docs.transitions import transitions_page
from config.docs.urls import urls_page

PAGES = {"transitions.md": transitions_page, "rules.md": rules_page, "urls.md": urls_page}


class Command(BaseCommand):
    """Writes nothing with --check: names the stale pages and exits 1."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """--check for the gate."""
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare each page with what would be written; write it, or complain."""
        folder = settings.BASE_DIR / "docs" / "generated"
        pages = {folder / name: make() for name, make in PAGES.items()}
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        if options["check"] and stale:
            names = ", ".join(path.name for path in stale)
            raise CommandError(f"Stale: {names}. Run `python3 manage.py docs_generate` and commit the result.")
        folder.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(pages[path], encoding="utf-8")
        self.stdout.write(f"{len(pages)} pages, {len(stale)} written" if stale else f"{len(pages)} pages are current")
