"""Days of the work between authorities, counted by the pack's clock, with the reasons in both languages."""

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django.utils.translation import gettext_lazy as _

from common import clock
from common.errors import Refusal
from rulebook.clocks import Unit, deadline
from rulebook.selectors import deadline_rule, working_calendar
from rulebook.timeline import term_text

ANSWER, SUPERIOR, MEETING = "handover.answer", "handover.superior", "handover.meeting"
OPINION = "consultation.answer"


@dataclass(frozen=True, slots=True)
class Term:
    """The last day of a step, whether it may still move, and how it was counted."""

    due_on: date
    is_provisional: bool
    steps: tuple[dict[str, str], ...]
    is_convention: bool


def term_from(key: str, start: date) -> Term:
    """The term of the pack in force on the first day. Refuses when the pack has none: no clock, no hand-over."""
    rule = deadline_rule(key, start)
    if rule is None:
        raise Refusal(
            "coordination.no_term",
            _("The rulebook has no term “%(key)s” on this day.") % {"key": key},
            cure=_("Load the rule pack, or add the term to it."),
        )
    found = deadline(
        start=start, amount=rule.amount, unit=cast(Unit, rule.unit), calendar=working_calendar(rule.calendar),
        roll_to_working_day=rule.rolls, known_at=clock.today(),
    )  # fmt: skip
    steps = (dict(term_text(rule)), *found.steps)
    return Term(found.due_on, found.provisional, steps, rule.basis.text_status == "convention")


def terms_as_json(*terms: Term) -> dict[str, Any]:
    """What is kept with the row: the reasons step by step, and whether the days are a house convention."""
    steps = [dict(step) for term in terms for step in term.steps]
    return {"steps": steps, "is_convention": all(term.is_convention for term in terms)}
