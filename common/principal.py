"""Who acts: the one value that every service, query and audit row is given. Pure."""

from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["staff", "platform", "public", "system"]


@dataclass(frozen=True)
class Principal:
    """The acting party of a transaction.

    kind decides the row-level rules; label goes into the audit trail (never personal data);
    authority_ids are the bodies an officer serves on the day; platform_id is set for a filer's key.
    """

    kind: Kind
    label: str
    user_id: int | None = None
    officer_id: int | None = None
    authority_ids: tuple[int, ...] = ()
    platform_id: int | None = None
    roles: frozenset[str] = field(default_factory=frozenset)

    def has_role(self, *wanted: str) -> bool:
        """True when the principal is the system itself or carries one of the roles."""
        return self.kind == "system" or bool(self.roles.intersection(wanted))

    def as_dict(self) -> dict[str, Any]:
        """A JSON form that travels with jobs and events."""
        return {
            "kind": self.kind,
            "label": self.label,
            "user_id": self.user_id,
            "officer_id": self.officer_id,
            "authority_ids": list(self.authority_ids),
            "platform_id": self.platform_id,
            "roles": sorted(self.roles),
        }


def system_principal(part: str) -> Principal:
    """The system acting for itself; `part` names the piece of software, e.g. "jobs"."""
    return Principal(kind="system", label=f"system:{part}")


def public_principal() -> Principal:
    """Anyone without a key or a login."""
    return Principal(kind="public", label="public")
