"""Verbs on early warnings and the public list."""

import pytest
from django.test import Client

from common.errors import Refusal
from common.models import OutboxEvent
from common.principal import Principal, public_principal
from common.transitions import transitions_of
from riskmodels import selectors, services
from riskmodels.models import Warning
from tests.factories.riskmodels import SYSTEM, platform, staff

pytestmark = pytest.mark.django_db
REASON = {"zh": "测试原因", "en": "a reason for the test"}


def raised(platform_id: int, level: str = "medium", kind: str = "serious_findings") -> int:
    return services.warning_raise(actor=SYSTEM, platform_id=platform_id, kind=kind, level=level, reasons=[REASON])


def announced() -> int:
    return OutboxEvent.objects.filter(topic="warning.raised").count()


def test_a_standing_warning_is_counted_not_doubled() -> None:
    pk = platform("a")
    first = raised(pk)
    assert raised(pk, "high") == first
    assert raised(pk, "medium") == first
    warning = Warning.objects.get()
    assert (warning.times_seen, warning.level, announced()) == (3, "high", 1)


def test_another_kind_or_platform_is_another_warning() -> None:
    pk = platform("a")
    assert len({raised(pk), raised(pk, kind="area_worsened"), raised(platform("b"))}) == 3


def test_after_closing_a_new_one_is_raised() -> None:
    pk = platform("a")
    first = raised(pk)
    services.warning_acknowledge(actor=staff("officer"), warning_id=first)
    services.warning_close(actor=staff("officer"), warning_id=first, note="已核实")
    assert raised(pk) != first
    assert announced() == 2
    assert [step.verb for step in transitions_of("warning", first)] == ["raise", "acknowledge", "close"]


def test_closing_needs_a_note_and_an_open_warning() -> None:
    first = raised(platform("a"))
    with pytest.raises(Refusal, match=r"warning\.note_missing"):
        services.warning_close(actor=staff("officer"), warning_id=first, note=" ")
    services.warning_close(actor=staff("officer"), warning_id=first, note="done")
    with pytest.raises(Refusal, match=r"warning\.wrong_state"):
        services.warning_close(actor=staff("officer"), warning_id=first, note="again")
    assert [step.verb for step in transitions_of("warning", first)] == ["raise", "close"]


@pytest.mark.parametrize("actor", [public_principal(), Principal("platform", "p", platform_id=1), staff("expert")])
def test_others_may_not_raise_or_handle(actor: Principal) -> None:
    pk = platform("a")
    with pytest.raises(Refusal, match=r"warning\.not_permitted"):
        services.warning_raise(actor=actor, platform_id=pk, kind="serious_findings", level="high", reasons=[])
    assert (Warning.objects.count(), announced()) == (0, 0)
    first = raised(pk)
    with pytest.raises(Refusal, match=r"warning\.not_permitted"):
        services.warning_acknowledge(actor=actor, warning_id=first)
    assert Warning.objects.get().state == "open"


def test_unknown_kinds_are_refused() -> None:
    with pytest.raises(Refusal, match=r"warning\.unknown_kind"):
        raised(platform("a"), kind="weather")
    assert Warning.objects.count() == 0


def test_only_published_warnings_leave_the_house(client: Client) -> None:
    first, second = raised(platform("a", name="测试平台甲")), raised(platform("b"))
    with pytest.raises(Refusal, match=r"warning\.text_missing"):
        services.warning_publish(actor=SYSTEM, warning_id=first, text_zh="提示", text_en="")
    services.warning_publish(actor=SYSTEM, warning_id=first, text_zh="提示", text_en="Notice")
    with pytest.raises(Refusal, match=r"warning\.not_permitted"):
        services.warning_publish(actor=staff("officer"), warning_id=second, text_zh="提示", text_en="Notice")
    answer = client.get("/api/v1/warnings")
    assert answer.status_code == 200
    body = answer.json()
    assert [(row["platform"]["name"], row["text"]) for row in body["results"]] == [
        ("测试平台甲", {"zh": "提示", "en": "Notice"})
    ]
    assert "reasons" not in body["results"][0]


def test_lists_show_standing_warnings_by_reader() -> None:
    first, second = raised(platform("a")), raised(platform("b"))
    services.warning_close(actor=SYSTEM, warning_id=first, note="done")
    assert [view.warning_id for view in selectors.warnings_latest(staff("officer"))] == [second]
    assert selectors.warnings_latest(public_principal()) == []
    assert selectors.warning_counts() == {"serious_findings": 1}
    view = selectors.warning_of(second)
    assert view is not None
    assert (view.kind, view.level, view.reasons) == ("serious_findings", "medium", (REASON,))
    assert selectors.warning_of(0) is None
