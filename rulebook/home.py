"""The pack this installation lives by: `LIANXI_PACK`, else `packs/home.yaml`. Its legal zone, calendar and money. Pure.

Settings read this before anything else is there, so it looks at one small file and checks nothing else of it;
`rulebook check` does.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

PACKS_DIR = Path(__file__).parent / "packs"


@dataclass(frozen=True)
class Home:
    """What `pack.yaml` of the home pack says."""

    pack: str
    zone: str
    calendar: str
    currency: str


@cache
def home(pack: str = "") -> Home:
    """Return the home pack (or one named). Raises `ValueError` naming the packs there are."""
    name = pack or os.environ.get("LIANXI_PACK", "") or _read(PACKS_DIR / "home.yaml")["pack"]
    known = sorted(path.parent.name for path in PACKS_DIR.glob("*/pack.yaml"))
    if name not in known:
        raise ValueError(f"There is no pack {name!r}. Set LIANXI_PACK to one of: {', '.join(known)}.")
    data = _read(PACKS_DIR / name / "pack.yaml")
    return Home(name, data["zone"], data["calendar"], data["currency"])


def _read(path: Path) -> dict[str, str]:
    data: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data
