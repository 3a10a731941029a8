"""The verbs of this app: one verb, one function, one transaction."""

from regulators.services.loading import LoadResult, authorities_load, mandates_load
from regulators.services.meetings import Proposed, agenda_item_decide, agenda_item_propose, meeting_open
from regulators.services.officers import officer_appoint
from regulators.services.sharing import object_share, objects_share

__all__ = [
    "LoadResult",
    "Proposed",
    "agenda_item_decide",
    "agenda_item_propose",
    "authorities_load",
    "mandates_load",
    "meeting_open",
    "object_share",
    "objects_share",
    "officer_appoint",
]
