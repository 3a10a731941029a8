"""Supervisory cases, what they rest on, and what was noted."""

from cases.models.case import Case, CaseLink, CaseNote, CaseQuerySet

__all__ = ["Case", "CaseLink", "CaseNote", "CaseQuerySet"]
