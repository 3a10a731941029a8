"""What an agenda item is about on the supervision map, and when two items are one matter. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from regulators.facts.regions import RegionTree


@dataclass(frozen=True, slots=True)
class AgendaAbout:
    """A part of the supervision map: lines × roles × regions, and what is wrong with it.

    `matter` is gap or overlap; empty for a question that does not say which. No regions means everywhere.
    """

    matter: str
    lines: tuple[str, ...]
    roles: tuple[str, ...]
    regions: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For the row, in a fixed order."""
        return {
            "matter": self.matter, "lines": sorted(self.lines), "roles": sorted(self.roles),
            "regions": sorted(self.regions),
        }  # fmt: skip


def is_one_matter(one: Mapping[str, Any], other: Mapping[str, Any], regions: RegionTree) -> bool:
    """Whether two parts of the map share a cell and a trouble. An empty one is never the same as anything."""
    if not one or not other or (one["matter"] and other["matter"] and one["matter"] != other["matter"]):
        return False
    if not set(one["lines"]) & set(other["lines"]) or not set(one["roles"]) & set(other["roles"]):
        return False
    return _meet(one["regions"], other["regions"], regions)


def _meet(some: Collection[str], others: Collection[str], regions: RegionTree) -> bool:
    if not some or not others or set(some) & set(others):
        return True
    return any(regions.contains(a, b) or regions.contains(b, a) for a in some for b in others)
