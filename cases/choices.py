"""Codes of supervisory cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded


class CaseState(models.TextChoices):
    """Life of a case; the permitted steps are in workflow.py."""

    OPEN = "open", _("Open")
    ASSIGNED = "assigned", _("Assigned")
    UNDER_REVIEW = "under_review", _("Under review")
    MEASURES_PROPOSED = "measures_proposed", _("Measures proposed")
    CLOSED = "closed", _("Closed")


class CaseOrigin(models.TextChoices):
    """What opened the case."""

    FINDING = "finding", _("Findings in a filing")
    AREA_D = "area_d", _("Risk area D")
    WARNING = "warning", _("Early warning")
    MANUAL = "manual", _("Opened by an officer")


class LinkKind(models.TextChoices):
    """What a case may point to."""

    FILING = "filing", _("Filing")
    FINDING = "finding", _("Finding")
    SCORE = "score", _("Risk score")
    COMPLAINT = "complaint", _("Complaint")
    WARNING = "warning", _("Warning")


class Competence(models.TextChoices):
    """Whether the mandate table named exactly one lead when the case was opened."""

    DECIDED = "decided", _("One lead")
    OVERLAP = "overlap", _("Several leads")
    GAP = "gap", _("No lead")


# The term of the pack under which a case is reviewed; every other origin has the usual one.
REVIEW_TERM, REVIEW_TERM_URGENT = "case.review", "case.review.urgent"

class CaseVerb(models.TextChoices):
    """What may be done with a case, as its refusals say it."""

    ASSIGN = "assign", pgettext_lazy("step", "take the case")
    REVIEW = "review", pgettext_lazy("step", "review the case")
    PROPOSE_MEASURES = "propose_measures", pgettext_lazy("step", "propose measures")
    CLOSE = "close", pgettext_lazy("step", "close the case")
    HAND_OVER = "hand_over", pgettext_lazy("step", "hand the case over")
    REOPEN = "reopen", pgettext_lazy("step", "open the case again")


workflow_worded("case", states=CaseState.choices, verbs=CaseVerb.choices)
