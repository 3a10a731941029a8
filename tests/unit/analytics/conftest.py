"""Fixtures of the analytic plane's tests; none of them needs a database."""

from pathlib import Path

import pytest

from tests.unit.analytics.reading import Reader


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Reads fund ledgers of June 2017 into a temporary folder."""
    return Reader(tmp_path)
