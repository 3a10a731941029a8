"""Caps of the reader. Each is a refusal with its own code, never a silent cut."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much one filing may contain; sizes in bytes."""

    line_bytes: int = 1024 * 1024
    total_bytes: int = 4 * 1024 * 1024 * 1024
    rows: int = 20_000_000
    columns: int = 256
    block_bytes: int = 2 * 1024 * 1024
    listed_rejections: int = 200
    rejections: int = 100_000
