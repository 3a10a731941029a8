"""Which sources two persons have confirmed, now or as the system knew it at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rulebook.choices import SourceKind, TextStatus
from rulebook.home import home
from rulebook.models import SourceConfirmation

PACK = home().pack
Moment = datetime | None
_Mark = tuple[str, str, str, str]


@dataclass(frozen=True)
class Confirmed:
    """Standing confirmations by (kind, pack, key, fingerprint of what was seen); false when there are none."""

    marks: Mapping[_Mark, SourceConfirmation] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.marks)

    def find(self, kind: str, pack: str, key: str, fingerprint: str) -> SourceConfirmation | None:
        """Return the confirmation of exactly this content; a later change of the content is not covered."""
        return self.marks.get((kind, pack, key, fingerprint))

    def basis(self, kind: str, pack: str, key: str, fingerprint: str, basis: Mapping[str, Any]) -> dict[str, Any]:
        """Return the basis as it counts: verified from the second signature on."""
        found = None if basis.get("verified") else self.find(kind, pack, key, fingerprint)
        if found is None:
            return dict(basis)
        status = basis.get("text_status")
        return {
            **basis, "verified": True, "text_status": found.text_status if status == TextStatus.MEMORY else status,
        }


def confirmed(known_at: Moment = None) -> Confirmed:
    """Return the standing confirmations; with `known_at` those that stood at that moment."""
    rows = SourceConfirmation.objects.standing(known_at)
    return Confirmed({(row.kind, row.pack, row.key, row.fingerprint): row for row in rows})


def confirmed_keys(kind: str, *, pack: str = PACK, known_at: Moment = None) -> frozenset[str]:
    """Return the keys of one kind (rule, parameter, deadline, clause, mandate) that two persons have confirmed.

    For apps that hold rows of their own (mandates). For rows of the rulebook a confirmation also has to match the
    content it was given for; `confirmed().basis(...)` sees to that.
    """
    rows = SourceConfirmation.objects.standing(known_at).filter(kind=SourceKind(kind), pack=pack)
    return frozenset(rows.values_list("key", flat=True))
