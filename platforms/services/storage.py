"""Where files of filings lie: staging before the check, the lake after it. The database keeps keys, never paths."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from analytics.lake import STAGING, Lake, LakeFile
from platforms.models import Filing


def staging_file() -> Path:
    """A new file name in staging for content that is being received."""
    return Lake.from_env().staging_path(".upload")


def staged_key(path: Path) -> str:
    """The key of a file in staging."""
    return f"{STAGING}/{path.name}"


def discard(key: str) -> None:
    """Remove a staged file that no row names any more; nothing happens when it is gone or no key is given."""
    if key:
        Lake.from_env().path(key).unlink(missing_ok=True)


def path_of(key: str) -> str:
    """Where a key lies on this machine."""
    return str(Lake.from_env().path(key))


@dataclass(frozen=True)
class Scratch:
    """Where one run of a check writes, and nowhere else. A second run gets another folder."""

    folder: Path
    parquet: Path
    rejected_csv: Path
    evidence: Path


@contextmanager
def scratch_for(platform_key: str) -> Iterator[Scratch]:
    """A folder for one run, removed at its end. The rows lie in a folder named after the platform, as in the lake."""
    folder = Lake.from_env().staging_folder()
    rows = folder / platform_key
    rows.mkdir()
    try:
        yield Scratch(folder, rows / "rows.parquet", rows / "rejected.csv", folder / "evidence")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(staged: Path, filing: Filing, revision: int, *, part: str = "") -> LakeFile:
    """Give a file of a run its immutable place: `[part/]template/period/subject/<filing>-r<n>-<sha256>`."""
    template = f"{part}/{filing.template}" if part else filing.template
    return Lake.from_env().publish(
        staged, template, filing.period, str(filing.subject.public_id), str(filing.pk), revision
    )
