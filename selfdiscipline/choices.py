"""Codes of the self-discipline records."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MembershipState(models.TextChoices):
    """Life of one membership."""

    ADMITTED = "admitted", _("Admitted")
    LEFT = "left", _("Left")


class IndicatorColumn(models.TextChoices):
    """Columns of the monthly_indicators template that may be added up over members."""

    TURNOVER_AMOUNT = "turnover_amount", _("Turnover")
    OUTSTANDING_BALANCE = "outstanding_balance", _("Outstanding balance")
    LOAN_COUNT = "loan_count", _("Number of loans")
