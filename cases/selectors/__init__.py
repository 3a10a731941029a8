"""Reads of cases. Everything that depends on the reader says by which rule."""

from cases.selectors.casefile import CaseFile, case_file
from cases.selectors.desk import Deadline, Desk, desk_for
from cases.selectors.queue import CaseRow, case_rows, case_totals, cases_visible_to
from cases.selectors.wording import in_reader_language, reason_text, reason_texts
from cases.selectors.work import Work, work_for

__all__ = [
    "CaseFile",
    "CaseRow",
    "Deadline",
    "Desk",
    "Work",
    "case_file",
    "case_rows",
    "case_totals",
    "cases_visible_to",
    "desk_for",
    "in_reader_language",
    "reason_text",
    "reason_texts",
    "work_for",
]
