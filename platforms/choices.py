"""Codes of the platforms app: stable English values, labels through gettext."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded
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

class PlatformVerb(models.TextChoices):
    """What may be done with a registration, as its refusals say it."""

    CONFIRM = "confirm", pgettext_lazy("step", "confirm the registration")
    SUSPEND = "suspend", pgettext_lazy("step", "suspend the institution")
    RESUME = "resume", pgettext_lazy("step", "let the institution resume")
    EXIT = "exit", pgettext_lazy("step", "record the exit")


class FilingVerb(models.TextChoices):
    """What may be done with a filing, as its refusals say it."""

    RECEIVE = "receive", pgettext_lazy("step", "send the content")
    SUBMIT = "submit", pgettext_lazy("step", "submit the filing")
    START = "start", pgettext_lazy("step", "start the check")
    ACCEPT = "accept", pgettext_lazy("step", "accept the filing")
    ACCEPT_WITH_FINDINGS = "accept_with_findings", pgettext_lazy("step", "accept the filing with findings")
    RETURN = "return", pgettext_lazy("step", "return the filing")
    FIND = "find", pgettext_lazy("step", "find something later")
    CORRECT = "correct", pgettext_lazy("step", "open it for correction")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the filing")


workflow_worded("platform", states=PlatformState.choices, verbs=PlatformVerb.choices)
workflow_worded("filing", states=FilingState.choices, verbs=FilingVerb.choices)


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
