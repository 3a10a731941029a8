"""What every complaint needs: authorities, mandates, terms, and a day in 2017."""

from collections.abc import Iterator

import pytest

from common import clock
from tests.factories import complaints


@pytest.fixture
def ground(db: None, acting_system: None) -> Iterator[None]:
    """Monday 2017-07-10, 09:00 in Beijing, with the map and the terms loaded."""
    with clock.frozen("2017-07-10T09:00+08:00"):
        complaints.ground()
        yield
