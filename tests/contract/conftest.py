"""The scene of a module: made once, and as it was made for each test.

The client of the filers signs the generated requests: a distribution of its own, read from its source.
"""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

sys.path.insert(0, str(Path(__file__).parents[2] / "filer" / "src"))

from common import clock
from common.db.acting import acting_as
from tests.contract import scene


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[scene.Scene]:
    """The scene in a transaction that lasts as long as the module and is undone at its end.

    Tests of such a module take `at_work` and never `db`, which would close the connection of this transaction.
    """
    connection.close()
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        with clock.frozen(scene.TODAY), acting_as(scene.SYSTEM):
            made = scene.at_work(patch)
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def at_work(standing: scene.Scene) -> Iterator[scene.Scene]:
    """The scene, on the day it plays, seen by the system. Whatever a test does to it is undone."""
    with clock.frozen(scene.TODAY), transaction.atomic():
        with acting_as(scene.SYSTEM):
            yield replace(standing, sessions=dict(standing.sessions))
        transaction.set_rollback(True)
