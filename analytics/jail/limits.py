"""Limits of one child and the ways it can fail."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import yaml

MAXIMUM_LESSON_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class JailLimits:
    """What one call may use. `memory_mb` is counted above what the preloaded server already maps."""

    wall_seconds: float = 120.0
    cpu_seconds: int = 110
    memory_mb: int = 2048
    file_mb: int = 4096
    open_files: int = 1024
    answer_mb: int = 16

    def as_json(self) -> dict[str, float | int]:
        """JSON form for the server."""
        return asdict(self)


@cache
def _texts() -> dict[str, dict[str, dict[str, str]]]:
    text = (Path(__file__).parent / "failures.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return found


class JailFailure(Exception):  # noqa: N818 -- callers treat it as an outcome of the filing
    """A child that gave no answer: code timeout, memory or crash, with message and cure in zh and en."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail
        self.message: Mapping[str, str] = _texts()[code]["message"]
        self.cure: Mapping[str, str] = _texts()[code]["cure"]
