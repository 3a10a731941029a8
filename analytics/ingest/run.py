"""One filing through the strict reader.

Gives a report that is the whole answer for the API: counts, rejected rows, refusals of the file, totals. Either the
typed Parquet holds every accepted row, or there is no Parquet and `file_errors` says why.
"""

import contextlib
import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.contracts import Template, template
from analytics.digest import file_sha256
from analytics.ingest import csv_rows, parquet_rows, source
from analytics.ingest.batches import BatchTyper
from analytics.ingest.grid import Grid
from analytics.ingest.limits import ReadLimits
from analytics.ingest.messages import FileRefused
from analytics.ingest.rejections import Rejections
from analytics.ingest.writer import TypedWriter


@dataclass(frozen=True, slots=True)
class IngestRequest:
    """What to read and where to put the outcome."""

    source: Path
    media_type: str
    template: str
    period: str
    out_parquet: Path
    out_rejected_csv: Path
    limits: ReadLimits = field(default_factory=ReadLimits)


def ingest(request: IngestRequest) -> dict[str, Any]:
    """Reads the upload strictly. Bad cells reject their row; a bad file gives `file_errors` and no Parquet."""
    pa.set_memory_pool(pa.system_memory_pool())  # blocks of one size come and go: it keeps the least for itself
    contract = template(request.template)
    rejections = Rejections(request.out_rejected_csv, request.limits)
    writer = TypedWriter(contract, request.out_parquet)
    names: list[str] = []
    errors: list[dict[str, Any]] = []
    try:
        with _opened(request, contract, names, errors) as blocks:
            if not errors:
                _read(blocks, contract, request, rejections, writer)
    except FileRefused as refused:
        errors.append(refused.as_json())
    finally:
        rejections.close()
    writer.close(keep=not errors)
    return _report(contract, names, errors, rejections, writer)


@contextlib.contextmanager
def _opened(
    request: IngestRequest, contract: Template, names: list[str], errors: list[dict[str, Any]]
) -> Iterator[Iterator[csv_rows.RawBlock | Grid]]:
    """Blocks of raw cells; fills `names` with the header and `errors` with what is wrong with it."""
    kind = source.media_kind(request.media_type)
    source.sniff(request.source, kind)
    if kind == source.PARQUET:
        found = parquet_rows.open_parquet(request.source, request.limits)
        names.extend(found.schema_arrow.names)
        errors.extend(header_errors(names, contract))
        if not errors:
            parquet_rows.refuse_types(found.schema_arrow, contract)
        yield parquet_rows.parquet_blocks(found, request.limits)
        return
    with request.source.open("rb") as handle:
        lines = source.line_blocks(source.raw_chunks(handle, kind, request.limits), request.limits)
        rest = csv_rows.after_header(lines, names, request.limits)
        errors.extend(header_errors(names, contract))
        yield csv_rows.csv_blocks(rest, names, request.limits)


def header_errors(names: list[str], contract: Template) -> list[dict[str, Any]]:
    """Every unknown, repeated or missing column at once, so that one round of correction is enough."""
    known, found = set(contract.column_names), []
    for name in dict.fromkeys(names):
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            guess = f" Did you mean {near[0]}?" if near else ""
            found.append(FileRefused("header.unknown_column", field=name[:64], row=0, value=name, guess=guess))
        elif names.count(name) > 1:
            found.append(FileRefused("header.duplicate_column", field=name, row=0))
    missing = [column.name for column in contract.columns if column.required and column.name not in names]
    found += [FileRefused("header.missing_column", field=name, row=0) for name in missing]
    return [refused.as_json() for refused in found]


def _read(
    blocks: Iterator[csv_rows.RawBlock | Grid],
    contract: Template,
    request: IngestRequest,
    rejections: Rejections,
    writer: TypedWriter,
) -> None:
    typer = BatchTyper(contract, request.period, rejections)
    limit = contract.max_rows or request.limits.rows
    for block in blocks:
        accepted = typer.typed(block)
        if writer.rows + rejections.rows + len(accepted) > limit:
            raise FileRefused("file.too_many_rows", limit=limit)
        writer.write(accepted)
    if writer.rows + rejections.rows == 0:
        raise FileRefused("file.no_rows")
    writer.finish()
    writer.refuse_duplicate_keys()


def _report(
    contract: Template,
    names: list[str],
    errors: list[dict[str, Any]],
    rejections: Rejections,
    writer: TypedWriter,
) -> dict[str, Any]:
    known = {*contract.column_names}
    return {
        "template": contract.name,
        "template_version": contract.version,
        "rows_total": writer.rows + rejections.rows,
        "rows_accepted": writer.rows,
        "rows_rejected": rejections.rows,
        "rejected": rejections.listed,
        "rejected_cells": rejections.cells,
        "rejected_by_code": rejections.by_code,
        "file_errors": errors,
        "parquet_sha256": file_sha256(writer.path) if writer.kept else None,
        "parquet_bytes": writer.path.stat().st_size if writer.kept else 0,
        "columns_present": [name for name in names if name in known],
        "columns_all_null": writer.columns_all_null(),
        "currencies": sorted(writer.currencies),
        "totals": writer.totals(),
        "reader": f"pyarrow {pa.__version__}",
    }
