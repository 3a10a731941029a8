"""What a reader does for the first time, done before a fork, so that each child finds it done."""

import os
from pathlib import Path

import pyarrow as pa

from analytics.contracts import Template, sample_csv, templates
from analytics.ingest.batches import BatchTyper
from analytics.ingest.columns import convert
from analytics.ingest.grid import Splitter
from analytics.ingest.limits import ReadLimits
from analytics.ingest.rejections import Rejections

_ROWS = 3


def warm_up() -> None:
    """Runs every converter and every typer on samples. Keeps nothing, starts no thread."""
    for contract in templates():
        for column in contract.columns:
            convert(column, pa.array([column.sample, ""]))
        _take(contract)


def _take(contract: Template) -> None:
    header, row = sample_csv(contract.name).encode().splitlines(keepends=True)
    grid = Splitter(header.decode().strip().split(","), 0).split(row * _ROWS, 2)
    if grid is not None:
        BatchTyper(contract, "", Rejections(Path(os.devnull), ReadLimits())).typed(grid)
