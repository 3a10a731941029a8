"""Which files a task's arguments name: read these, write those, nothing else."""

import os
from collections.abc import Mapping
from typing import Any


def readable(args: Mapping[str, Any]) -> list[str]:
    """Input files of a call: the upload and the Parquet files of its tables."""
    found = [args["source"]] if args.get("source") else []
    for paths in (args.get("tables") or {}).values():
        found.extend(paths)
    return [str(path) for path in found]


def writable(args: Mapping[str, Any]) -> list[str]:
    """Folders a call may write in: those of its outputs."""
    found = [os.path.dirname(args[name]) for name in ("out_parquet", "out_rejected_csv") if args.get(name)]
    if args.get("evidence_dir"):
        found.append(args["evidence_dir"])
    return sorted({str(path) for path in found if path})
