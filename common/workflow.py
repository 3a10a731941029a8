"""The words of a transition table. Pure data, no Django."""

from dataclasses import dataclass, field


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
