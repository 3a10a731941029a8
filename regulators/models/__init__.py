"""Authorities, mandates, officers, shared objects and the joint meeting."""

from regulators.models.access import ObjectAccess
from regulators.models.authority import Authority, Mandate, OpenQuestion, Region, Succession
from regulators.models.coordination import Consultation, HandOver
from regulators.models.meeting import AgendaItem, JointMeeting, Resolution
from regulators.models.officer import Officer
from regulators.models.routing import ConflictRoute, OwnershipRule

__all__ = [
    "AgendaItem",
    "Authority",
    "ConflictRoute",
    "Consultation",
    "HandOver",
    "JointMeeting",
    "Mandate",
    "ObjectAccess",
    "Officer",
    "OpenQuestion",
    "OwnershipRule",
    "Region",
    "Resolution",
    "Succession",
]
