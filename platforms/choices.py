"""Codes of the platforms app: stable English values, labels through gettext."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulators.choices import BusinessLine


class PlatformKind(models.TextChoices):
    """What a registered institution is in this register."""

    PLATFORM = "platform", _("Platform")
    BANK = "bank", _("Depository bank")


class PlatformState(models.TextChoices):
    """Where an institution stands in its registration."""

    PENDING = "pending", _("Waiting for confirmation")
    REGISTERED = "registered", _("Registered")
    SUSPENDED = "suspended", _("Suspended")
    EXITED = "exited", _("Left the market")


class KeyState(models.TextChoices):
    """Whether a client key may sign."""

    ACTIVE = "active", _("Active")
    REVOKED = "revoked", _("Revoked")


class FilingState(models.TextChoices):
    """Where a filing stands."""

    OPEN = "open", pgettext_lazy("filing", "Open")
    CONTENT_RECEIVED = "content_received", _("Content received")
    SUBMITTED = "submitted", _("Submitted")
    PROCESSING = "processing", _("Being checked")
    ACCEPTED = "accepted", _("Accepted")
    ACCEPTED_WITH_FINDINGS = "accepted_with_findings", _("Accepted with findings")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


ACCEPTED_STATES = (FilingState.ACCEPTED.value, FilingState.ACCEPTED_WITH_FINDINGS.value)
DECIDED_STATES = (*ACCEPTED_STATES, FilingState.RETURNED.value)


class Severity(models.TextChoices):
    """How much a finding weighs; a blocking one returns the filing."""

    BLOCKING = "blocking", _("Blocking")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class FindingState(models.TextChoices):
    """Where a finding stands."""

    OPEN = "open", _("To be answered")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", pgettext_lazy("finding", "Closed")


MEDIA_TYPES = ("text/csv", "application/gzip", "application/vnd.apache.parquet")

__all__ = [
    "ACCEPTED_STATES",
    "DECIDED_STATES",
    "MEDIA_TYPES",
    "BusinessLine",
    "FilingState",
    "FindingState",
    "KeyState",
    "PlatformKind",
    "PlatformState",
    "Severity",
]
