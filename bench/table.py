"""The one shape of a benchmark's result."""

import json
import resource
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """work: what was done; measured and floor: seconds of the same clock; ratio: measured / floor.

    spread: highest less lowest of the measured runs, 0 when there was one.
    """

    work: str
    measured: float
    floor: float
    ratio: float
    cpu_s: float
    wall_s: float
    rss_mb: float
    spread: float = 0.0


def row(
    work: str, *, measured: float, floor: float, cpu_s: float, wall_s: float, rss_mb: float, spread: float = 0.0
) -> Row:
    """A row with its ratio; figures to three decimals."""
    return Row(
        work, round(measured, 3), round(floor, 3), round(measured / floor, 2) if floor else 0.0, round(cpu_s, 2),
        round(wall_s, 2), round(rss_mb, 1), round(spread, 3),
    )


def printed(rows: list[Row], *, as_json: bool) -> str:
    """JSON, or a table for people."""
    if as_json:
        return json.dumps([asdict(item) for item in rows], indent=2)
    head = (
        f"{'work':<58}{'measured':>10}{'spread':>9}{'floor':>10}{'ratio':>8}{'cpu_s':>9}{'wall_s':>9}{'rss_mb':>9}"
    )
    lines = [
        f"{r.work:<58}{r.measured:>10.3f}{r.spread:>9.3f}{r.floor:>10.3f}{r.ratio:>8.2f}{r.cpu_s:>9.2f}{r.wall_s:>9.2f}"
        f"{r.rss_mb:>9.1f}"
        for r in rows
    ]
    return "\n".join([head, *lines])


def children_cpu() -> float:
    """CPU seconds of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def children_rss_mb() -> float:
    """Peak memory of the largest child that has ended, MB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
