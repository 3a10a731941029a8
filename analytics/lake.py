"""The lake: immutable Parquet files named by their content.

A file is written in `staging/`, made durable, then renamed to
`template/period/platform/<filing>-r<n>-<sha256>.parquet`. The database row that names it commits last and is the only
index; readers take path lists, never globs; whatever no row names is swept. Keys use `/` and no absolute part, so that
object storage can use the same ones.
"""

import os
import re
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from analytics.digest import file_sha256

STAGING = "staging"
ORPHAN_AGE_SECONDS = 24 * 3600
_SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class LakeFile:
    """A published file: its key in the lake and its path on this machine."""

    key: str
    path: Path
    sha256: str
    bytes: int
    rows: int


class Lake:
    """A folder that only grows by whole, named files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def from_env(cls) -> "Lake":
        """The lake of `LIANXI_LAKE` (default `.run/lake` beside the code); object storage is not wired yet."""
        place = os.environ.get("LIANXI_LAKE") or str(Path(__file__).resolve().parents[1] / ".run" / "lake")
        if "://" in place:
            raise ValueError("LIANXI_LAKE names object storage, which only the Spark engine reads; give a folder here.")
        return cls(Path(place))

    def staging_path(self, suffix: str = ".parquet") -> Path:
        """A new path in staging, with its folder; nobody else has it."""
        folder = self.root / STAGING
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{secrets.token_hex(16)}{suffix}"

    def staging_folder(self) -> Path:
        """A new empty folder in staging: one for each jailed call, which may then write nowhere else."""
        folder = self.root / STAGING / secrets.token_hex(16)
        folder.mkdir(parents=True)
        return folder

    def path(self, key: str) -> Path:
        """Where a key lies on this machine; ValueError for a key that leaves the lake."""
        if not all(_SEGMENT.fullmatch(part) for part in key.split("/")):
            raise ValueError(f"{key!r} is not a lake key.")
        return self.root / key

    def publish(  # noqa: PLR0917 -- the parts of the key, in the order of the key
        self,
        staged: Path,
        template: str,
        period: str,
        platform_key: str,
        filing_key: str,
        revision: int,
        *,
        rows: int = 0,
    ) -> LakeFile:
        """Makes a staged file durable and gives it its final name. Publishing the same bytes again changes nothing."""
        digest, size = _flushed_digest(staged)
        key = f"{template}/{period}/{platform_key}/{filing_key}-r{revision}-{digest}{staged.suffix}"
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            staged.unlink()
        else:
            staged.chmod(0o440)
            os.replace(staged, target)
            for folder in (target.parent, *target.parent.parents[:3]):
                _flush_folder(folder)
        return LakeFile(key, target, digest, size, rows)

    def sweep(self, known_keys: Collection[str], *, older_than_seconds: float = ORPHAN_AGE_SECONDS) -> list[str]:
        """Removes old files that no database row names; gives their keys. Young ones may belong to an open commit."""
        known, limit, removed = set(known_keys), time.time() - older_than_seconds, []
        for found in sorted(self.root.rglob("*")):
            key = found.relative_to(self.root).as_posix()
            if found.is_file() and key not in known and found.stat().st_mtime < limit:
                found.unlink()
                removed.append(key)
        for folder in sorted((path for path in (self.root / STAGING).glob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()
        return removed


def _flushed_digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
    return file_sha256(path), path.stat().st_size


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
