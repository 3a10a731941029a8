"""Suspending, resuming and ending a registration: by a competent officer, with a reason, and nothing on refusal."""

import pytest

from common import clock
from common.errors import Refusal
from common.principal import Principal, system_principal
from common.transitions import transitions_of
from platforms import services
from platforms.models import Platform
from tests.factories.platforms import registered

pytestmark = pytest.mark.django_db
SYSTEM = system_principal("test")
STRANGER = Principal(kind="staff", label="officer:99", authority_ids=(999_999,), roles=frozenset({"supervisor"}))


def standing(pk: int) -> str:
    return Platform.objects.get(pk=pk).state


def test_a_suspended_institution_is_resumed_and_its_steps_stand_in_the_history():
    pk = registered().platform_id
    services.platform_suspend(actor=SYSTEM, platform_id=pk, note="资金存管中断")
    assert standing(pk) == "suspended"
    services.platform_resume(actor=SYSTEM, platform_id=pk, note="已恢复存管")
    assert standing(pk) == "registered"
    steps = [(step.verb, step.note) for step in transitions_of("platform", pk)]
    assert steps[-2:] == [("suspend", "资金存管中断"), ("resume", "已恢复存管")]


def test_an_exit_is_final_and_dated():
    pk = registered().platform_id
    with clock.frozen("2017-07-10"):
        services.platform_exit(actor=SYSTEM, platform_id=pk, note="自愿退出")
    row = Platform.objects.get(pk=pk)
    assert (row.state, row.exited_on.isoformat()) == ("exited", "2017-07-10")
    with pytest.raises(Refusal, match="wrong_state"):
        services.platform_resume(actor=SYSTEM, platform_id=pk, note="反悔")
    assert standing(pk) == "exited"


@pytest.mark.parametrize("verb", ["platform_suspend", "platform_exit"])
def test_without_a_reason_or_competence_nothing_changes(verb: str):
    pk = registered().platform_id
    before = transitions_of("platform", pk)
    for actor, note in ((SYSTEM, "  "), (STRANGER, "理由")):
        with pytest.raises(Refusal):
            getattr(services, verb)(actor=actor, platform_id=pk, note=note)
    assert (standing(pk), transitions_of("platform", pk)) == ("registered", before)


def test_suspending_twice_is_refused_once():
    pk = registered().platform_id
    services.platform_suspend(actor=SYSTEM, platform_id=pk, note="一")
    with pytest.raises(Refusal, match="wrong_state"):
        services.platform_suspend(actor=SYSTEM, platform_id=pk, note="二")
    assert len([s for s in transitions_of("platform", pk) if s.verb == "suspend"]) == 1
