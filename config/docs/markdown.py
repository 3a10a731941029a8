"""The few Markdown forms that the generated pages use. Pure."""

from collections.abc import Iterable, Sequence

NOTE = "Written by `manage.py docs_generate`; do not edit by hand."


def page(title: str, *parts: str) -> str:
    """Return a page: its title, the note that it is generated, its parts, each apart from the next."""
    return "\n\n".join([f"# {title}", NOTE, *parts]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a bar or a line break inside a cell is made harmless, an empty cell is a dash."""
    lines = [_row(head), _row(["---"] * len(head)), *(_row([_cell(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def code(text: str) -> str:
    """Return a name in code type; nothing for an empty name."""
    return f"`{text}`" if text else ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|") or "–"
