"""What the browser finds: officers, platforms, a case, scores and warnings. All invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.test import Client

from common import clock
from common.db.acting import acting_as
from common.principal import Principal
from regulators.models import Officer
from riskmodels.choices import ModelState, Purpose
from riskmodels.coordinate import Cuts
from riskmodels.models import ModelVersion, Score
from riskmodels.services import warning_raise
from tests.factories import cases, complaints, platforms, regulators

SYSTEM = complaints.SYSTEM
PLATFORM = "海淀示例贷"
PASSWORD = "a-long-password-for-a-test"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@dataclass(frozen=True)
class Scene:
    """Keys of what was made."""

    platform: int
    platform_public: str
    case: int


@contextmanager
def as_system() -> Iterator[None]:
    """Committed rows, made by the system."""
    with acting_as(SYSTEM):
        yield


def ground() -> str:
    """Authorities, terms and one registered platform. Returns its public identifier."""
    with as_system():
        complaints.ground()
        return str(platforms.registered(name=PLATFORM).public_id)


def at_work() -> Scene:
    """A case that waits for an officer, three scored platforms, a warning and a complaint."""
    with as_system():
        complaints.ground()
        known = platforms.registered(name=PLATFORM)
        others = [platforms.registered().platform_id for _ in range(2)]
        _scores([known.platform_id, *others])
        reason = {"zh": "测试原因", "en": "a reason for the test"}
        warning_raise(
            actor=SYSTEM, platform_id=known.platform_id, kind="serious_findings", level="high", reasons=[reason]
        )
        case = cases.opened(known.platform_id).case_id
        complaints.forwarded(known.platform_id)
        return Scene(known.platform_id, str(known.public_id), case)


def _scores(platform_ids: list[int]) -> None:
    cuts = Cuts(0.15, 200_000_000.0)
    version = ModelVersion.objects.create(
        purpose=Purpose.PLATFORM_FAILURE, number=1, state=ModelState.ACTIVE, sha256="a" * 64, size_bytes=1,
        data_sha256="b" * 64, trained_on="test", trained_month="2017-06", thresholds=cuts.as_dict(), fitted_by="test",
    )  # fmt: skip
    for platform_id, area, probability, impact in zip(
        platform_ids, "DAB", (0.4, 0.05, 0.08), ("900000000", "20000000", "500000000"), strict=True
    ):
        Score.objects.create(
            platform_id=platform_id, model_version=version, as_of=clock.today(), probability=probability,
            low=probability / 2, high=probability * 1.5, impact_cny=Decimal(impact), area=area, cell_probability=0.9,
            input_sha256="c" * 64,
        )  # fmt: skip


def officer(authority_code: str, *roles: str) -> Principal:
    """A person with an office today."""
    with as_system():
        return regulators.officer(authority_code, *roles)


def with_second_factor(authority_code: str) -> str:
    """An officer who logs in with password and authenticator. Returns the user name."""
    from allauth.mfa.totp.internal.auth import TOTP

    who = officer(authority_code)
    with as_system():
        user = get_user_model().objects.get(pk=who.user_id)
        user.set_password(PASSWORD)
        user.save()
        TOTP.activate(user, SECRET)
        return str(user.get_username())


def session_of(who: Principal) -> str:
    """A logged-in session with a second factor. Returns its key."""
    client = Client()
    user = get_user_model().objects.get(pk=who.user_id)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}]
    session.save()
    return str(session.session_key)


def case_officer(case_id: int) -> int | None:
    """The officer (inner key) who holds the case."""
    from cases.models import Case

    with as_system():
        return Case.objects.get(pk=case_id).assignee_id


def officer_id(who: Principal) -> int:
    """The inner key of an officer's present office."""
    with as_system():
        return Officer.objects.get(user_id=who.user_id).pk
