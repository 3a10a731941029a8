"""The verbs of this app: one verb, one function, one transaction."""

from regulators.evaluation import MonthCount
from regulators.services.actions import action_add, action_confirm, action_report, action_return, actions_remind
from regulators.services.agenda import (
    Proposed,
    agenda_item_carry_over,
    agenda_item_decide,
    agenda_item_move,
    agenda_item_propose,
    paper_add,
)
from regulators.services.agenda_about import AgendaAbout
from regulators.services.agenda_merging import agenda_item_split, agenda_items_merge
from regulators.services.consultations import (
    consultation_answer,
    consultation_open,
    consultation_refuse,
    consultation_settle,
    consultation_withdraw,
)
from regulators.services.effects import EffectProposal, effect_counts_record, effect_items_propose
from regulators.services.escalation import (
    consultation_bring_to_meeting,
    consultations_escalate_overdue,
    handover_bring_to_meeting,
    handovers_escalate_overdue,
)
from regulators.services.experts import (
    conflict_declare,
    expert_appoint,
    expert_recuse,
    expert_release,
    opinion_give,
    panel_seat_add,
    question_ask,
    question_publish,
    question_withdraw,
    questions_publish_due,
)
from regulators.services.handovers import (
    handover_accept,
    handover_offer,
    handover_refuse,
    handover_settle,
    handover_withdraw,
)
from regulators.services.loading import LoadResult, authorities_load, mandates_load
from regulators.services.meetings import (
    attendance_record,
    meeting_close,
    meeting_convene,
    meeting_hold,
    meeting_invite,
    meeting_open,
    meeting_plan,
    meeting_postpone,
)
from regulators.services.minutes import minutes_approve, minutes_draft, minutes_publish
from regulators.services.officers import officer_appoint, officer_end
from regulators.services.packs import PackFile, meeting_pack_export
from regulators.services.recomputing import MovedDay, coordination_terms_recompute
from regulators.services.resolutions import agenda_item_note, discussion_note_add, resolution_record, vote_record
from regulators.services.routing import Routed, route_conflict
from regulators.services.sharing import object_share, object_unshare, objects_share
from regulators.services.subjects import SubjectFacts, SubjectProvider, subject_provider_set

__all__ = [
    "AgendaAbout",
    "EffectProposal",
    "LoadResult",
    "MonthCount",
    "MovedDay",
    "PackFile",
    "Proposed",
    "Routed",
    "SubjectFacts",
    "SubjectProvider",
    "action_add",
    "action_confirm",
    "action_report",
    "action_return",
    "actions_remind",
    "agenda_item_carry_over",
    "agenda_item_decide",
    "agenda_item_move",
    "agenda_item_note",
    "agenda_item_propose",
    "agenda_item_split",
    "agenda_items_merge",
    "attendance_record",
    "authorities_load",
    "conflict_declare",
    "consultation_answer",
    "consultation_bring_to_meeting",
    "consultation_open",
    "consultation_refuse",
    "consultation_settle",
    "consultation_withdraw",
    "consultations_escalate_overdue",
    "coordination_terms_recompute",
    "discussion_note_add",
    "effect_counts_record",
    "effect_items_propose",
    "expert_appoint",
    "expert_recuse",
    "expert_release",
    "handover_accept",
    "handover_bring_to_meeting",
    "handover_offer",
    "handover_refuse",
    "handover_settle",
    "handover_withdraw",
    "handovers_escalate_overdue",
    "mandates_load",
    "meeting_close",
    "meeting_convene",
    "meeting_hold",
    "meeting_invite",
    "meeting_open",
    "meeting_pack_export",
    "meeting_plan",
    "meeting_postpone",
    "minutes_approve",
    "minutes_draft",
    "minutes_publish",
    "object_share",
    "object_unshare",
    "objects_share",
    "officer_appoint",
    "officer_end",
    "opinion_give",
    "panel_seat_add",
    "paper_add",
    "question_ask",
    "question_publish",
    "question_withdraw",
    "questions_publish_due",
    "resolution_record",
    "route_conflict",
    "subject_provider_set",
    "vote_record",
]
