"""Matters between authorities for tests: terms, a made-up kind of object, the people of five bodies."""

from dataclasses import dataclass, field, replace

from common.db.acting import current_principal
from common.principal import Principal
from regulators.models import Authority
from regulators.services import SubjectFacts, authorities_load, mandates_load, subject_provider_set
from tests.factories.regulators import SYSTEM, small_pack
from tests.factories.rulebook import terms_loaded

KEYS = ("handover.answer", "handover.superior", "handover.meeting", "consultation.answer")


@dataclass
class Matters:
    """Objects of the kind "matter": who owns each, who was shown it and why, who took it how often."""

    owners: dict[int, int] = field(default_factory=dict)
    shown: dict[int, dict[int, str]] = field(default_factory=dict)
    taken: list[tuple[int, int]] = field(default_factory=list)

    def look(self, subject_id: int, *, lock: bool = False) -> SubjectFacts | None:
        """What the acting principal may see."""
        who, owner = current_principal(), self.owners.get(subject_id)
        if owner is None or who is None:
            return None
        sees = {owner, *self.shown.get(subject_id, {})}
        if who.kind != "system" and not sees & set(who.authority_ids):
            return None
        return SubjectFacts(owner, {"zh": f"事项{subject_id}", "en": f"Matter {subject_id}"}, f"/admin/{subject_id}/")

    def show(self, subject_id: int, authority_id: int, reason: str) -> None:
        """A grant."""
        self.shown.setdefault(subject_id, {})[authority_id] = reason

    def hide(self, subject_id: int, authority_id: int, reason: str) -> None:
        """The grant goes."""
        if self.shown.get(subject_id, {}).get(authority_id) == reason:
            del self.shown[subject_id][authority_id]

    def take(self, subject_id: int, authority_id: int, actor: Principal, reason: str) -> None:
        """A new owner; the old one keeps seeing it."""
        self.show(subject_id, self.owners[subject_id], reason)
        self.owners[subject_id] = authority_id
        self.taken.append((subject_id, authority_id))


def matters(**owners: str) -> Matters:
    """Register the kind; `matters(m1="CBRC")` makes matter 1 of the CBRC."""
    found = Matters({int(name[1:]): Authority.objects.get(code=code).pk for name, code in owners.items()})
    subject_provider_set("matter", found)
    return found


def body(code: str) -> int:
    """The id of an authority."""
    return Authority.objects.get(code=code).pk


def coordination_map() -> None:
    """The small map with information authorities and a branch below the CBRC, and the terms."""
    entries = small_pack().authorities
    one = entries[0]
    extra = [
        replace(one, code=code, name={"zh": zh, "en": code}, short={"zh": zh, "en": code}, kind=kind, parent=parent)
        for code, zh, kind, parent in (
            ("MIIT", "工信部", "information", None),
            ("CAC", "网信办", "information", None),
            ("CSRC", "证监会", "central", None),
            ("CBRC-110000", "北京银监局", "local_branch", "CBRC"),
        )
    ]
    pack = small_pack(authorities=(*entries, *extra))
    authorities_load(actor=SYSTEM, pack=pack)
    mandates_load(actor=SYSTEM, pack=pack)
    terms_loaded(*KEYS)
