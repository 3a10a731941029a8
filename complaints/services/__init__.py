"""Everything that writes a complaint. Doors and other apps import from here."""

from complaints.services.answering import complaint_answer
from complaints.services.attachments import CheckedFile, attachment_check
from complaints.services.closing import complaint_close, complaint_return, complaint_withdraw
from complaints.services.drafts import DraftContent, DraftSaved, draft_resume, draft_save, drafts_expire
from complaints.services.escalation import complaints_escalate_overdue
from complaints.services.extensions import clock_extend
from complaints.services.filing import FiledComplaint, NewComplaint, complaint_file
from complaints.services.forwarding import complaint_forward
from complaints.services.history import HistoryRow, ImportResult, complaints_import_history
from complaints.services.limits import lookup_count
from complaints.services.reading import attachment_open, contact_open, narrative_open, narratives_open
from complaints.services.recomputing import RecomputeReport, clocks_recompute
from complaints.services.routing import complaint_route
from complaints.services.supplements import information_add, supplement_give, supplement_request
from complaints.services.whatif import ClockMove, ClockRehearsal, clocks_rehearse

__all__ = [
    "CheckedFile",
    "ClockMove",
    "ClockRehearsal",
    "DraftContent",
    "DraftSaved",
    "FiledComplaint",
    "HistoryRow",
    "ImportResult",
    "NewComplaint",
    "RecomputeReport",
    "attachment_check",
    "attachment_open",
    "clock_extend",
    "clocks_recompute",
    "clocks_rehearse",
    "complaint_answer",
    "complaint_close",
    "complaint_file",
    "complaint_forward",
    "complaint_return",
    "complaint_route",
    "complaint_withdraw",
    "complaints_escalate_overdue",
    "complaints_import_history",
    "contact_open",
    "draft_resume",
    "draft_save",
    "drafts_expire",
    "information_add",
    "lookup_count",
    "narrative_open",
    "narratives_open",
    "supplement_give",
    "supplement_request",
]
