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
from regulators.selectors.handovers import (
    DeskMatter,
    consultations_visible_to,
    handovers_visible_to,
    matters_about,
    matters_sent_by,
    matters_waiting_for,
    open_subjects,
    responsible_for,
)
from regulators.selectors.meetings import AgendaLine, QuestionRef, agenda_of, open_questions
from regulators.selectors.people import OfficerRef, actor_names, officer_ref, officer_refs, principal_for_user
from regulators.selectors.routing import Conflict, Ownership, Routing, owner_role, ownership, route_of
from regulators.selectors.wording import role_and_lines

__all__ = [
    "AgendaLine",
    "AuthorityRef",
    "Box",
    "Competence",
    "Conflict",
    "Coverage",
    "DeskMatter",
    "OfficerRef",
    "Ownership",
    "QuestionRef",
    "Routing",
    "actor_names",
    "agenda_of",
    "authority_by_code",
    "authority_ref",
    "authority_refs",
    "competent_authorities",
    "consultations_visible_to",
    "coverage",
    "coverage_between",
    "handovers_visible_to",
    "matters_about",
    "matters_sent_by",
    "matters_waiting_for",
    "meeting_convenor",
    "objects_shared_with",
    "officer_ref",
    "officer_refs",
    "open_questions",
    "open_subjects",
    "owner_role",
    "ownership",
    "principal_for_user",
    "region_name",
    "region_tree",
    "responsible_for",
    "role_and_lines",
    "route_of",
    "sharing_of",
]
