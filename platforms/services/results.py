"""What services hand back: frozen values, never rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Registration:
    """A registered institution and the key it will sign with."""

    platform_id: int
    public_id: uuid.UUID
    key_id: str
    state: str
    is_new: bool


@dataclass(frozen=True)
class FilingSnapshot:
    """A filing as it stands."""

    filing_id: int
    public_id: uuid.UUID
    template: str
    period: str
    period_end: date
    revision: int
    state: str
    subject: uuid.UUID


@dataclass(frozen=True)
class StoredContent:
    """Content kept for a revision. `discard_key` names a staged file that is no longer needed, if any."""

    sha256: str
    bytes: int
    state: str
    discard_key: str


@dataclass(frozen=True)
class Submission:
    """The signed answer to a submission."""

    filing_id: int
    revision: int
    state: str
    job_id: int
    receipt: dict[str, Any]
    submitted_at: datetime
