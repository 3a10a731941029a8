"""Helpers to read small filings in tests."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from analytics.contracts import template
from analytics.ingest import IngestRequest, ReadLimits, ingest


@dataclass
class Reader:
    """Reads bytes as a filing of one template and period into a folder."""

    folder: Path
    template: str = "fund_ledger"
    period: str = "2017-06"
    limits: ReadLimits = field(default_factory=ReadLimits)

    def read(self, content: bytes | str, media_type: str = "text/csv; charset=utf-8") -> dict[str, Any]:
        """The report of the reader."""
        source = self.folder / "upload"
        source.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ingest(
            IngestRequest(
                source,
                media_type,
                self.template,
                self.period,
                self.folder / "out.parquet",
                self.folder / "rejected.csv",
                self.limits,
            )
        )

    def row(self, **changes: str) -> dict[str, str]:
        """The sample row with some cells changed."""
        columns = template(self.template).columns
        row = {column.name: column.sample.format(period=self.period, month=self.period[:7]) for column in columns}
        return row | changes

    def csv(self, *rows: dict[str, str]) -> str:
        """CSV text of rows; the header is that of the first row."""
        lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
        return "\n".join(lines) + "\n"

    def read_cell(self, column: str, text: str) -> dict[str, Any]:
        """Reads one sample row in which one cell has this text."""
        return self.read(self.csv(self.row(**{column: text})))

    def rows(self) -> list[dict[str, Any]]:
        """Rows of the typed Parquet."""
        found: list[dict[str, Any]] = pq.read_table(self.folder / "out.parquet").to_pylist()
        return found


def only_error(report: dict[str, Any]) -> dict[str, Any]:
    """The single file error of a refused file; asserts that nothing was taken."""
    assert report["parquet_sha256"] is None
    assert len(report["file_errors"]) == 1, report["file_errors"]
    error: dict[str, Any] = report["file_errors"][0]
    assert error["message"]["zh"]
    assert error["message"]["en"]
    assert error["cure"]["zh"]
    assert error["cure"]["en"]
    return error


def only_rejection(report: dict[str, Any]) -> dict[str, Any]:
    """The single rejected cell of a file that was read."""
    assert report["file_errors"] == []
    assert len(report["rejected"]) == 1, report["rejected"]
    rejection: dict[str, Any] = report["rejected"][0]
    return rejection
