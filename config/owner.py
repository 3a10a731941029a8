"""Running a piece of work as the database's owning role (migrations only)."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from config.environment import database_from_url


@contextmanager
def as_owner() -> Iterator[None]:
    """Connect as the owner inside the block; without LIANXI_OWNER_DATABASE_URL the usual role is used."""
    url = os.environ.get("LIANXI_OWNER_DATABASE_URL", "")
    if not url:
        yield
        return
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(database_from_url(url))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
