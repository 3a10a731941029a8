"""Where the peers of the rules benchmark are installed: a folder of their own, never the system's environment."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements" / "bench.txt"


def peers_path() -> Path:
    """The folder that is put on the path of a peer's process."""
    return ROOT / ".run" / "bench-peers"


@cache
def reason_without_peers() -> str:
    """Why the peers are left out, "" when they are there; installs them from the lock when it can."""
    if (peers_path() / "pandera").is_dir():
        return ""
    done = subprocess.run(_command(), capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return ""
    told = (done.stderr.strip().splitlines() or ["no word"])[-1]
    return f"pandera, polars and pandas are left out: requirements/bench.txt could not be installed ({told})."


def _command() -> list[str]:
    end = ["--require-hashes", "--target", str(peers_path()), "-r", str(LOCK)]
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", sys.executable, *end]
    return [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *end]
