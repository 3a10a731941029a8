"""Reads that other apps may use. Everything returned is an id or a frozen dataclass."""

from regulators.selectors.authorities import (
    AuthorityRef,
    authority_by_code,
    authority_ref,
    authority_refs,
    meeting_convenor,
    objects_shared_with,
    region_name,
)
from regulators.selectors.competence import Competence, competent_authorities, coverage
from regulators.selectors.meetings import AgendaLine, QuestionRef, agenda_of, open_questions
from regulators.selectors.people import OfficerRef, officer_ref, principal_for_user

__all__ = [
    "AgendaLine",
    "AuthorityRef",
    "Competence",
    "OfficerRef",
    "QuestionRef",
    "agenda_of",
    "authority_by_code",
    "authority_ref",
    "authority_refs",
    "competent_authorities",
    "coverage",
    "meeting_convenor",
    "objects_shared_with",
    "officer_ref",
    "open_questions",
    "principal_for_user",
    "region_name",
]
