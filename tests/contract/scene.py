"""The scene of the contract tests: one of everything, and everybody who may knock. All invented."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client

from common.db import acting
from common.jobs import jobs_drain
from common.outbox import events_drain
from common.principal import Principal
from platforms.models import Finding
from riskmodels.services import warning_raise
from tests.factories import complaints, platforms, regulators, rulebook

STAFF = ("lead", "assisting", "other", "secretariat")
AUDIENCES = ("anonymous", "platform", "foreign", "bank", *STAFF)
SYSTEM = complaints.SYSTEM
TODAY = "2017-07-10T09:00+08:00"
RULE = "TEST-01"
PERIOD = platforms.PERIOD


@dataclass
class Scene:
    """Keys of what was made, and who is there."""

    filers: dict[str, platforms.Filer]
    staff: dict[str, Principal]
    filing: str = ""
    opened: str = ""
    loaded: str = ""
    unsubmitted: str = ""
    complaint: str = ""
    receipt: str = ""
    finding: int = 0
    case: int = 0
    complaint_pk: int = 0
    sessions: dict[str, str] = field(default_factory=dict)


def at_work(monkeypatch: Any) -> Scene:
    """A checked filing with one major finding and its case, a complaint that waits for its answer, a warning."""
    complaints.ground()
    version = rulebook.rule_version(RULE).pk
    monkeypatch.setattr(platforms, "_rule_version", lambda *_given: version)
    rule = platforms.row_rule(
        "rate-ceiling", "average_annual_rate_percent <= 36", ["average_annual_rate_percent"],
        threshold="36", measured_column="average_annual_rate_percent", severity="major",
    )  # fmt: skip
    platforms.use_plan(monkeypatch, rule)
    filers = {
        "platform": platforms.filer(name="海淀示例贷"),
        "foreign": platforms.filer(name="朝阳示例贷"),
        "bank": platforms.filer("bank"),
    }
    platforms.agreement(filers["platform"].of, filers["bank"].of)
    staff = {
        "lead": regulators.officer("CBRC"),
        "assisting": regulators.officer("LFO-110000"),
        "other": regulators.officer("PBOC"),
        "secretariat": regulators.officer("PBOC", "secretariat"),
    }
    scene = Scene(filers, staff)
    _file(scene)
    _complain(scene)
    reason = {"zh": "测试原因", "en": "a reason for the test"}
    about = filers["platform"].of.platform_id
    warning_raise(actor=SYSTEM, platform_id=about, kind="serious_findings", level="high", reasons=[reason])
    events_drain()
    scene.sessions = {name: session_of(who) for name, who in staff.items()}
    return scene


def _file(scene: Scene) -> None:
    from cases.models import Case

    filer = scene.filers["platform"]
    bad = platforms.csv_of(platforms.indicators(average_annual_rate_percent="48.50"))
    good = platforms.csv_of(platforms.indicators(report_month="2017-05"))
    scene.filing = filer.file(bad)
    jobs_drain()
    events_drain()
    scene.opened = filer.open(period="2017-04")
    scene.loaded = filer.open(period="2017-05")
    assert filer.put(scene.loaded, good).status_code == 200
    scene.unsubmitted = filer.open(period="2017-03")
    scene.finding = Finding.objects.get().pk
    scene.case = Case.objects.get().pk


def _complain(scene: Scene) -> None:
    found = complaints.forwarded(scene.filers["platform"].of.platform_id)
    scene.complaint, scene.receipt, scene.complaint_pk = str(found.public_id), found.receipt, found.id


def session_of(who: Principal, *, second_factor: bool = True) -> str:
    """The key of a session in which this person is logged in."""
    client = Client()
    user = get_user_model().objects.get(pk=who.user_id)
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "type": "totp"}] if second_factor else []
    session.save()
    return str(session.session_key)


def browser(session_key: str = "") -> Client:
    """A browser that speaks English, with a session or without."""
    client = Client(headers={"accept-language": "en"})
    if session_key:
        client.cookies["sessionid"] = session_key
    return client


@contextmanager
def untouched() -> Iterator[None]:
    """As at the start of a request: nobody acts yet. Whatever the request does is undone."""
    token = acting._current.set(None)
    try:
        with transaction.atomic():
            acting._tell_database(None)
            yield
            transaction.set_rollback(True)
    finally:
        acting._current.reset(token)
