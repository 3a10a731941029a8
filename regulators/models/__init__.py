"""Authorities, mandates, officers, shared objects, the joint meeting, its experts and effect counts."""

from regulators.models.access import ObjectAccess
from regulators.models.authority import Authority, Mandate, MapVersion, OpenQuestion, Region, Succession
from regulators.models.coordination import Consultation, HandOver
from regulators.models.effects import EffectCount
from regulators.models.experts import ConflictOfInterest, Expert, ExpertQuestion, Opinion, PanelSeat
from regulators.models.meeting import (
    ActionItem,
    AgendaItem,
    AgendaPaper,
    Attendance,
    DiscussionNote,
    JointMeeting,
    Minutes,
    MinutesApproval,
    Resolution,
    Vote,
)
from regulators.models.officer import Officer
from regulators.models.routing import ConflictRoute, OwnershipRule

__all__ = [
    "ActionItem",
    "AgendaItem",
    "AgendaPaper",
    "Attendance",
    "Authority",
    "ConflictOfInterest",
    "ConflictRoute",
    "Consultation",
    "DiscussionNote",
    "EffectCount",
    "Expert",
    "ExpertQuestion",
    "HandOver",
    "JointMeeting",
    "Mandate",
    "MapVersion",
    "Minutes",
    "MinutesApproval",
    "ObjectAccess",
    "Officer",
    "OpenQuestion",
    "Opinion",
    "OwnershipRule",
    "PanelSeat",
    "Region",
    "Resolution",
    "Succession",
    "Vote",
]
