"""The verbs of this app."""

from cases.services.agenda import AgendaProposal, agenda_propose_from_cases
from cases.services.effects import effect_counts_push
from cases.services.moves import case_assign, case_close, case_move, case_note_add, case_share
from cases.services.opening import CaseOpened, Reason, case_open_or_update

__all__ = [
    "AgendaProposal",
    "CaseOpened",
    "Reason",
    "agenda_propose_from_cases",
    "case_assign",
    "case_close",
    "case_move",
    "case_note_add",
    "case_open_or_update",
    "case_share",
    "effect_counts_push",
]
