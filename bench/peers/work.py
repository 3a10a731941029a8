"""One contestant in a process of its own: `python -m bench.peers.work '{"name": …}'`; the answer is one line of JSON.

The first run warms up (imports, file cache, plans) and is not counted; CPU seconds are those of the work only, user and
system, children included. Peak memory is that of the whole process from its start.
"""

import json
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Answer = Any
Contestant = Callable[[dict[str, Any]], Answer]


def _floor(args: dict[str, Any]) -> Answer:
    import duckdb

    with duckdb.connect(":memory:", config={"threads": args["threads"]}) as connection:
        rows = connection.read_parquet(args["tables"]["loan_book"])
        return _hashed(rows)


def _csv_floor(args: dict[str, Any]) -> Answer:
    import duckdb

    from analytics.contracts import template

    with duckdb.connect(":memory:", config={"threads": args["threads"]}) as connection:
        types = {column.name: column.stored_as for column in template("loan_book").columns}
        return _hashed(connection.read_csv(args["csv"], header=True, dtype=types))


def _hashed(rows: Any) -> int:
    """Rows counted while every column is hashed."""
    parts = ", ".join(f"bit_xor(hash({name})) AS h_{name}" for name in rows.columns)
    return int(rows.aggregate(f"count(*) AS n, {parts}").fetchall()[0][0])


def _ours(args: dict[str, Any]) -> Answer:
    from analytics import checks, engine
    from analytics.fused import fuse
    from bench.peers import plan

    wanted = getattr(plan, args["checks"])()
    scan = fuse("loan_book", wanted)
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder:
        found = checks.run_checks(
            tables=args["tables"], subject_template="loan_book", checks=wanted, fused=scan,
            evidence_dir=folder if args["evidence"] else None,
        )  # fmt: skip
    engine.warm_up()  # as the fork server does before it forks
    return _by_check(found["results"])


def _by_check(results: list[dict[str, Any]]) -> dict[str, int]:
    """Failing rows of a row check, failing subjects of an SQL check; -1 for one that could not be evaluated."""
    found: dict[str, int] = {}
    for entry in results:
        if entry["outcome"] == "not_evaluable":
            found[entry["rule_id"]] = -1
        else:
            found[entry["rule_id"]] = entry.get("subjects_in_all", entry["count"])
    return found


def _upload(args: dict[str, Any]) -> Answer:
    """CSV upload to verdict: read strictly into the lake's Parquet, then all checks with their evidence."""
    from analytics import engine
    from analytics.fused import fuse
    from analytics.jail.tasks import task_ingest_and_check
    from bench.peers import plan

    wanted = getattr(plan, args["checks"])()
    scan = fuse("loan_book", wanted)
    with tempfile.TemporaryDirectory(prefix="lianxi-bench-") as folder:
        own = Path(folder) / "p-own" / "loan_book.parquet"
        own.parent.mkdir()
        market = [str(own), args["tables"]["loan_book_market"][1]]
        found = task_ingest_and_check({
            "source": args["csv"], "media_type": "text/csv", "template": "loan_book", "period": "2017-06",
            "out_parquet": str(own), "out_rejected_csv": str(Path(folder) / "rejected.csv"), "checks": wanted,
            "fused": scan.as_json() if scan else None, "evidence_dir": str(Path(folder) / "evidence"),
            "tables": {"loan_book_market": market, "fund_ledger": args["tables"]["fund_ledger"]},
        })  # fmt: skip
    engine.warm_up()
    return {"rows": found["rows_accepted"], "rejected": found["rows_rejected"], **_by_check(found["results"])}


def _pandas(args: dict[str, Any]) -> Answer:
    from bench.peers.pandas_peer import counts

    return counts(args["tables"])


def _pandera(args: dict[str, Any]) -> Answer:
    from bench.peers.pandera_peer import counts

    return counts(args["tables"])


CONTESTANTS: dict[str, Contestant] = {
    "floor": _floor, "csv_floor": _csv_floor, "ours": _ours, "upload": _upload, "pandas": _pandas, "pandera": _pandera,
}  # fmt: skip


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def _peak_mb() -> float:
    """Peak memory since this program began; getrusage would also count the process it was forked from."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def measure(args: dict[str, Any]) -> dict[str, Any]:
    """CPU and wall seconds of each counted run, peak memory, and what the last run found."""
    _engine_threads(args["threads"])
    contestant = CONTESTANTS[args["name"]]
    contestant(args)
    cpu: list[float] = []
    wall: list[float] = []
    answer: Answer = None
    for _ in range(args["runs"]):
        began, started = _cpu(), time.monotonic()
        answer = contestant(args)
        cpu.append(_cpu() - began)
        wall.append(time.monotonic() - started)
    return {"cpu": cpu, "wall": statistics.median(wall), "rss_mb": _peak_mb(), "total_cpu": _cpu(), "answer": answer}


def _engine_threads(threads: int) -> None:
    """The same number of threads for this system's engine as for the floor."""
    from analytics import engine

    usual = engine._config  # noqa: SLF001 -- a benchmark may look inside
    engine._config = lambda: {**usual(), "threads": threads}  # type: ignore[method-assign]  # noqa: SLF001


if __name__ == "__main__":
    print(json.dumps(measure(json.loads(sys.argv[1]))))
