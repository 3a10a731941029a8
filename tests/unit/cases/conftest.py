"""Everything about cases happens on 2017-07-10, under the small map."""

from collections.abc import Iterator

import pytest

from common import clock
from tests.factories.platforms import registered
from tests.factories.regulators import small_map
from tests.factories.rulebook import terms_loaded


@pytest.fixture
def today(db: None) -> Iterator[None]:
    """The day of the case tests."""
    with clock.frozen("2017-07-10"):
        small_map()
        terms_loaded("case.review", "case.review.urgent")
        yield


@pytest.fixture
def platform(today: None) -> int:
    """A confirmed P2P platform in Beijing."""
    return registered(name="测试平台甲").platform_id
