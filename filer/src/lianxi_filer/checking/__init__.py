"""The dry run: what the server's reader would reject, found on this machine before anything is sent.

It knows the column contract (header, types, ranges, keys, period). The supervisory rules themselves run on the server
only, because they change with the law and look across filings.
"""

from lianxi_filer.checking.contract import Column, Contract
from lianxi_filer.checking.files import FileCheck, RowProblem

__all__ = ["Column", "Contract", "FileCheck", "RowProblem"]
