"""Failing rows of a check: counted all, at most 20 row numbers shown, every one kept as Parquet with its sha256."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analytics.digest import file_sha256

if TYPE_CHECKING:
    from analytics.fused import FusedScan

SHOWN_ROWS = 20
SHOWN_SUBJECTS = 500


class EvidenceFile:
    """A Parquet file that exists only when a row fails; without a directory it never does."""

    def __init__(self, directory: Path | None, rule_id: str) -> None:
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", rule_id)[:100]
        digest = hashlib.sha256(rule_id.encode()).hexdigest()[:8]
        self.path = directory / f"{safe}-{digest}.parquet" if directory else None
        self._writer: Any = None

    def write(self, rows: Any) -> None:
        """Appends failing rows."""
        if self.path is None:
            return
        if self._writer is None:
            self._writer = pq.ParquetWriter(str(self.path), rows.schema, compression="zstd", store_schema=False)
        self._writer.write_batch(rows)

    def close(self) -> dict[str, str | None]:
        """Path and sha256, or nulls when no row failed."""
        if self._writer is None or self.path is None:
            return {"evidence_path": None, "evidence_sha256": None}
        self._writer.close()
        return {"evidence_path": str(self.path), "evidence_sha256": file_sha256(self.path)}


class RowEvidence:
    """Takes the batches of the fused scan and keeps the rows whose bit is set."""

    def __init__(self, check: Mapping[str, Any], directory: Path | None, fused: "FusedScan") -> None:
        self.check = check
        self.mask, self.bit = fused.places[check["rule_id"]]
        self.columns = list(fused.columns)
        self.file = EvidenceFile(directory, check["rule_id"])
        self.count = 0
        self.row_numbers: list[int] = []
        self.highest: Any = None

    def take(self, batch: Any) -> None:
        """Keeps the failing rows of one batch."""
        failing = batch.column(self.mask).to_numpy(zero_copy_only=False) & np.int64(1 << self.bit) != 0
        found = int(np.count_nonzero(failing))
        if not found:
            return
        rows = batch.select(self.columns).filter(pa.array(failing))
        self.count += found
        self.file.write(rows)
        self.row_numbers.extend(rows.column("row_number")[:SHOWN_ROWS].to_pylist())
        del self.row_numbers[SHOWN_ROWS:]
        self._highest(rows)

    def _highest(self, rows: Any) -> None:
        name = self.check.get("measured_column")
        if not name or name not in self.columns:
            return
        value = pc.max(rows.column(name)).as_py()
        if value is not None and (self.highest is None or value > self.highest):
            self.highest = value

    def finish(self) -> dict[str, Any]:
        """What changes in a passed result; `measured` is the highest value of the measured column that failed."""
        files = self.file.close()
        if not self.count:
            return {}
        measured = None if self.highest is None else str(self.highest)
        found = {"outcome": "failed", "count": self.count, "measured": measured}
        return {**found, "row_numbers": self.row_numbers, **files}


def sql_results(check: Mapping[str, Any], batches: Iterable[Any], directory: Path | None) -> list[dict[str, Any]]:
    """One failed entry per returned row (subject), the first 500 listed; all of them in one evidence file."""
    file, total = EvidenceFile(directory, check["rule_id"]), 0
    entries: list[dict[str, Any]] = []
    for batch in batches:
        if not len(batch):
            continue
        file.write(batch)
        total += len(batch)
        if len(entries) < SHOWN_SUBJECTS:
            entries.extend(_entry(row) for row in batch.slice(0, SHOWN_SUBJECTS - len(entries)).to_pylist())
    files = file.close()
    return [{**entry, **files, "subjects_in_all": total} for entry in entries]


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    numbers = [int(number) for number in row.get("row_numbers") or []]
    entry: dict[str, Any] = {
        "outcome": "failed",
        "subject": None if row.get("subject") is None else str(row["subject"]),
        "count": int(row["count"]) if row.get("count") is not None else max(len(numbers), 1),
        "measured": None if row.get("measured") is None else str(row["measured"]),
        "row_numbers": numbers[:SHOWN_ROWS],
    }
    if row.get("threshold") is not None:
        entry["threshold"] = str(row["threshold"])
    return entry
