"""Where the files of a running system lie: the run folder, and short or reachable places for services."""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import stat
import tempfile
from pathlib import Path

from config.bootstrap.errors import BootstrapError

SOCKET_PATH_LIMIT = 100
"""Longest unix socket path used, in bytes (the kernel's own limit is 108 on Linux and 104 on macOS)."""

_PLAIN_PATH = re.compile(r"^[A-Za-z0-9_./-]+$")


def project_dir() -> Path:
    """The folder that holds `manage.py`."""
    return Path(__file__).resolve().parents[2]


def venv_dir() -> Path:
    """The project's virtual environment."""
    return project_dir() / ".venv"


def venv_python() -> Path:
    """The interpreter inside the virtual environment (it may not exist yet)."""
    return venv_dir() / "bin" / "python"


def run_dir() -> Path:
    """`LIANXI_RUN_DIR`, or `.run/` in the project; made when missing, never writable by others."""
    chosen = os.environ.get("LIANXI_RUN_DIR")
    path = Path(chosen).expanduser().absolute() if chosen else project_dir() / ".run"
    made = make_dir(path, 0o711 if os.geteuid() == 0 else 0o700)
    (made / "logs").mkdir(mode=0o700, exist_ok=True)
    return made


def make_dir(path: Path, mode: int) -> Path:
    """Make `path` with exactly `mode`; an existing one must be ours and no symbolic link.

    Refuses (BootstrapError) a folder of another user, so that nobody can plant one in the temp dir.
    """
    if not path.parent.exists():
        path.parent.mkdir(parents=True)
    try:
        path.mkdir(mode=0o700)
        path.chmod(mode)
    except FileExistsError:
        info = path.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in {os.geteuid(), 0}:
            raise BootstrapError(f"{path} exists but is not a folder of this user. Remove it.") from None
        if info.st_uid == os.geteuid() and info.st_mode & 0o022:
            path.chmod(mode)
    return path


def reachable_by_others(path: Path) -> bool:
    """True when any user can walk from `/` down to `path` (search permission on every existing folder)."""
    folders = [folder for folder in [path, *path.parents] if folder.exists()]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in folders)


def temp_home(purpose: str) -> Path:
    """A folder below the temp dir that belongs to this run folder: short path, reachable when root.

    The same run folder always gets the same place, even when TMPDIR changes between two calls.
    """
    digest = hashlib.sha256(str(run_dir()).encode()).hexdigest()[:10]
    name = f"lianxi-{os.geteuid()}-{digest}"
    note = run_dir() / "temp-home"
    kept = Path(note.read_text(encoding="utf-8").strip()) if note.exists() else None
    if kept is None or kept.name != name or not kept.parent.is_dir():  # also: a copied run folder gets its own
        kept = _temp_root() / name
        note.write_text(f"{kept}\n", encoding="utf-8")
    return make_dir(make_dir(kept, _home_mode()) / purpose, _home_mode())


def service_home(purpose: str, *, other_user: bool = False) -> Path:
    """Folder of one service: in the run folder, or in the temp dir when another user could not reach it."""
    if other_user and not reachable_by_others(run_dir()):
        return temp_home(purpose)
    return make_dir(run_dir() / purpose, _home_mode())


def socket_home(home: Path, socket_name: str) -> Path:
    """`home/socket`, or a short plain path below the temp dir when the socket path would be refused."""
    wanted = home / "socket"
    full = str(wanted / socket_name)
    if len(os.fsencode(full)) <= SOCKET_PATH_LIMIT and _PLAIN_PATH.match(full):
        return wanted
    return temp_home(home.name) / "socket"


def service_owner() -> tuple[int, int] | None:
    """(uid, gid) that services run as when we are root: user nobody. None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise BootstrapError("No user `nobody` here: run as an ordinary user instead of root.") from None
    return entry.pw_uid, entry.pw_gid


def _home_mode() -> int:
    return 0o711 if os.geteuid() == 0 else 0o700


def _temp_root() -> Path:
    candidates = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")]  # noqa: S108
    for folder in candidates:
        usable = folder.is_dir() and os.access(folder, os.W_OK | os.X_OK) and len(str(folder)) <= 40
        if usable and (os.geteuid() != 0 or reachable_by_others(folder)):
            return folder.resolve()
    raise BootstrapError("No usable temp dir: set TMPDIR to a short path that every user can enter.")
