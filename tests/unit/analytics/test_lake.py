"""The lake: durable, immutable, swept."""

import hashlib
import os
from pathlib import Path

import pytest

from analytics.lake import Lake


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """A lake in a temporary folder."""
    return Lake(tmp_path / "lake")


def staged(lake: Lake, content: bytes = b"rows") -> Path:
    """A staged file."""
    path = lake.staging_path()
    path.write_bytes(content)
    return path


def test_a_published_file_is_named_by_its_content_and_read_only(lake: Lake) -> None:
    path = staged(lake)
    found = lake.publish(path, "loan_book", "2017-06", "platform-1", "filing-1", 2, rows=7)
    digest = hashlib.sha256(b"rows").hexdigest()
    assert found.key == f"loan_book/2017-06/platform-1/filing-1-r2-{digest}.parquet"
    assert (found.sha256, found.bytes, found.rows) == (digest, 4, 7)
    assert found.path.read_bytes() == b"rows"
    assert found.path.stat().st_mode & 0o222 == 0
    assert not path.exists()


def test_publishing_the_same_bytes_twice_changes_nothing(lake: Lake) -> None:
    first = lake.publish(staged(lake), "loan_book", "2017-06", "p", "f", 1)
    before = first.path.stat().st_mtime_ns
    second = lake.publish(staged(lake), "loan_book", "2017-06", "p", "f", 1)
    assert second == first
    assert first.path.stat().st_mtime_ns == before


def test_another_revision_never_replaces_the_first(lake: Lake) -> None:
    first = lake.publish(staged(lake, b"one"), "loan_book", "2017-06", "p", "f", 1)
    second = lake.publish(staged(lake, b"two"), "loan_book", "2017-06", "p", "f", 1)
    assert first.path != second.path
    assert first.path.read_bytes() == b"one"


@pytest.mark.parametrize("part", ["..", "a/b", "", "/etc", ".hidden", "a\x00b", "数"])
def test_a_key_cannot_leave_the_lake(lake: Lake, part: str) -> None:
    path = staged(lake)
    with pytest.raises(ValueError, match="is not a lake key"):
        lake.publish(path, "loan_book", "2017-06", part, "f", 1) if "/" not in part else lake.path(f"{part}/../x")
    assert path.exists()


def test_the_sweep_removes_old_files_that_no_row_names(lake: Lake) -> None:
    known = lake.publish(staged(lake, b"known"), "loan_book", "2017-06", "p", "f", 1)
    orphan = lake.publish(staged(lake, b"orphan"), "loan_book", "2017-06", "p", "f", 2)
    young = staged(lake, b"young")
    for path in (known.path, orphan.path):
        os.utime(path, (0, 0))
    assert lake.sweep([known.key]) == [orphan.key]
    assert known.path.exists()
    assert young.exists()
    assert not orphan.path.exists()


def test_the_place_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXI_LAKE", str(tmp_path))
    assert Lake.from_env().root == tmp_path
    monkeypatch.setenv("LIANXI_LAKE", "s3a://market/lake")
    with pytest.raises(ValueError, match="object storage"):
        Lake.from_env()
