"""The words of a transition table. Pure data, no Django."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Edge:
    """One permitted step: from `source`, by `verb`, to `target`.

    permission names who may (see the app's permissions.py); guards name checks; deadline names the clock that the
    step starts or ends; basis is the legal reference.
    """

    source: str
    verb: str
    target: str
    permission: str
    guards: tuple[str, ...] = ()
    deadline: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Workflow:
    """The whole life of one kind of object on one page."""

    subject: str
    initial: str
    edges: tuple[Edge, ...]
    final: frozenset[str] = field(default_factory=frozenset)

    def edge(self, source: str, verb: str) -> Edge | None:
        """The edge that `verb` takes from `source`, if there is one."""
        return next((edge for edge in self.edges if edge.source == source and edge.verb == verb), None)

    def verbs_from(self, source: str) -> tuple[str, ...]:
        """What may be done in a state, in the order of the table."""
        return tuple(edge.verb for edge in self.edges if edge.source == source)

    def states(self) -> frozenset[str]:
        """Every state the table names."""
        named = {self.initial, *self.final}
        for edge in self.edges:
            named |= {edge.source, edge.target}
        return frozenset(named)

    def state_said(self, state: str) -> Any:
        """The words for a state, in the reader's language; the code itself where nobody gave it words."""
        return _STATES.get(self.subject, {}).get(state, state)

    def verb_said(self, verb: str) -> Any:
        """The words for a step, in the reader's language; the code itself where nobody gave it words."""
        return _VERBS.get(self.subject, {}).get(verb, verb)


_STATES: dict[str, dict[str, Any]] = {}
_VERBS: dict[str, dict[str, Any]] = {}


def workflow_worded(subject: str, *, states: Iterable[tuple[str, Any]], verbs: Iterable[tuple[str, Any]]) -> None:
    """Say what people call the states and steps of a workflow: pairs of code and (lazy) words.

    Tables know no framework, so an app's `choices.py` hands its words over here.
    """
    _STATES[subject] = dict(states)
    _VERBS[subject] = dict(verbs)
