"""Codes of the rulebook: stable English values, labels through gettext."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.workflow import workflow_worded


class BusinessLine(TextChoices):
    """The seven lines of the 2015 Guiding Opinions."""

    P2P_LENDING = "p2p_lending", _("P2P lending")
    PAYMENT = "payment", _("Internet payment")
    EQUITY_CROWDFUNDING = "equity_crowdfunding", _("Equity crowdfunding")
    FUND_SALES = "fund_sales", _("Internet fund sales")
    INTERNET_INSURANCE = "internet_insurance", _("Internet insurance")
    INTERNET_TRUST = "internet_trust", _("Internet trust")
    CONSUMER_FINANCE = "consumer_finance", _("Internet consumer finance")


class RuleKind(TextChoices):
    """What a rule looks at."""

    RECORD = "record", _("Single record")
    AGGREGATE = "aggregate", _("Sum or share")
    CROSS_PLATFORM = "cross_platform", _("Across platforms")
    PROHIBITION = "prohibition", _("Prohibition")
    DEADLINE = "deadline", _("Deadline")
    DISCLOSURE = "disclosure", _("Disclosure")
    RETENTION = "retention", _("Retention")
    GOVERNANCE = "governance", _("Governance")


class Subject(TextChoices):
    """What part of a business a rule or clause is about: the columns of the coverage of law (paper 000, figure 5)."""

    ACCESS = "access", _("Access to the market")
    CONDUCT = "conduct", _("Bans and limits")
    FUNDS = "funds", _("Client money")
    DISCLOSURE = "disclosure", _("Disclosure")
    CONSUMER = "consumer", _("Consumers")
    DATA = "data", _("Data and records")
    INTEGRITY = "integrity", _("Laundering and crime")
    PRUDENCE = "prudence", _("Capital and governance")
    EXIT = "exit", _("Exit and incidents")


class ClauseKind(TextChoices):
    """What a clause does."""

    RECORD_LEVEL = "record-level", _("About single records")
    AGGREGATE = "aggregate", _("About sums and shares")
    PROHIBITION = "prohibition", _("Forbids")
    DEADLINE = "deadline", _("Sets a term")
    DISCLOSURE = "disclosure", _("Asks for disclosure")
    RETENTION = "retention", _("Asks to keep records")
    GOVERNANCE = "governance", _("Asks for organisation")
    DEFINITION = "definition", _("Defines")
    ALLOCATION = "allocation", _("Gives a task to a body")
    ORGANISATION = "organisation", _("Sets up a body")
    STATISTIC = "statistic", _("States a figure")


class RuleForm(TextChoices):
    """How a rule is judged."""

    ROW = "row", _("Row condition")
    SQL = "sql", _("Query")
    DEADLINE = "deadline", _("Deadline")
    QUESTION = "question", _("Question for inspections")


class Severity(TextChoices):
    """How heavy a finding is; a blocking one returns the filing."""

    BLOCKING = "blocking", _("Blocking")
    MAJOR = "major", _("Major")
    MINOR = "minor", _("Minor")


class TextStatus(TextChoices):
    """Which kind of text a row rests on."""

    FINAL = "final", _("Text in force")
    DRAFT = "draft", _("Draft")
    PRACTICE = "practice", _("Practice")
    MEMORY = "memory", _("From memory, not confirmed")
    CONVENTION = "convention", _("House convention, no law")


class Origin(TextChoices):
    """Who made a row; a pack never overwrites what staff made."""

    PACK = "pack", _("Pack")
    STAFF = "staff", _("Staff")


class SourceKind(TextChoices):
    """What kind of row a confirmed source belongs to."""

    RULE = "rule", _("Rule")
    PARAMETER = "parameter", _("Parameter")
    DEADLINE = "deadline", _("Deadline")
    CLAUSE = "clause", _("Clause")
    MANDATE = "mandate", _("Mandate")


class DraftState(TextChoices):
    """Where a rule that staff write stands."""

    DRAFT = "draft", _("Being written")
    SUBMITTED = "submitted", _("Waits for a second person")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Discarded")


class DraftPurpose(TextChoices):
    """What a draft is for."""

    TEXT = "text", _("New text")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class RehearsalState(TextChoices):
    """How far the trial of a draft on filings is."""

    OPEN = "open", _("Being tried")
    DONE = "done", _("Tried")
    FAILED = "failed", _("Could not be tried")
    CANCELLED = "cancelled", _("Stopped")


class DraftVerb(TextChoices):
    """What may be done with a rule draft, as its refusals say it."""

    SUBMIT = "submit", pgettext_lazy("step", "submit it to a second person")
    DISCARD = "discard", pgettext_lazy("step", "discard the draft")
    TAKE_BACK = "take_back", pgettext_lazy("step", "take the draft back")
    REJECT = "reject", pgettext_lazy("step", "send the draft back to the author")
    APPROVE = "approve", pgettext_lazy("step", "approve the draft")
    WITHDRAW = "withdraw", pgettext_lazy("step", "withdraw the rule")


workflow_worded("rule_draft", states=DraftState.choices, verbs=DraftVerb.choices)
