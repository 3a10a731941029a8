"""Objects of other apps as the work between authorities sees them. Apps to the left register themselves here.

A reference is "<kind>:<id>", for example "case:12". The provider of a kind answers as the acting principal: what
the actor may not see does not exist for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from common.db.acting import acting_as
from common.errors import NotYours, Refusal
from common.principal import Principal


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """Who owns the object, what it is called in both languages, and where staff see it (empty: nowhere)."""

    owner_authority_id: int | None
    title: Mapping[str, str]
    path: str = ""


class SubjectProvider(Protocol):
    """What an app offers for its kind of object."""

    def look(self, subject_id: int, *, lock: bool = False) -> SubjectFacts | None:
        """The facts, the row locked when asked; None when the actor may not see it."""

    def show(self, subject_id: int, authority_id: int, reason: str) -> None:
        """Let an authority see the object; runs as the system."""

    def hide(self, subject_id: int, authority_id: int, reason: str) -> None:
        """Take back what `show` gave for the same reason; runs as the system."""

    def take(self, subject_id: int, authority_id: int, actor: Principal, reason: str) -> None:
        """Make an authority the owner, in the caller's transaction; runs as the system. May refuse."""


_providers: dict[str, SubjectProvider] = {}


def subject_provider_set(kind: str, provider: SubjectProvider) -> None:
    """Register the provider of a kind of object; called by the app that owns the kind when it starts."""
    _providers[kind] = provider


def subject_kinds() -> tuple[str, ...]:
    """Kinds of objects that can be handed over or asked about."""
    return tuple(sorted(_providers))


def split(subject: str) -> tuple[SubjectProvider, int]:
    """Provider and id of a reference; refuses (404) what is none."""
    kind, _sep, number = subject.partition(":")
    if kind not in _providers or not (number.isascii() and number.isdigit()):
        raise NotYours("subject")
    return _providers[kind], int(number)


def subject_facts(subject: str, *, lock: bool = False) -> SubjectFacts:
    """The object as the actor sees it; refuses (404) what the actor may not see."""
    provider, number = split(subject)
    facts = provider.look(number, lock=lock)
    if facts is None:
        raise NotYours("subject")
    return facts


def subject_path(subject: str) -> str:
    """Where staff see the object; empty when the actor may not see it or there is no page."""
    try:
        return subject_facts(subject).path
    except Refusal:
        return ""


def subject_show(actor: Principal, subject: str, authority_id: int, reason: str) -> None:
    """Let an authority see the object of a hand-over or consultation."""
    provider, number = split(subject)
    with acting_as(Principal(kind="system", label=actor.label)):
        provider.show(number, authority_id, reason)


def subject_hide(actor: Principal, subject: str, authority_id: int, reason: str) -> None:
    """Take that sight back."""
    provider, number = split(subject)
    with acting_as(Principal(kind="system", label=actor.label)):
        provider.hide(number, authority_id, reason)


def subject_take(actor: Principal, subject: str, authority_id: int, reason: str) -> None:
    """Make an authority the owner of the object, in this transaction."""
    provider, number = split(subject)
    with acting_as(Principal(kind="system", label=actor.label)):
        provider.take(number, authority_id, actor, reason)
