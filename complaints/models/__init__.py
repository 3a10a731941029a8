"""Complaints, their clocks, replies, attachments, drafts, and the log of who read personal text."""

from complaints.models.attachment import Attachment
from complaints.models.clock import ComplaintClock
from complaints.models.complaint import Complaint, short_tail
from complaints.models.draft import ComplaintDraft
from complaints.models.lookup import LookupWindow
from complaints.models.reading import PersonalRead
from complaints.models.reply import Reply

__all__ = [
    "Attachment",
    "Complaint",
    "ComplaintClock",
    "ComplaintDraft",
    "LookupWindow",
    "PersonalRead",
    "Reply",
    "short_tail",
]
