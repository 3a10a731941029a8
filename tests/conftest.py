"""Fixtures of the whole suite."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from django.test import TransactionTestCase

from tests import distribution, environment


@pytest.fixture(scope="session")
def django_db_setup() -> Iterator[None]:
    """A database of its own for this worker, cloned from the migrated template."""
    environment.fresh_database()
    TransactionTestCase._fixture_teardown = _reclone  # type: ignore[method-assign]
    yield
    connections.close_all()
    environment.postgres.drop_database(environment.NAME)


def _reclone(self: Any) -> None:
    """The serving role may not truncate (audit is append-only), so a committed test gets a new clone after it."""
    connections.close_all()
    environment.fresh_database()
    connections.close_all()


@pytest.fixture(autouse=True)
def acting_system(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests with a rolled-back database act as the system; transactional tests set their own principal."""
    marker = request.node.get_closest_marker("django_db")
    names = request.fixturenames
    is_transactional = (marker and marker.kwargs.get("transaction")) or {"transactional_db", "live_server"} & set(names)
    if is_transactional:
        request.getfixturevalue("_django_db_helper")
        connections.close_all()  # what an earlier test left open may lead to a database that is gone
    if is_transactional or not (marker or "db" in names):
        yield
        return
    request.getfixturevalue("_django_db_helper")
    from common.db.acting import acting_as
    from common.principal import system_principal

    with acting_as(system_principal("test")):
        yield


@pytest.fixture
def shared_data() -> Path:
    """The folder of real data, or a skip that says why."""
    default = Path(environment.ROOT).parent / "shared" / "data"
    folder = Path(os.environ.get("LIANXI_SHARED_DATA", default))
    if not (folder / "manifest.json").exists():
        pytest.skip("LIANXI_SHARED_DATA is absent: the real data sets are not on this machine")
    return folder


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Close what leads to a database that was replaced: the browser's event loop keeps connections of its own."""
    for one in connections.all(initialized_only=True):
        if one.connection is not None and getattr(one, "clone", None) != environment.clones():
            one.close()


@receiver(connection_created)
def _note_the_clone(connection: Any, **_more: Any) -> None:
    """Which database a connection leads to: the one that stood when it was opened."""
    connection.clone = environment.clones()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files begin."""
    items.sort(key=lambda item: distribution.place_of(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> distribution.ByFile:
    """Whole files, so that what a module sets up is made once."""
    return distribution.scheduler(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove the worker's scratch folder."""
    shutil.rmtree(os.environ.get("LIANXI_DATA_DIR", "/nonexistent"), ignore_errors=True)
