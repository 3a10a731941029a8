"""From a signed filing of panel figures to a recorded score, through the lake and the worker's doors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common import clock
from common.jobs import jobs_drain
from common.outbox import events_drain
from riskmodels import selectors
from riskmodels.models import Score
from riskmodels.panel import panel_row_to_indicator
from tests.factories import platforms as make
from tests.factories.regulators import small_map
from tests.factories.riskmodels import ON, active_model
from tests.unit.riskmodels.test_panel import ROW

pytestmark = pytest.mark.django_db


@pytest.fixture
def filer(model_files: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[make.Filer]:
    with clock.frozen(ON):
        small_map()
        make.use_plan(monkeypatch)
        active_model()
        yield make.filer(name="测试平台甲", external_ref="ceshi")


def csv_of(change: dict[str, str]) -> bytes:
    return make.csv_of(panel_row_to_indicator(ROW | change))


def test_a_mapped_panel_row_is_filed_checked_and_scored(filer: make.Filer) -> None:
    filing = filer.file(csv_of({"month": "2017-06"}), period="2017-06")
    jobs_drain()
    assert make.state_of(filing) == "accepted"
    events_drain()
    jobs_drain()
    score = Score.objects.get()
    assert score.platform_id == filer.of.platform_id
    assert (score.as_of, score.features["month"], score.is_out_of_fold) == (ON, "2017-06", False)
    assert score.impact_cny == 112_446_114_700
    assert score.features["values"]["rate_percent"] == 7.06
    assert selectors.area_counts()[score.area] == 1


def test_a_row_with_gaps_is_accepted_and_its_impact_is_estimated(filer: make.Filer) -> None:
    gaps = {"stayStillOfTotal": "", "regCapital": "0", "top10DueInProportion": "-100", "month": "2017-06"}
    filing = filer.file(csv_of(gaps), period="2017-06")
    jobs_drain()
    assert make.state_of(filing) == "accepted"
    events_drain()
    jobs_drain()
    score = Score.objects.get()
    assert (score.is_impact_estimated, score.is_unsettled) == (True, True)
    assert score.features["values"]["log_capital"] is None
