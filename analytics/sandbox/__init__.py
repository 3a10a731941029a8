"""Vets SQL written by staff before it may touch a filing (the second of three walls).

The engine's own lock stops files and network; the jail stops time and memory; this allow-list stops everything that is
not one plain SELECT over named columns of named tables. What runs is the text made from the vetted tree, never the
text that was sent. Figures and attacks: the engine alone lets ATTACH ':memory:', CREATE MACRO, SET VARIABLE, CALL and
PREPARE pass, so an allow-list is needed, never a deny-list. The list itself is read from the conformance vectors of
`analytics.portable`: what no vector proves alike on every engine is not in it.
"""

from analytics.sandbox.refusal import SqlRefused
from analytics.sandbox.running import capped, runnable, vetted_text
from analytics.sandbox.vetting import VettedCondition, VettedQuery, vet, vet_condition

__all__ = [
    "SqlRefused",
    "VettedCondition",
    "VettedQuery",
    "capped",
    "runnable",
    "vet",
    "vet_condition",
    "vetted_text",
]
