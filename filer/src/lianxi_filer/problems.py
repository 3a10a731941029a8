"""What goes wrong, as one exception with a code, a sentence and a cure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldProblem:
    """One bad field of a request, as the server names it."""

    field: str
    code: str
    message: str
    cure: str
    row: int | None = None


class FilerProblem(Exception):
    """The server refused, or could not be reached, or this machine's own set-up is wrong.

    `code` is stable and made for programs: the server's own code, or one that starts with `filer.` when the
    problem was found here. `status` is the HTTP status, 0 when there was no answer. `filing_id` is set when
    the problem happened after a filing had been opened, so that it can be continued.
    """

    def __init__(
        self,
        code: str,
        title: str,
        *,
        status: int = 0,
        detail: str = "",
        cure: str = "",
        instance: str = "",
        errors: tuple[FieldProblem, ...] = (),
        filing_id: str = "",
    ) -> None:
        super().__init__(code, title)
        self.code = code
        self.title = title
        self.status = status
        self.detail = detail
        self.cure = cure
        self.instance = instance
        self.errors = errors
        self.filing_id = filing_id

    def __str__(self) -> str:
        """One line for a log: what, why, what to do, code."""
        parts = [_sentence(self.title)]
        if self.detail and self.detail not in {self.title, self.cure}:
            parts.append(_sentence(self.detail))
        if self.cure:
            parts.append(_sentence(self.cure))
        return " ".join([*parts, f"[{self.code}]"])


class FilerUnreachable(FilerProblem):
    """No usable answer came, after all retries."""


def problem_from(status: int, document: object, *, reason: str = "") -> FilerProblem:
    """Read a problem document (RFC 9457); anything else becomes `http.<status>` with the reason phrase."""
    if not isinstance(document, Mapping):
        return FilerProblem(f"http.{status}", reason or f"HTTP {status}", status=status)
    errors = tuple(_field_problem(item) for item in document.get("errors") or () if isinstance(item, Mapping))
    cure = _text(document, "cure") or next((item.cure for item in errors if item.cure), "")
    return FilerProblem(
        _text(document, "code") or f"http.{status}",
        _text(document, "title") or reason or f"HTTP {status}",
        status=status,
        detail=_text(document, "detail"),
        cure=cure,
        instance=_text(document, "instance"),
        errors=errors,
    )


def _field_problem(item: Mapping[str, Any]) -> FieldProblem:
    row = item.get("row")
    return FieldProblem(
        field=_text(item, "field"),
        code=_text(item, "code"),
        message=_text(item, "message"),
        cure=_text(item, "cure"),
        row=row if isinstance(row, int) else None,
    )


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    return "" if value is None else str(value)


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "。", "!", "?", "！", "？")) else f"{text}."
