"""A live stack on a committed database of its own, a fresh lake, and their removal."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.stack import Stack


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty lake for this test and for the processes it starts."""
    folder = tmp_path / "lake"
    folder.mkdir()
    monkeypatch.setenv("LIANXI_LAKE", str(folder))
    return folder


@pytest.fixture
def make_stack(transactional_db: None, lake: Path) -> Iterator[Callable[..., Stack]]:
    """Starts stacks; all their processes are gone when the test's database is taken away."""
    made: list[Stack] = []

    def start(*, relays: int = 1, worker: bool = True) -> Stack:
        made.append(Stack(relays=relays))
        return made[-1].start(worker=worker)

    yield start
    for stack in made:
        stack.stop()
    shutil.rmtree(lake, ignore_errors=True)
