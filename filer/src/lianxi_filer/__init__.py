"""Client for platforms and depository banks that file data with Lianxi."""

from lianxi_filer.client import CSV, FINAL_STATES, GZIP, PARQUET, FilerClient
from lianxi_filer.keys import FilerKey
from lianxi_filer.problems import FieldProblem, FilerProblem, FilerUnreachable
from lianxi_filer.receipts import receipt_verify

__all__ = [
    "CSV",
    "FINAL_STATES",
    "GZIP",
    "PARQUET",
    "FieldProblem",
    "FilerClient",
    "FilerKey",
    "FilerProblem",
    "FilerUnreachable",
    "receipt_verify",
]
