"""Codes of supervisory cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
