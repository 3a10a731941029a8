"""One service, one transaction, one principal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from common.db.acting import acting_as, current_principal
from common.principal import Principal


@contextmanager
def unit_of_work(actor: Principal) -> Iterator[None]:
    """The transaction of a service in which `actor` acts.

    A door that already opened a transaction for the same actor is joined through a savepoint, so that a
    refusal leaves nothing half-written even where the door catches it.
    """
    if connection.in_atomic_block and current_principal() == actor:
        with transaction.atomic():
            yield
        return
    with acting_as(actor):
        yield
