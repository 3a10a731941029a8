"""Places and what lies in what. Pure: the tree comes from the pack, no code scheme is wired in.

A pack either names the region above each region, or declares how its codes tell it (`CodeScheme`), so that places
the pack does not list, such as a county of a platform's address, still find their province.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from rulebook.entries import code_above

MOST_STEPS = 12  # deeper than any administrative tree; a circle in the data ends here


@dataclass(frozen=True, slots=True)
class CodeScheme:
    """Codes of `digits` digits in groups of `step`; the region above has its last group that is not zero zeroed."""

    digits: int
    step: int

    def above(self, code: str) -> str:
        """The code one level up; empty when there is none, or when the code is of another scheme."""
        if len(code) != self.digits or not (code.isascii() and code.isdigit()):
            return ""
        return code_above(code, self.step)


@dataclass(frozen=True, slots=True)
class RegionTree:
    """`parents` gives the region above each listed region; a country has none (empty)."""

    parents: Mapping[str, str] = field(default_factory=dict)
    schemes: tuple[CodeScheme, ...] = ()

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The region itself, then every region it lies in, the nearest first."""
        return tuple(self._upwards(code))

    def _upwards(self, code: str) -> Iterator[str]:
        seen: set[str] = set()
        while code and code not in seen and len(seen) < MOST_STEPS:
            seen.add(code)
            yield code
            code = self.parents[code] if code in self.parents else self._above_unlisted(code)

    def _above_unlisted(self, code: str) -> str:
        return next((above for scheme in self.schemes if (above := scheme.above(code))), "")

    def contains(self, outer: str, inner: str) -> bool:
        """True when `inner` lies in `outer` or is the same region."""
        return outer in self._upwards(inner)

    def depth(self, code: str) -> int:
        """How many regions lie around this one; a country has none."""
        return len(self.ancestors(code)) - 1

    def country_of(self, code: str) -> str:
        """The outermost region around this one, as far as the tree knows."""
        return self.ancestors(code)[-1] if code else ""

    def knows(self, code: str) -> bool:
        """True for a listed region and for a code that a scheme leads to a listed part of a country.

        A code that leads only to the country itself is a slip of the pen, unless the pack lists no part of it.
        """
        listed = next((region for region in self._upwards(code) if region in self.parents), "")
        return bool(listed) and (listed == code or bool(self.parents[listed]) or not self.parts_of(listed))

    def countries(self) -> tuple[str, ...]:
        """The regions without a region above, by code."""
        return tuple(sorted(code for code, above in self.parents.items() if not above))

    def parts_of(self, code: str) -> tuple[str, ...]:
        """The listed regions directly below, by code."""
        return tuple(sorted(part for part, above in self.parents.items() if above == code))

    def cells(self, country: str, more: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """Regions that together make up a country without overlap: a region stands for itself without its parts.

        The country itself counts only when it has no parts. `more` are unlisted regions that need a cell of
        their own.
        """
        inside = {code for code in (*self.parents, *more) if self.contains(country, code)}
        return tuple(sorted(inside - {country})) or (country,)
