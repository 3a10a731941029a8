"""Codes of the complaints app: stable English values, labels through gettext."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded


class ComplaintState(models.TextChoices):
    """Where a complaint stands. The edges between the states are in `workflow.py`."""

    FILED = "filed", pgettext_lazy("complaint", "Received")
    ROUTED = "routed", pgettext_lazy("complaint", "With the authority in charge")
    WITH_PLATFORM = "with_platform", pgettext_lazy("complaint", "Sent to the platform")
    ANSWERED = "answered", pgettext_lazy("complaint", "Answered by the platform")
    ESCALATED = "escalated", pgettext_lazy("complaint", "Overdue, taken over by the authority")
    CLOSED = "closed", pgettext_lazy("complaint", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Withdrawn")


OPEN_STATES = (
    ComplaintState.FILED.value,
    ComplaintState.ROUTED.value,
    ComplaintState.WITH_PLATFORM.value,
    ComplaintState.ANSWERED.value,
    ComplaintState.ESCALATED.value,
)

AUTHORITY_STATES = (  # the authority has the next step
    ComplaintState.ROUTED.value,
    ComplaintState.ANSWERED.value,
    ComplaintState.ESCALATED.value,
)


class Category(models.TextChoices):
    """What a complaint is about, in the consumer's words."""

    PAYMENT_DELAYED = "payment_delayed", _("I cannot get my money out, or a payment is late")
    FEES = "fees", _("Interest, fees or charges")
    COLLECTION = "collection", _("How a debt is being collected")
    MISLEADING = "misleading", _("Misleading promises or missing information")
    PRIVACY = "privacy", _("My personal data")
    ACCOUNT = "account", _("A transaction I did not make, or an error in my account")
    OTHER = "other", _("Something else")


class IdentityTier(models.TextChoices):
    """How much we know of the person who complains."""

    ANONYMOUS = "anonymous", _("Anonymous")
    VERIFIED_CONTACT = "verified_contact", _("Contact confirmed")
    REAL_NAME = "real_name", _("Real name given")


class ContactChannel(models.TextChoices):
    """How the consumer wants to be told of each step."""

    NONE = "", _("Do not contact me; I will look with my receipt number")
    EMAIL = "email", _("By e-mail")
    SMS = "sms", _("By text message")


class Source(models.TextChoices):
    """Through which door a complaint came."""

    WEB = "web", _("Web form")
    API = "api", _("API")
    IMPORT = "import", _("Imported history")


class Outcome(models.TextChoices):
    """The result an answer or a decision states."""

    UPHELD = "upheld", _("Granted")
    PARTLY = "partly", _("Granted in part")
    REJECTED = "rejected", _("Not granted")
    EXPLAINED = "explained", _("Explained")
    NOT_IN_TIME = "not_in_time", _("No answer in time")


class ReplyKind(models.TextChoices):
    """Who speaks in a reply."""

    PLATFORM = "platform", _("Answer of the platform")
    AUTHORITY = "authority", _("Decision of the authority")
    QUESTION = "question", _("Question of the authority")
    SUPPLEMENT = "supplement", _("Answer of the complainant")
    ADDITION = "addition", _("Information added by the complainant")


class ClockKey(models.TextChoices):
    """Which clock runs."""

    HANDLING = "handling", _("The authority acts and tells you")
    FIRST_ANSWER = "first_answer", _("The platform answers")
    DECISION = "decision", _("The authority decides")


class AttachmentKind(models.TextChoices):
    """What an attachment is after checking."""

    IMAGE = "image", _("Picture")
    PDF = "pdf", _("PDF document")


class ComplaintVerb(models.TextChoices):
    """What may be done with a complaint, as its refusals say it."""

    ROUTE = "route", pgettext_lazy("step", "send it to the authority in charge")
    FORWARD = "forward", pgettext_lazy("step", "send it to the platform")
    ANSWER = "answer", pgettext_lazy("step", "answer the complaint")
    RETURN = "return", pgettext_lazy("step", "send the answer back")
    CLOSE = "close", pgettext_lazy("step", "close the complaint")
    ASK_SUPPLEMENT = "ask_supplement", pgettext_lazy("step", "ask the complainant a question")
    SUPPLEMENT = "supplement", pgettext_lazy("step", "answer the question")
    ADD = "add", pgettext_lazy("step", "add information")
    EXTEND = "extend", pgettext_lazy("step", "extend the term")
    HAND_OVER = "hand_over", pgettext_lazy("step", "hand the complaint over")
    ESCALATE = "escalate", pgettext_lazy("step", "take the complaint over")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the complaint")


workflow_worded("complaint", states=ComplaintState.choices, verbs=ComplaintVerb.choices)
