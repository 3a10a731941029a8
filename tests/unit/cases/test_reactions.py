"""News from below: filings, scores, warnings; each event once, however often it is delivered."""

from typing import Any

import pytest

from cases import subscribers
from cases.models import Case, CaseLink
from common.outbox import Event, event_deliver, event_emit
from riskmodels import selectors as risk


def filing_checked(platform: int, **changes: Any) -> Event:
    payload = {
        "filing_id": 5, "platform_id": platform, "template": "loan_book", "period": "2017-06",
        "state": "accepted_with_findings", "blocking": 0, "major": 1, "minor": 4, **changes,
    }  # fmt: skip
    return Event(1, "filing.checked", payload)


def score_recorded(platform: int, area: str = "D") -> Event:
    payload = {"score_id": 9, "platform_id": platform, "area": area, "previous_area": "B"}
    return Event(2, "score.recorded", payload)


def test_major_findings_open_a_case_with_its_reason_and_link(platform: int) -> None:
    subscribers.on_filing_checked(filing_checked(platform))
    row = Case.objects.get()
    assert (row.origin, row.summary) == (
        "finding",
        [{
            "code": "findings", "key": "findings:loan_book:2017-06", "template": "loan_book",
            "period": "2017-06", "blocking": 0, "major": 1,
        }],
    )  # fmt: skip
    assert list(CaseLink.objects.values_list("kind", "ref")) == [("filing", "5")]


def test_minor_findings_open_nothing(platform: int) -> None:
    subscribers.on_filing_checked(filing_checked(platform, major=0))
    assert Case.objects.count() == 0


@pytest.mark.parametrize(("area", "count"), [("A", 0), ("B", 0), ("C", 0), ("D", 1)])
def test_only_area_d_opens_a_case(platform: int, area: str, count: int) -> None:
    subscribers.on_score_recorded(score_recorded(platform, area))
    assert Case.objects.count() == count


def test_findings_and_area_d_meet_in_one_case(platform: int) -> None:
    subscribers.on_filing_checked(filing_checked(platform))
    subscribers.on_score_recorded(score_recorded(platform))
    subscribers.on_score_recorded(score_recorded(platform))
    row = Case.objects.get()
    assert (row.area, [entry["code"] for entry in row.summary]) == ("D", ["findings", "area"])
    assert CaseLink.objects.count() == 2


def test_the_probability_is_kept_with_the_reason(platform: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Score:
        probability = 0.412345

    monkeypatch.setattr(risk, "score_by_id", lambda score_id: Score)
    subscribers.on_score_recorded(score_recorded(platform))
    assert Case.objects.get().summary[0]["probability"] == 0.4123


@pytest.mark.parametrize(("kind", "count"), [("complaint_surge", 1), ("area_worsened", 0)])
def test_a_complaint_surge_opens_a_case(platform: int, kind: str, count: int) -> None:
    payload = {"warning_id": 3, "platform_id": platform, "kind": kind, "level": "high"}
    subscribers.on_warning_raised(Event(3, "warning.raised", payload))
    assert Case.objects.filter(origin="warning").count() == count


def test_a_delivered_event_is_taken_once(platform: int) -> None:
    event_id = event_emit("score.recorded", score_recorded(platform).payload)
    assert event_deliver(event_id, "cases.score_recorded") is True
    assert event_deliver(event_id, "cases.score_recorded") is False
    assert Case.objects.count() == 1
