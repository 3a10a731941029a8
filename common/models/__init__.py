"""Nouns of the kernel."""

from common.models.audit import AuditEntry, AuditEpoch
from common.models.base import Entity
from common.models.clock import BusinessClock
from common.models.delivery import InboxKey, Job, OutboxEvent
from common.models.kept import KeptFilters, KeptQuerySet, KeptRow, living_once
from common.models.notices import OutgoingMessage
from common.models.requests import IdempotencyKey, SignatureNonce
from common.models.transition import Transition
from common.models.user import User
from common.models.vault import PersonKey

__all__ = [
    "AuditEntry",
    "AuditEpoch",
    "BusinessClock",
    "Entity",
    "IdempotencyKey",
    "InboxKey",
    "Job",
    "KeptFilters",
    "KeptQuerySet",
    "KeptRow",
    "OutboxEvent",
    "OutgoingMessage",
    "PersonKey",
    "SignatureNonce",
    "Transition",
    "User",
    "living_once",
]
