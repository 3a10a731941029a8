"""Verbs on model versions."""

from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import Refusal
from common.models import OutboxEvent
from common.transitions import transitions_of
from riskmodels import selectors, services
from riskmodels.fitting import generated_fitting_set
from riskmodels.models import ModelVersion
from tests.factories.riskmodels import QUICK, SYSTEM, active_model, staff

pytestmark = pytest.mark.django_db
DATA = generated_fitting_set(seed=7, platforms=240)


@pytest.fixture
def candidate(model_files: Path) -> int:
    return services.model_fit(actor=SYSTEM, data=DATA, settings=QUICK)


def test_a_fit_registers_file_measures_and_cuts(candidate: int, model_files: Path) -> None:
    version = ModelVersion.objects.get(pk=candidate)
    assert (version.state, version.number, version.is_generated_data) == ("candidate", 1, True)
    assert version.trained_on == DATA.trained_on
    assert version.thresholds["probability"] == sum(DATA.labels) / 240
    assert [file.name for file in model_files.iterdir()] == [f"{version.sha256}.skops"]
    assert version.gates == dict.fromkeys(version.gates, True)
    assert [step.verb for step in transitions_of("model_version", candidate)] == ["fit"]


def test_the_same_fit_twice_is_one_version(candidate: int, model_files: Path) -> None:
    assert services.model_fit(actor=SYSTEM, data=DATA, settings=QUICK) == candidate
    assert ModelVersion.objects.count() == 1
    assert len(list(model_files.iterdir())) == 1


def test_other_settings_are_another_version(candidate: int) -> None:
    second = services.model_fit(actor=SYSTEM, data=DATA, settings=replace(QUICK, seed=2))
    assert ModelVersion.objects.get(pk=second).number == 2


def test_a_leak_keeps_nothing(model_files: Path) -> None:
    rows = tuple(
        row | {"rate_percent": None if label else 10.0} for row, label in zip(DATA.rows, DATA.labels, strict=True)
    )
    with pytest.raises(Refusal) as caught:
        services.model_fit(actor=SYSTEM, data=replace(DATA, rows=rows), settings=QUICK)
    assert (caught.value.code, caught.value.field) == ("model.leak", "rate_percent")
    assert ModelVersion.objects.count() == 0
    assert not model_files.exists()


def test_officers_may_not_fit(model_files: Path) -> None:
    with pytest.raises(Refusal, match=r"model\.not_permitted"):
        services.model_fit(actor=staff("officer"), data=DATA, settings=QUICK)
    assert ModelVersion.objects.count() == 0


def people() -> tuple[int, int]:
    from common.models import User

    return tuple(User.objects.create(username=name, email=f"{name}@example.test").pk for name in ("jia", "yi"))  # type: ignore[return-value]


def test_two_people_activate(candidate: int) -> None:
    first, second = people()
    services.model_propose(actor=staff("supervisor", user_id=first), model_version_id=candidate, reason="季度更新")
    services.model_activate(actor=staff("secretariat", user_id=second), model_version_id=candidate, reason="同意")
    version = ModelVersion.objects.get(pk=candidate)
    assert (version.state, version.proposed_by_id, version.approved_by) == ("active", first, f"staff:{second}")
    assert [step.verb for step in transitions_of("model_version", candidate)] == ["fit", "propose", "activate"]


def test_one_person_is_not_enough(candidate: int) -> None:
    first, _ = people()
    actor = staff("supervisor", user_id=first)
    services.model_propose(actor=actor, model_version_id=candidate, reason="季度更新")
    with pytest.raises(Refusal, match=r"model\.second_person"):
        services.model_activate(actor=actor, model_version_id=candidate, reason="同意")
    assert ModelVersion.objects.get(pk=candidate).state == "candidate"
    assert not OutboxEvent.objects.filter(topic="model.activated").exists()


def test_nobody_activates_without_a_proposal(candidate: int) -> None:
    with pytest.raises(Refusal, match=r"model\.second_person"):
        services.model_activate(actor=staff("supervisor", user_id=people()[1]), model_version_id=candidate, reason="x")
    assert ModelVersion.objects.get(pk=candidate).state == "candidate"


def test_the_system_must_say_why(candidate: int) -> None:
    with pytest.raises(Refusal, match=r"model\.reason_missing"):
        services.model_activate(actor=SYSTEM, model_version_id=candidate, reason=" ")
    assert ModelVersion.objects.get(pk=candidate).state == "candidate"


def test_a_failed_gate_cannot_be_waived(candidate: int) -> None:
    ModelVersion.objects.filter(pk=candidate).update(gates={"brier_below_base": False})
    with pytest.raises(Refusal, match=r"model\.gate_failed"):
        services.model_activate(actor=SYSTEM, model_version_id=candidate, reason="demo")
    assert ModelVersion.objects.get(pk=candidate).state == "candidate"


def test_activation_retires_the_version_in_use_and_refusal_does_not(candidate: int) -> None:
    services.model_activate(actor=SYSTEM, model_version_id=candidate, reason="demo")
    second = services.model_fit(actor=SYSTEM, data=DATA, settings=replace(QUICK, seed=2))
    with pytest.raises(Refusal, match=r"model\.reason_missing"):
        services.model_activate(actor=SYSTEM, model_version_id=second, reason="")
    assert ModelVersion.objects.get(pk=candidate).state == "active"
    services.model_activate(actor=SYSTEM, model_version_id=second, reason="demo")
    states = dict(ModelVersion.objects.values_list("pk", "state"))
    assert states == {candidate: "retired", second: "active"}
    model = selectors.active_model()
    assert model is not None
    assert (model.id, model.number, model.is_generated_data) == (second, 2, True)


def test_a_retired_version_can_come_back(candidate: int) -> None:
    services.model_activate(actor=SYSTEM, model_version_id=candidate, reason="demo")
    second = services.model_fit(actor=SYSTEM, data=DATA, settings=replace(QUICK, seed=2))
    services.model_activate(actor=SYSTEM, model_version_id=second, reason="demo")
    services.model_activate(actor=SYSTEM, model_version_id=candidate, reason="rollback")
    assert ModelVersion.objects.get(pk=candidate).state == "active"
    assert ModelVersion.objects.get(pk=second).state == "retired"


def test_ensure_without_real_data_fits_the_generated_market_once(model_files: Path) -> None:
    first = services.model_ensure(actor=SYSTEM, shared_data=None, reason="demo")
    again = services.model_ensure(actor=SYSTEM, shared_data=None, reason="demo")
    assert first == again
    assert ModelVersion.objects.get().is_generated_data is True


def test_a_lost_file_is_fitted_again(candidate: int, model_files: Path) -> None:
    for file in model_files.iterdir():
        file.unlink()
    second = services.model_fit(actor=SYSTEM, data=DATA, settings=QUICK)
    assert second != candidate


def test_no_model_is_none(model_files: Path) -> None:
    assert selectors.active_model() is None
    assert active_model() == ModelVersion.objects.get().pk
