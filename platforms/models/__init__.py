"""Nouns of the platforms app; private to it."""

from platforms.models.filing import Filing, FilingReport, FilingRevision
from platforms.models.finding import Finding
from platforms.models.platform import ClientKey, DepositoryAgreement, Platform
from platforms.models.reconciliation import MetricReading, RecomputedIndicator, ReconciliationRun

__all__ = [
    "ClientKey",
    "DepositoryAgreement",
    "Filing",
    "FilingReport",
    "FilingRevision",
    "Finding",
    "MetricReading",
    "Platform",
    "RecomputedIndicator",
    "ReconciliationRun",
]
