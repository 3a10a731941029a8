"""Scoring in bulk, twice, with a bad file, and by request."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from common import clock
from common.errors import Refusal
from common.jobs import job_of, job_redrive, jobs_drain
from common.models import OutboxEvent
from common.outbox import event_deliver, event_emit
from common.principal import Principal, public_principal
from riskmodels import selectors, services
from riskmodels.models import ModelVersion, Score, ScoreWave, Warning
from riskmodels.tasks import score_all
from tests.factories.riskmodels import ON, SYSTEM, Market, active_model, platform, staff

pytestmark = pytest.mark.django_db


def recorded() -> list[dict[str, object]]:
    return list(OutboxEvent.objects.filter(topic="score.recorded").order_by("id").values_list("payload", flat=True))


def test_all_platforms_are_scored_and_announced(market: Market) -> None:
    version = active_model()
    silent = platform("silent")
    result = services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert (result.recorded, result.unchanged, result.without_data) == (6, 0, 1)
    assert sum(result.areas.values()) == 6
    assert result.model_version_id == version
    assert [event["platform_id"] for event in recorded()] == sorted(market.ids.values())
    assert not Score.objects.filter(platform_id=silent).exists()


def test_a_score_keeps_its_interval_impact_reasons_and_input(market: Market) -> None:
    active_model()
    pk = market.ids["invented-0001"]
    services.platforms_score(actor=SYSTEM, platform_ids=[pk], on=ON)
    score = Score.objects.get(platform_id=pk)
    assert score.low <= score.probability <= score.high
    assert score.impact_cny == Decimal(market.rows[pk][-1]["outstanding_balance"])
    assert score.is_impact_estimated is False
    assert (score.as_of, score.features["month"]) == (ON, "2017-06")
    assert 0.5 <= score.cell_probability <= 1.0
    assert (score.area, score.is_unsettled) == ("B", False)
    assert {"feature", "value", "contribution", "zh", "en"} == set(score.reasons[0])


def test_scoring_twice_gives_the_same_rows(market: Market) -> None:
    active_model()
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    before = list(Score.objects.order_by("id").values())
    events = len(recorded())
    result = services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert (result.recorded, result.unchanged) == (0, 6)
    assert list(Score.objects.order_by("id").values()) == before
    assert len(recorded()) == events


def test_new_input_gives_a_new_row_that_knows_the_area_before(market: Market) -> None:
    active_model()
    pk = market.ids["invented-0002"]
    services.platforms_score(actor=SYSTEM, platform_ids=[pk], on=ON)
    first = Score.objects.get(platform_id=pk)
    market.rows[pk][-1]["average_annual_rate_percent"] = "3.00"
    services.platforms_score(actor=SYSTEM, platform_ids=[pk], on=ON)
    latest = Score.objects.filter(platform_id=pk).latest_per_platform().get()
    assert Score.objects.filter(platform_id=pk).count() == 2
    assert (latest.previous_area, latest.probability < first.probability) == (first.area, True)


def test_what_is_filed_later_does_not_change_an_earlier_day(market: Market) -> None:
    active_model()
    pk = market.ids["invented-0002"]
    services.platforms_score(actor=SYSTEM, platform_ids=[pk], on=date(2017, 5, 31))
    assert Score.objects.get(platform_id=pk).features["month"] == "2017-05"


def test_learned_platforms_are_out_of_fold_and_retrospective(market: Market) -> None:
    active_model()
    stranger = platform("stranger")
    source = market.rows[market.ids["invented-0001"]]
    market.rows[stranger] = [row | {"platform_id": stranger} for row in source]
    result = services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert result.retrospective == 6
    learned, new = (Score.objects.get(platform_id=pk) for pk in (market.ids["invented-0001"], stranger))
    assert (learned.is_out_of_fold, learned.is_retrospective) == (True, True)
    assert (new.is_out_of_fold, new.is_retrospective) == (False, False)
    assert learned.features == new.features
    assert learned.probability != new.probability


def test_without_a_model_nothing_is_scored(market: Market) -> None:
    with pytest.raises(Refusal, match=r"model\.none_active"):
        services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert Score.objects.count() == 0


def test_an_altered_file_scores_nothing(market: Market, model_files: Path) -> None:
    version = ModelVersion.objects.get(pk=active_model())
    services.platforms_score(actor=SYSTEM, platform_ids=[market.ids["invented-0001"]], on=ON)
    path = model_files / f"{version.sha256}.skops"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    events = OutboxEvent.objects.count()
    with pytest.raises(Refusal, match=r"model\.file_altered"):
        services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert (Score.objects.count(), OutboxEvent.objects.count()) == (1, events)


def test_a_file_swapped_for_another_model_scores_nothing(market: Market, model_files: Path) -> None:
    first = ModelVersion.objects.get(pk=active_model())
    second = ModelVersion.objects.get(pk=active_model(seed=8))
    (model_files / f"{first.sha256}.skops").replace(model_files / f"{second.sha256}.skops")
    with pytest.raises(Refusal, match=r"model\.file_altered"):
        services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    assert Score.objects.count() == 0


@pytest.mark.parametrize("actor", [public_principal(), Principal("platform", "p", platform_id=1), staff("association")])
def test_others_may_not_score(market: Market, actor: Principal) -> None:
    active_model()
    with pytest.raises(Refusal, match=r"score\.not_permitted"):
        services.platforms_score(actor=actor, platform_ids=None, on=ON)
    assert Score.objects.count() == 0


def test_settled_d_areas_raise_one_high_warning(market: Market) -> None:
    active_model()
    result = services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    expected = set(Score.objects.filter(area="D", is_unsettled=False).values_list("platform_id", flat=True))
    assert market.ids["invented-0004"] in expected
    assert result.warnings == len(expected)
    found = Warning.objects.filter(kind="high_risk_area", level="high")
    assert set(found.values_list("platform_id", flat=True)) == expected
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON + timedelta(days=1))
    assert Warning.objects.count() == len(expected)


def test_many_requests_are_one_wave_and_one_job(market: Market) -> None:
    active_model()
    ids = sorted(market.ids.values())
    waves = {services.score_request(actor=SYSTEM, platform_ids=[pk, ids[0]], reason="test") for pk in ids}
    assert len(waves) == 1
    wave = waves.pop()
    with clock.frozen(ON):
        jobs_drain()
    status = job_of("riskmodels.score_wave", f"wave:{wave}")
    assert status is not None
    assert (status.state, status.result) == (
        "done", {"recorded": 6, "unchanged": 0, "areas": selectors.area_counts()},
    )  # fmt: skip
    assert ScoreWave.objects.get(pk=wave).state == "done"
    assert services.score_request(actor=SYSTEM, platform_ids=ids, reason="test") != wave


def test_a_wave_without_a_model_ends_empty_and_activation_asks_for_all(market: Market) -> None:
    services.score_request(actor=SYSTEM, platform_ids=list(market.ids.values()), reason="test")
    jobs_drain()
    assert ScoreWave.objects.get().result == {"skipped": "model.none_active"}
    active_model()
    with clock.frozen(ON):
        activation = OutboxEvent.objects.get(topic="model.activated")
        assert event_deliver(activation.pk, "riskmodels.score_all") is True
        jobs_drain()
    assert Score.objects.count() == 6


def test_a_run_that_broke_after_closing_its_wave_scores_the_same_platforms_again(
    market: Market, model_files: Path
) -> None:
    version = ModelVersion.objects.get(pk=active_model())
    services.score_request(actor=SYSTEM, platform_ids=list(market.ids.values()), reason="test")
    path, kept = model_files / f"{version.sha256}.skops", model_files / "kept"
    jobs = OutboxEvent.objects.count()
    path.rename(kept)
    with clock.frozen(ON):
        jobs_drain()
    wave = ScoreWave.objects.get()
    failed = job_of("riskmodels.score_wave", f"wave:{wave.pk}")
    assert failed is not None
    assert (failed.state, wave.state, Score.objects.count(), OutboxEvent.objects.count()) == (
        "failed",
        "closed",
        0,
        jobs,
    )
    kept.rename(path)
    job_redrive(failed.id)
    with clock.frozen(ON):
        jobs_drain()
    assert (Score.objects.count(), ScoreWave.objects.get().state) == (6, "done")


def test_everyone_is_asked_for_at_night(market: Market) -> None:
    assert score_all() == 6
    assert ScoreWave.objects.get().requests.count() == 6


def checked(platform_id: int, **change: object) -> dict[str, object]:
    return {
        "filing_id": 3, "platform_id": platform_id, "template": "monthly_indicators", "period": "2017-06",
        "state": "accepted", "blocking": 0, "major": 0, "minor": 2, **change,
    }  # fmt: skip


def news(payload: dict[str, object]) -> None:
    """Deliver `filing.checked` to this app alone, twice: the second delivery does nothing."""
    event = event_emit("filing.checked", payload)
    assert event_deliver(event, "riskmodels.filing_checked") is True
    assert event_deliver(event, "riskmodels.filing_checked") is False


def test_a_checked_filing_asks_for_a_score_once(market: Market) -> None:
    active_model()
    OutboxEvent.objects.all().delete()
    pk = market.ids["invented-0003"]
    with clock.frozen(ON):
        news(checked(pk))
        news(checked(pk))
        jobs_drain()
    assert list(Score.objects.values_list("platform_id", flat=True)) == [pk]
    assert Warning.objects.exclude(kind="high_risk_area").count() == 0


def test_old_months_and_other_templates_ask_for_nothing(market: Market) -> None:
    pk = market.ids["invented-0003"]
    with clock.frozen(ON):
        news(checked(pk, period="2017-01"))
        news(checked(pk, template="loan_book", period="2017Q2"))
    assert ScoreWave.objects.count() == 0


def test_serious_findings_raise_a_warning(market: Market) -> None:
    pk = market.ids["invented-0003"]
    with clock.frozen(ON):
        news(checked(pk, template="loan_book", period="2017Q2", major=2))
        news(checked(pk, template="loan_book", period="2017Q2", blocking=1))
    warning = Warning.objects.get()
    assert (warning.kind, warning.level, warning.times_seen) == ("serious_findings", "high", 2)
    assert warning.reasons[0]["en"] == "Filing “Loan book” of 2017Q2: 1 blocking finding"
    assert OutboxEvent.objects.filter(topic="warning.raised").count() == 1


def test_selectors_show_the_newest_score_to_those_who_may_see_it(market: Market) -> None:
    active_model()
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON + timedelta(days=1))
    views = selectors.latest_scores(staff("officer"))
    assert [view.as_of for view in views] == [ON + timedelta(days=1)] * 6
    assert [view.probability for view in views] == sorted((view.probability for view in views), reverse=True)
    own = market.ids["invented-0004"]
    assert [v.platform_id for v in selectors.latest_scores(Principal("platform", "p", platform_id=own))] == [own]
    assert selectors.latest_scores(public_principal()) == []
    assert selectors.area_counts(ON - timedelta(days=1)) == {"A": 0, "B": 0, "C": 0, "D": 0}
    assert sum(selectors.area_counts(ON).values()) == 6
    view = selectors.score_of(own)
    assert view is not None
    assert selectors.score_by_id(view.score_id) == view
    assert selectors.score_of(0) is None
    assert [row.as_of for row in selectors.scores_history(own)] == [ON + timedelta(days=1), ON]


def test_lists_cost_a_fixed_number_of_queries(market: Market, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    active_model()
    services.platforms_score(actor=SYSTEM, platform_ids=None, on=ON)
    with django_assert_num_queries(2):
        selectors.latest_scores(SYSTEM)
    with django_assert_num_queries(3):
        selectors.risk_map(SYSTEM)
    with django_assert_num_queries(2):
        selectors.warnings_latest(SYSTEM)
