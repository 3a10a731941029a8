"""`manage.py bench filing`: 3,123 real platform-months and the 10,000-loan book, from first request to last verdict.

One run of the real thing in a run folder and database of its own: web, worker, relay and all, over signed HTTP.
Floors in the same run: for the months, the same number of bare requests to the same web processes; for the book, one
bare read of the same CSV with a hash of every column.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from django.conf import settings

from bench.table import Row, children_cpu, children_rss_mb, row


def run(*, repeat: int = 1) -> list[Row]:
    """The rows; refuses without the shared data."""
    if not (settings.SHARED_DATA / "manifest.json").exists():
        raise SystemExit("The real data is absent: set LIANXI_SHARED_DATA to the folder with manifest.json.")
    rows: list[Row] = []
    for number in range(1, repeat + 1):
        rows += _once(f" (run {number})" if repeat > 1 else "")
    return rows


def _once(mark: str) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder:
        report = Path(folder) / "report.json"
        cpu, started = children_cpu(), time.monotonic()
        environment = {
            key: value for key, value in os.environ.items()
            if not key.startswith(("LIANXI_SECRET", "LIANXI_LAKE", "LIANXI_BROKER", "LIANXI_OWNER", "DATABASE_URL"))
        }
        environment |= {"LIANXI_RUN_DIR": f"{folder}/run", "LIANXI_DEMO_FLOOR": "1"}
        subprocess.run(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "demo", "--no-serve", "--from",
             str(settings.SHARED_DATA), "--json", str(report)],
            check=True, env=environment, cwd=settings.BASE_DIR, stdout=sys.stderr,
        )
        wall, used = time.monotonic() - started, children_cpu() - cpu
        return _rows(json.loads(report.read_text("utf-8")), mark, used, wall)


def _rows(numbers: dict[str, dict[str, object]], mark: str, cpu: float, wall: float) -> list[Row]:
    months: dict[str, object] = numbers["filing_run"]
    book, floors = months["loan_book"], numbers["floors"]
    assert isinstance(book, dict)  # noqa: S101 - the report's own shape
    memory = children_rss_mb()
    return [
        row(
            f"3,123 platform-months, first request to last verdict{mark}",
            measured=float(str(months["first_request_to_last_verdict_s"])), floor=float(str(floors["bare_requests_s"])),
            cpu_s=cpu, wall_s=wall, rss_mb=memory,
        ),
        row(
            f"10,000-loan book, first request to last verdict{mark}",
            measured=float(str(book["first_request_to_last_verdict_s"])), floor=float(str(floors["book_scan_s"])),
            cpu_s=cpu, wall_s=wall, rss_mb=memory,
        ),
    ]
