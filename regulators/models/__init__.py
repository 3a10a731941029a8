"""Authorities, mandates, officers, shared objects and the joint meeting."""

from regulators.models.access import ObjectAccess
from regulators.models.authority import Authority, Mandate, OpenQuestion, Region, Succession
from regulators.models.meeting import AgendaItem, JointMeeting, Resolution
from regulators.models.officer import Officer

__all__ = [
    "AgendaItem",
    "Authority",
    "JointMeeting",
    "Mandate",
    "ObjectAccess",
    "Officer",
    "OpenQuestion",
    "Region",
    "Resolution",
    "Succession",
]
