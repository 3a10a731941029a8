"""The project's virtual environment: made once, filled from the locked requirements, stamped by hash."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from config.bootstrap import paths
from config.bootstrap.errors import BootstrapError
from config.bootstrap.processes import file_lock

EXTRAS = ("base", "test")


def ensure_venv(extras: str = "base") -> bool:
    """Make `.venv` hold everything of requirements/<extras>.txt. Returns whether something was installed.

    `extras` is "base" or "test"; an environment with matching test packages serves base as well, and nothing
    is ever uninstalled. Safe when called twice at once. Refuses (BootstrapError) with the installer's words.
    """
    if is_ready(extras):
        return False
    with file_lock(paths.project_dir()):
        if is_ready(extras):
            return False
        _make()
        for name in EXTRAS:
            stamp_path(name).unlink(missing_ok=True)
        _install(_requirements(extras))
        stamp_path(extras).write_text(lock_hash(extras), encoding="ascii")
    return True


def is_ready(extras: str) -> bool:
    """True when the environment exists and a fitting stamp carries the hash of today's lock."""
    if not paths.venv_python().exists():
        return False
    return any(_stamped(name) for name in EXTRAS[EXTRAS.index(extras) :])


def lock_hash(extras: str) -> str:
    """sha256 over the lock files the environment is made from (test includes base)."""
    digest = hashlib.sha256()
    for name in EXTRAS[: EXTRAS.index(extras) + 1]:
        digest.update(_requirements(name).read_bytes())
    return digest.hexdigest()


def stamp_path(extras: str) -> Path:
    """The file that says what was installed last."""
    return paths.venv_dir() / f".ok-{extras}"


def _stamped(extras: str) -> bool:
    try:
        return stamp_path(extras).read_text(encoding="ascii").strip() == lock_hash(extras)
    except OSError:
        return False


def _requirements(extras: str) -> Path:
    return paths.project_dir() / "requirements" / f"{extras}.txt"


def _works(python: Path) -> bool:
    """The interpreter starts, is new enough, and the environment was made whole (its config exists)."""
    if not python.exists() or not (paths.venv_dir() / "pyvenv.cfg").exists():
        return False
    probe = "import sys; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0


def _make() -> None:
    if _works(paths.venv_python()) and (_uv() or _has_pip()):
        return
    uv = _uv()
    if uv:
        _run([uv, "venv", "--quiet", "--clear", "--python", _base_python(), str(paths.venv_dir())])
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise BootstrapError(missing_ensurepip())
    _run([_base_python(), "-m", "venv", "--clear", str(paths.venv_dir())])


def missing_ensurepip() -> str:
    """What to do on systems that ship Python without its installer."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return (
        f"Python {version} has no `ensurepip` here, so a virtual environment cannot be made.\n"
        f"On Debian or Ubuntu: apt-get install python3-venv (or python{version}-venv).\n"
        "Or install `uv` (https://docs.astral.sh/uv/), which needs no ensurepip. Then run the command again."
    )


def _base_python() -> str:
    """This interpreter, or the one below it when we run inside a virtual environment already."""
    return getattr(sys, "_base_executable", "") or sys.executable


def _has_pip() -> bool:
    command = [str(paths.venv_python()), "-m", "pip", "--version"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _uv() -> str | None:
    return None if os.environ.get("LIANXI_NO_UV") == "1" else shutil.which("uv")


def _install(requirements: Path) -> None:
    python = str(paths.venv_python())
    if uv := _uv():
        command = [uv, "pip", "install", "--quiet", "--python", python]
        _run([*command, "--require-hashes", "-r", str(requirements)])
        return
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*command, "--no-compile", "--no-deps", "--require-hashes", "-r", str(requirements)])


def _run(command: list[str]) -> None:
    hidden = {"VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"}
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        words = (done.stdout + done.stderr).strip()
        raise BootstrapError(f"Installing failed: {' '.join(command[:4])} …\n{words[-4000:]}")
