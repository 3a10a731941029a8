"""The demo's staff: generated passwords and second factors, kept in a private file, never in a report."""

import base64
import json
import os
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from common import clock
from common.db.acting import acting_as
from common.models import User
from common.principal import Principal, system_principal
from regulators import services as regulators
from regulators.selectors import principal_for_user

FILE_NAME = "demo-logins.json"
IN_OFFICE_SINCE = "2017-01-03"


@dataclass(frozen=True)
class Login:
    """A staff account of the demo."""

    username: str
    who: str
    authority: str
    roles: tuple[str, ...]
    password: str
    totp_secret: str


# The banking commission leads peer-to-peer lending until 2018-04-08; its successors inherit the officer's files.
STAFF = (
    ("officer.banking", "测试监管员甲 / Test officer A", "CBRC", ("officer", "supervisor")),
    ("officer.pboc", "测试监管员乙 / Test officer B", "PBOC", ("officer", "supervisor")),
    ("officer.local", "测试监管员丙 / Test officer C", "LFO-310000", ("officer",)),
    ("officer.miit", "测试监管员丁 / Test officer D", "MIIT", ("officer",)),
    ("secretariat", "测试秘书处 / Test secretariat", "PBOC", ("officer", "secretariat", "auditor")),
)

# Members of the expert advisory group hold no office: they log in and see the questions put to them, nothing else.
EXPERTS = (
    ("expert.law", ("law", "market_access"), {"zh": "示范专家（法律）", "en": "Demo expert (law)"}),
    ("expert.technology", ("technology", "law"), {"zh": "示范专家（技术）", "en": "Demo expert (technology)"}),
)
GROUP = "咨询专家组 / expert advisory group"
AFFILIATION = "示范大学 / Demo university"


def _path() -> Path:
    return Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR) / FILE_NAME


def _generated() -> list[Login]:
    return [
        Login(
            name, who, authority, roles, password=secrets.token_urlsafe(12),
            totp_secret=base64.b32encode(secrets.token_bytes(20)).decode(),
        )
        for name, who, authority, roles in (*STAFF, *_expert_lines())
    ]


def _expert_lines() -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    for name, _fields, shown in EXPERTS:
        yield name, f"{shown['zh']} / {shown['en']}", GROUP, ("expert",)


def logins() -> list[Login]:
    """The accounts, generated once and kept readable by the owner of the run folder only."""
    path = _path()
    stored = json.loads(path.read_text()) if path.exists() else []
    known = {entry["username"]: Login(**{**entry, "roles": tuple(entry["roles"])}) for entry in stored}
    if len(known) == len(STAFF) + len(EXPERTS):
        return list(known.values())
    found = [known.get(login.username, login) for login in _generated()]
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        json.dump([asdict(login) for login in found], sink, ensure_ascii=False)
    return found


def staff_create() -> None:
    """Create or refresh the accounts, their second factor and their offices or places in the advisory group."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP

    with acting_as(system_principal("demo")) as actor, clock.frozen(IN_OFFICE_SINCE):
        for login in logins():
            user, _made = User.objects.get_or_create(username=login.username, defaults={"is_staff": True})
            if not user.check_password(login.password):
                user.set_password(login.password)
                user.is_staff = True
                user.save()
            if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
                TOTP.activate(user, login.totp_secret)
            if login.authority != GROUP:
                regulators.officer_appoint(
                    actor=actor, user_id=user.pk, authority_code=login.authority, roles=login.roles, title=login.who
                )
        experts()


def experts() -> list[Principal]:
    """The members of the advisory group, appointed when they are not yet, as the principals that act."""
    found = []
    with acting_as(system_principal("demo")) as actor:
        for name, fields, shown in EXPERTS:
            user, _made = User.objects.get_or_create(username=name, defaults={"is_staff": True})
            regulators.expert_appoint(
                actor=actor, user_id=user.pk, fields=fields, affiliation=AFFILIATION, shown_as=shown
            )
            found.append(principal_for_user(user))
    return found


def principal(username: str) -> Principal:
    """The principal of a demo officer, as the middleware would make it."""
    with acting_as(system_principal("demo")):
        return principal_for_user(User.objects.get(username=username))


def _notes_path() -> Path:
    return Path(os.environ.get("LIANXI_RUN_DIR") or settings.RUN_DIR) / "demo-notes.json"


def demo_note(name: str) -> dict[str, str]:
    """A private note of an earlier run (e.g. the consumer's receipt), or an empty dict."""
    path = _notes_path()
    notes: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return notes.get(name, {})


def demo_note_store(name: str, value: dict[str, str]) -> None:
    """Keep a private note (file mode 0600)."""
    path = _notes_path()
    notes = json.loads(path.read_text("utf-8")) if path.exists() else {}
    notes[name] = value
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as sink:
        json.dump(notes, sink, ensure_ascii=False)


def key_file(code: str) -> str:
    """The private key file of a filer of the demo."""
    from config.demo.doors import keys_dir

    return str(keys_dir() / f"{code}.pem")
