"""SQL has its own files: this reads them, once."""

from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


@cache
def sql_text(app: str, name: str, folder: str = "sql") -> str:
    """The text of `<app>/<folder>/<name>.sql`."""
    return (ROOT / app / folder / f"{name}.sql").read_text(encoding="utf-8")
