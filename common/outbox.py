"""Events: written with the change they report, delivered at least once, taken exactly once.

`event_emit` inserts a row in the caller's transaction. The relay sends its number through Celery to every subscriber;
`event_deliver` inserts the inbox key and runs the subscriber in one transaction, so a second delivery does nothing.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from common import clock
from common.db.acting import acting_as
from common.logs import get_logger
from common.models import InboxKey, OutboxEvent
from common.principal import system_principal

log = get_logger(__name__)
REDRIVE = timedelta(seconds=15)
"""What was sent to the broker and is still open after this time is sent again."""
LONGEST_PAUSE = timedelta(minutes=5)


@dataclass(frozen=True)
class Event:
    """What a subscriber is given."""

    id: int
    topic: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class _Subscription:
    name: str
    queue: str
    handle: Callable[[Event], None]


Handler = Callable[[Event], None]
_subscriptions: dict[str, list[_Subscription]] = defaultdict(list)


def subscriber(topic: str, *, name: str, queue: str = "relay") -> Callable[[Handler], Handler]:
    """Register a reaction to `topic`; `name` is its stable identity, e.g. "riskmodels.rescore"."""

    def register(handle: Callable[[Event], None]) -> Callable[[Event], None]:
        known = [item for item in _subscriptions[topic] if item.name != name]
        _subscriptions[topic] = [*known, _Subscription(name, queue, handle)]
        return handle

    return register


def subscriptions(topic: str) -> list[tuple[str, str]]:
    """(name, queue) of everyone who reacts to `topic`."""
    return [(item.name, item.queue) for item in _subscriptions[topic]]


def event_emit(topic: str, payload: dict[str, Any]) -> int:
    """Record news in the current transaction. Refuses (RuntimeError) outside one: such news could get lost."""
    if not connection.in_atomic_block:
        raise RuntimeError(f"Event {topic} was emitted outside a transaction.")
    pending = [name for name, _queue in subscriptions(topic)]
    closed_at = None if pending else clock.real_now()
    return OutboxEvent.objects.create(topic=topic, payload=payload, pending=pending, closed_at=closed_at).pk


def event_deliver(event_id: int, subscriber_name: str) -> bool:
    """Run one subscriber on one event, once. False when it had been taken before or the event is gone."""
    with acting_as(system_principal(f"event:{subscriber_name}")):
        row = OutboxEvent.objects.select_for_update().filter(pk=event_id).first()
        if row is None or subscriber_name not in row.pending:
            return False
        _key, is_new = InboxKey.objects.get_or_create(event=row, subscriber=subscriber_name)
        if is_new:
            handle = next(s.handle for s in _subscriptions[row.topic] if s.name == subscriber_name)
            handle(Event(row.pk, row.topic, row.payload))
        row.pending = [name for name in row.pending if name != subscriber_name]
        row.closed_at = None if row.pending else clock.real_now()
        row.save(update_fields=["pending", "closed_at"])
    return is_new


def event_try(event_id: int, subscriber_name: str) -> bool:
    """Deliver, or remember why not. True when this call delivered it."""
    try:
        return event_deliver(event_id, subscriber_name)
    except Exception as error:
        log.exception("event.failed", event_id=event_id, subscriber=subscriber_name)
        event_failed(event_id, f"{subscriber_name}: {type(error).__name__}: {error}")
        return False


def event_failed(event_id: int, error: str) -> None:
    """Remember why a delivery failed; the relay tries again after REDRIVE, then after pauses that grow to 5 minutes."""
    row = OutboxEvent.objects.filter(pk=event_id, closed_at__isnull=True).first()
    if row is None:
        return
    pause = min(LONGEST_PAUSE, REDRIVE * 2 ** min(row.attempts, 10))
    OutboxEvent.objects.filter(pk=event_id).update(
        last_error=error[:2000], attempts=F("attempts") + 1, relayed_at=clock.real_now() + pause - REDRIVE
    )


@transaction.atomic
def events_drain(limit: int = 1000) -> int:
    """Deliver every open event in this process (tests and small tools). Returns the deliveries made."""
    made = 0
    for row in OutboxEvent.objects.filter(closed_at__isnull=True).order_by("id")[:limit]:
        for name in list(row.pending):
            made += event_deliver(row.pk, name)
    return made
