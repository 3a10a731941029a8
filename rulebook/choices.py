"""Codes of the rulebook: stable English values, labels through gettext."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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
