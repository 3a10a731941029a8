"""Rejected cells and rows: counted all, listed up to a cap, written as CSV for download."""

import csv
from pathlib import Path
from typing import Any, TextIO

from analytics.contracts import Column
from analytics.ingest.explain import reason
from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused, issue, shown

HEADER = ("row", "field", "code", "message_zh", "message_en", "cure_zh", "cure_en", "value")
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """A value that a spreadsheet will not run: an apostrophe before formula signs."""
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text


class Rejections:
    """Collects refusals of one filing. The CSV begins only when there is something to say."""

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self.path, self.limits = path, limits
        self.rows = 0
        self.cells = 0
        self.listed: list[dict[str, Any]] = []
        self.by_code: dict[str, int] = {}
        self._handle: TextIO | None = None
        self._writer: Any = None

    def add(self, row: int, field: str, code: str, text: str, values: dict[str, Any]) -> None:
        """One refused cell, or a whole row when `field` is empty; too many of them refuse the file."""
        self.cells += 1
        self.by_code[code] = self.by_code.get(code, 0) + 1
        if self.cells > self.limits.rejections:
            raise FileRefused("file.too_many_rejections", row=row, line=row + 1, limit=self.limits.rejections)
        found = issue(code, field=field, row=row, **{"value": text, **values})
        if len(self.listed) < self.limits.listed_rejections:
            self.listed.append(found)
        self._write(found, text)

    def refuse(self, row: int, column: Column, text: str) -> None:
        """One refused cell with its reason; a personal number is never repeated."""
        code, values = reason(column, text)
        self.add(row, column.name, code, "" if code == "text.personal" else text, values)

    def _write(self, found: dict[str, Any], text: str) -> None:
        if self._writer is None:
            self._handle = self.path.open("w", encoding="utf-8", newline="")
            self._writer = csv.writer(self._handle, lineterminator="\n")
            self._writer.writerow(HEADER)
        message, cure = found["message"], found["cure"]
        texts = [message["zh"], message["en"], cure["zh"], cure["en"], safe_cell(shown(text))]
        self._writer.writerow([found["row"], found["field"] or "", found["code"], *texts])

    def close(self) -> None:
        """Flushes the CSV."""
        if self._handle is not None:
            self._handle.close()
