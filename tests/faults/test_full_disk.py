"""The disk refuses a write in the middle of an upload: a problem document, nothing half-written, and on it goes.

A size limit of the process makes the operating system refuse: it binds root as well, unlike permission bits.
"""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analytics.lake import STAGING
from common.db.acting import acting_as
from common.models import Job
from platforms.models import FilingRevision
from tests.factories import platforms as make
from tests.faults import books

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
LIMIT_BYTES = 256 * 1024


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """Writing beyond `size` bytes fails with OSError, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def _files(lake: Path) -> list[str]:
    return sorted(found.relative_to(lake).as_posix() for found in lake.rglob("*") if found.is_file())


def test_an_upload_that_does_not_fit_leaves_nothing_and_can_be_sent_again(lake: Path) -> None:
    filer = make.filer()
    filing = filer.open("loan_book", period="2017-06")
    content = make.csv_of(*(make.loan(loan_id=f"L-{number}") for number in range(5000)))
    assert len(content) > LIMIT_BYTES
    with no_file_larger_than(LIMIT_BYTES):
        answer = filer.put(filing, content)
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (507, "storage.full")
    assert problem["cure"]
    assert _files(lake) == []
    assert filer.submit(filing).json()["code"] == "filing.no_content"
    with acting_as(books.system()):
        revision = FilingRevision.objects.get()
        assert (revision.state, revision.staged_key, revision.content_bytes) == ("open", "", 0)
        assert Job.objects.count() == 0

    stored = filer.put(filing, content)
    assert (stored.status_code, stored.json()["bytes"]) == (200, len(content))
    with acting_as(books.system()):
        assert _files(lake) == [FilingRevision.objects.get().staged_key]
    assert _files(lake)[0].startswith(f"{STAGING}/")
