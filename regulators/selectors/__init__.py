"""Reads that other apps may use. Everything returned is an id or a frozen dataclass."""

from regulators.facts import Box, Coverage
from regulators.selectors.authorities import (
    AuthorityRef,
    authority_by_code,
    authority_ref,
    authority_refs,
    meeting_convenor,
    objects_shared_with,
    region_name,
    region_tree,
    sharing_of,
)
from regulators.selectors.competence import Competence, competent_authorities, coverage, coverage_between
from regulators.selectors.meetings import AgendaLine, QuestionRef, agenda_of, open_questions
from regulators.selectors.people import OfficerRef, actor_names, officer_ref, officer_refs, principal_for_user
from regulators.selectors.wording import role_and_lines

__all__ = [
    "AgendaLine",
    "AuthorityRef",
    "Box",
    "Competence",
    "Coverage",
    "OfficerRef",
    "QuestionRef",
    "actor_names",
    "agenda_of",
    "authority_by_code",
    "authority_ref",
    "authority_refs",
    "competent_authorities",
    "coverage",
    "coverage_between",
    "meeting_convenor",
    "objects_shared_with",
    "officer_ref",
    "officer_refs",
    "open_questions",
    "principal_for_user",
    "region_name",
    "region_tree",
    "role_and_lines",
    "sharing_of",
]
