"""Codes of this app: stable values, words in both languages."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded


class ModelState(TextChoices):
    """Life of a model version."""

    CANDIDATE = "candidate", pgettext_lazy("model version", "candidate")
    ACTIVE = "active", pgettext_lazy("model version", "active")
    RETIRED = "retired", pgettext_lazy("model version", "retired")


class Purpose(TextChoices):
    """What a model is for; one version per purpose is active."""

    PLATFORM_FAILURE = "platform_failure", _("platform failure")


class RiskArea(TextChoices):
    """Cells of the risk coordinate."""

    A = "A", _("A: low probability, low impact")
    B = "B", _("B: low probability, high impact")
    C = "C", _("C: high probability, low impact")
    D = "D", _("D: high probability, high impact")


class WarningKind(TextChoices):
    """What a warning is about; one open warning per platform and kind."""

    HIGH_RISK_AREA = "high_risk_area", _("settled in area D")
    AREA_WORSENED = "area_worsened", _("moved to a worse area")
    SERIOUS_FINDINGS = "serious_findings", _("serious findings in a filing")
    COMPLAINT_SURGE = "complaint_surge", _("complaint surge")


class WarningLevel(TextChoices):
    """How soon somebody should look."""

    HIGH = "high", pgettext_lazy("warning level", "high")
    MEDIUM = "medium", pgettext_lazy("warning level", "medium")


class WarningState(TextChoices):
    """Life of a warning."""

    OPEN = "open", pgettext_lazy("warning", "open")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("warning", "acknowledged")
    CLOSED = "closed", pgettext_lazy("warning", "closed")


class WaveState(TextChoices):
    """Life of a batch of score requests."""

    OPEN = "open", pgettext_lazy("score wave", "collecting")
    CLOSED = "closed", pgettext_lazy("score wave", "running")
    DONE = "done", pgettext_lazy("score wave", "done")

class ModelVerb(TextChoices):
    """What may be done with a model version, as its refusals say it."""

    PROPOSE = "propose", pgettext_lazy("step", "propose the version")
    ACTIVATE = "activate", pgettext_lazy("step", "activate the version")
    REJECT = "reject", pgettext_lazy("step", "reject the version")
    RETIRE = "retire", pgettext_lazy("step", "retire the version")


class WarningVerb(TextChoices):
    """What may be done with a warning, as its refusals say it."""

    ACKNOWLEDGE = "acknowledge", pgettext_lazy("step", "take note of the warning")
    CLOSE = "close", pgettext_lazy("step", "close the warning")


workflow_worded("model_version", states=ModelState.choices, verbs=ModelVerb.choices)
workflow_worded("warning", states=WarningState.choices, verbs=WarningVerb.choices)
