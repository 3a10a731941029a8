"""`manage.py bench rules`: a seeded loan book of a million rows with its checks, beside the floor and two peers.

Floor: one scan of the same Parquet (or one typed read of the same CSV) in DuckDB with a hash of every column. All in
one run, in CPU seconds of the work alone, warm, each contestant in a process of its own, rounds taken in turn so that a
busy machine is busy for all. What the columns mean: docs/how-to/benchmarks.md. `LIANXI_BENCH_THREADS` sets the threads
of engine and floor (default 1, as in the jail); `LIANXI_BENCH_LARGE=0` leaves the ten million rows out.
"""

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from bench.peers.book import Book, book
from bench.peers.site import peers_path, reason_without_peers
from bench.table import Row, row

MILLION = 1_000_000
ROUNDS, RUNS = 3, 3


@dataclass
class _Contest:
    """One line of the table: what is run, against which floor."""

    work: str
    args: dict[str, Any]
    floor: str = "floor"
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    rss_mb: float = 0.0
    total_cpu: float = 0.0
    answer: Any = None


def run(*, repeat: int = 1) -> list[Row]:
    """The rows of the table; a peer that is not installed is left out, with the reason printed."""
    folder = Path(settings.BASE_DIR) / ".run" / "bench"
    threads = int(os.environ.get("LIANXI_BENCH_THREADS", "1"))
    million = book(folder, MILLION, with_csv=True)
    rows = _rows(_held(_contests(million, threads), ROUNDS * repeat, RUNS))
    if os.environ.get("LIANXI_BENCH_LARGE") != "0":
        rows += _large(book(folder, 10 * MILLION, with_csv=False), threads, rows)
    return rows


def _contests(data: Book, threads: int) -> dict[str, _Contest]:
    def args(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "tables": data.tables, "csv": str(data.csv), "threads": threads, **more}

    def ours(checks: str, *, evidence: bool) -> dict[str, Any]:
        return args("ours", checks=checks, evidence=evidence)

    found = {
        "floor": _Contest("floor: scan of the Parquet, hash of every column", args("floor")),
        "rows16": _Contest("16 row checks, counts", ours("rows16", evidence=False)),
        "rows100": _Contest("100 row checks, counts", ours("rows100", evidence=False)),
        "all21": _Contest("all 21 checks, counts", ours("all21", evidence=False)),
        "evidence": _Contest("all 21 checks, failing rows kept as evidence", ours("all21", evidence=True)),
        "pack": _Contest("every loan_book rule of the cn pack, with evidence", ours("pack_rules", evidence=True)),
        "csv_floor": _Contest("CSV floor: one typed parse, hash of every column", args("csv_floor"), "csv_floor"),
        "upload": _Contest("CSV upload to verdict, 21 checks", args("upload", checks="all21"), "csv_floor"),
    }
    reason = reason_without_peers()
    if reason:
        print(reason, file=sys.stderr)
        return found
    peers = {
        "pandera": _Contest("21 checks, pandera on polars", args("pandera")),
        "pandas": _Contest("21 checks, plain pandas", args("pandas")),
    }
    return found | peers


def _held(contests: dict[str, _Contest], rounds: int, runs: int) -> dict[str, _Contest]:
    for number in range(rounds):
        for name, contest in contests.items():
            print(f"round {number + 1} of {rounds}: {contest.work}", file=sys.stderr)
            found = _measured(contest.args | {"runs": runs}, with_peers=name in {"pandera", "pandas"})
            contest.cpu += found["cpu"]
            contest.wall.append(found["wall"])
            contest.rss_mb = max(contest.rss_mb, found["rss_mb"])
            contest.total_cpu, contest.answer = found["total_cpu"], found["answer"]
    _refuse_other_answers(contests)
    return contests


def _refuse_other_answers(contests: dict[str, _Contest]) -> None:
    """A benchmark of checks that find different things would compare nothing."""
    expected = contests["all21"].answer
    for name in ("evidence", "pandera", "pandas"):
        if name in contests and contests[name].answer != expected:
            differing = {key: (value, contests[name].answer.get(key)) for key, value in expected.items()}
            told = {key: both for key, both in differing.items() if both[0] != both[1]}
            raise SystemExit(f"{contests[name].work} found something else (ours, theirs): {told}")


def _measured(args: dict[str, Any], *, with_peers: bool) -> dict[str, Any]:
    paths = [str(settings.BASE_DIR), *([str(peers_path())] if with_peers else [])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "OMP_NUM_THREADS": str(args["threads"])}
    environment |= {"POLARS_MAX_THREADS": str(args["threads"]), "PYTHONWARNINGS": "ignore", "MALLOC_ARENA_MAX": "2"}
    done = subprocess.run(
        [sys.executable, "-m", "bench.peers.work", json.dumps(args)],
        check=True, env=environment, cwd=settings.BASE_DIR, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _rows(contests: dict[str, _Contest]) -> list[Row]:
    floors = {name: statistics.median(contests[name].cpu) for name in ("floor", "csv_floor") if name in contests}
    return [_row(contest, floors[contest.floor]) for contest in contests.values()]


def _row(contest: _Contest, floor: float) -> Row:
    return row(
        contest.work, measured=statistics.median(contest.cpu), floor=floor, cpu_s=contest.total_cpu,
        wall_s=statistics.median(contest.wall), rss_mb=contest.rss_mb, spread=max(contest.cpu) - min(contest.cpu),
    )  # fmt: skip


def _large(data: Book, threads: int, small: list[Row]) -> list[Row]:
    """Ten million rows; the last line has the million's time as its floor, so its ratio is the growth."""
    every = _contests(data, threads)
    contests = _held({name: every[name] for name in ("floor", "all21")}, 1, 2)
    for contest in contests.values():
        contest.work = f"10,000,000 rows: {contest.work}"
    rows = _rows(contests)
    before = next(item.measured for item in small if item.work == "all 21 checks, counts")
    grown = replace(contests["all21"], work="all 21 checks: 10,000,000 rows over 1,000,000")
    return [*rows, _row(grown, before)]
