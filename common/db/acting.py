"""The principal of a transaction, for Python and for PostgreSQL's row-level security."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog
from django.db import connection, transaction

from common.db.sqlfiles import sql_text
from common.principal import Principal

_current: ContextVar[Principal | None] = ContextVar("lianxi_principal", default=None)


def current_principal() -> Principal | None:
    """The principal of the innermost `acting_as`, or None outside."""
    return _current.get()


def _tell_database(principal: Principal | None) -> None:
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    authorities = "{" + ",".join(str(pk) for pk in principal.authority_ids) + "}" if principal else "{}"
    values = [
        principal.kind if principal else "",
        principal.label if principal else "",
        authorities,
        str(principal.platform_id or "") if principal else "",
        request_id,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql_text("common", "set_principal"), values)


@contextmanager
def acting_as(principal: Principal) -> Iterator[Principal]:
    """Open a transaction in which `principal` acts; nested calls narrow or widen it and restore it after.

    Without a principal the row-level policies raise an error: forgetting this is loud, never a leak.
    """
    outer = _current.get()
    is_nested = connection.in_atomic_block
    token = _current.set(principal)
    try:
        with transaction.atomic():
            _tell_database(principal)
            yield principal
            if is_nested:
                _tell_database(outer)
    finally:
        _current.reset(token)
