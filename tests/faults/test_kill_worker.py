"""SIGKILL at fifty random points while filings run: none lost, none doubled.

The seed is printed; `LIANXI_FAULT_SEED=<seed>` runs the same kills in the same order with the same pauses. What they
hit still depends on the machine, so a failure shows the logs' ends as well.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable

import psutil
import pytest

from tests.faults import books
from tests.faults.stack import Stack

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KINDS = Counter(pool=23, jail=12, worker=5, relay=7, broker=3)
FILINGS_BEFORE, FILINGS_PER_KILL = 10, 3
KILL_SECONDS = 90.0  # for all kills together, as far as the restarts of the worker allow
PAUSE_SECONDS = (0.0, 0.5)
TARGET_SECONDS = 60.0
DRAIN_SECONDS = 120.0


class Killer:
    """The plan of one run: which kind of process dies when, from a seed."""

    def __init__(self, stack: Stack, seed: int) -> None:
        """Shuffle the kinds."""
        self.stack, self.random = stack, random.Random(seed)
        self.plan = list(KINDS.elements())
        self.random.shuffle(self.plan)
        self.done: Counter[str] = Counter()
        self.deadline = time.monotonic() + KILL_SECONDS

    def strike(self, kind: str) -> None:
        """Kill one process of the kind; wait for one when none lives at the moment."""
        draw = self.random.random()

        def hit() -> bool:
            found = self.targets(kind)
            return bool(found) and self.stack.kill(found[int(draw * len(found))], kind)

        self.stack.until(hit, TARGET_SECONDS, f"no {kind} to kill")
        self.done[kind] += 1

    def targets(self, kind: str) -> list[psutil.Process]:
        """The living processes of a kind, oldest first."""
        if kind == "pool":
            return self.stack.pool()
        if kind == "jail":
            return self.stack.jails()
        return self.stack.family(kind)[:1]

    def pause(self) -> None:
        """Let the system decide something, as far as the time for all kills allows, and then a random moment more."""
        left = sum(KINDS.values()) - self.done.total()
        patience = time.monotonic() + max(0.0, self.deadline - time.monotonic()) / left
        before = books.decided()
        self.stack.until(lambda: books.decided() > before or time.monotonic() > patience, TARGET_SECONDS, "no time")
        end = time.monotonic() + self.random.uniform(*PAUSE_SECONDS)
        self.stack.until(lambda: time.monotonic() > end, TARGET_SECONDS, "no time")


def test_fifty_kills_lose_nothing_and_double_nothing(make_stack: Callable[..., Stack]) -> None:
    seed = int(os.environ.get("LIANXI_FAULT_SEED") or secrets.randbits(32))
    print(f"\nLIANXI_FAULT_SEED={seed}")
    books.load_packs()
    sent = books.Books(platforms=14)
    started = time.monotonic()
    stack = make_stack()
    killer = Killer(stack, seed)
    sent.submit(FILINGS_BEFORE)
    stack.until(books.decided, TARGET_SECONDS, "nothing is decided before the kills")
    for kind in killer.plan:
        sent.submit(FILINGS_PER_KILL)
        killer.pause()
        killer.strike(kind)
    assert killer.done == KINDS
    healed = time.monotonic()
    left = books.open_work()
    stack.until(lambda: not books.open_work(), DRAIN_SECONDS, f"seed {seed}: work is left")
    drained = time.monotonic()
    print(
        f"seed {seed}: {dict(killer.done)} kills, {len(sent.sent)} filings, {left} open at the last kill; "
        f"kills {healed - started:.0f} s, drained in {drained - healed:.0f} s, "
        f"jobs by attempts {dict(sorted(books.attempts().items()))}, "
        f"ends of the worker {dict(Counter(stack.child('worker').history))} (other than -9: by itself)"
    )
    assert len(sent.sent) == FILINGS_BEFORE + FILINGS_PER_KILL * sum(KINDS.values())
    sent.check()
