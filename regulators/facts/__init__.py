"""Pure facts of the supervision map: regions, who leads, exact coverage. No queries, no Django."""

from regulators.facts.coverage import Box, Coverage, cover, cover_on
from regulators.facts.mandates import (
    AuthorityFact,
    Decision,
    MandateFact,
    MandateTable,
    authority_on,
    constant_span,
    decide,
    is_in_force,
    predecessors_of,
)
from regulators.facts.regions import CodeScheme, RegionTree

__all__ = [
    "AuthorityFact",
    "Box",
    "CodeScheme",
    "Coverage",
    "Decision",
    "MandateFact",
    "MandateTable",
    "RegionTree",
    "authority_on",
    "constant_span",
    "cover",
    "cover_on",
    "decide",
    "is_in_force",
    "predecessors_of",
]
