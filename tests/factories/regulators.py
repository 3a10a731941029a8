"""Authorities, officers and principals for tests. Names are invented."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection

from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal, system_principal
from regulators import selectors, services
from rulebook.entries import (
    AuthorityEntry,
    Basis,
    MandateEntry,
    OwnershipEntry,
    Pack,
    RegionEntry,
    UndecidedEntry,
)

_numbers = count(1)
SYSTEM = system_principal("test")


def small_pack(**changes: object) -> Pack:
    """A pack with five authorities, two provinces and a handful of mandates."""
    from datetime import date

    def text(zh: str, en: str) -> dict[str, str]:
        return {"zh": zh, "en": en}

    def body(code: str, zh: str, kind: str = "central", **dates: object) -> AuthorityEntry:
        values = {
            "code": code, "name": text(zh, code), "short": text(zh, code), "kind": kind, "region": "000000",
            "parent": None, "predecessors": (), "valid_from": None, "valid_to": None, "dates_verified": True,
        }  # fmt: skip
        return AuthorityEntry(**{**values, **dates})  # type: ignore[arg-type]

    def mandate(authority: str, duty: str = "lead", **more: object) -> MandateEntry:
        values = {
            "business_line": "p2p_lending", "role": "conduct", "region": "000000", "authority": authority,
            "duty": duty, "valid_from": date(2015, 7, 14), "valid_to": None,
            "basis": Basis("GO15", facts=("GO15-02",), verified=True, text_status="final"),
        }  # fmt: skip
        return MandateEntry(**{**values, **more})  # type: ignore[arg-type]

    def owned(kind: str, role: str) -> OwnershipEntry:
        convention = Basis("CONV", text_status="convention")
        return OwnershipEntry(kind, role, text("约定", "convention"), date(2015, 7, 14), None, convention)

    merger, reform = date(2018, 4, 8), date(2023, 5, 18)
    values: dict[str, object] = {
        "name": "test",
        "path": "",
        "sha256": "0" * 64,
        "instruments": {},
        "regions": (
            RegionEntry("000000", text("全国", "whole country"), text("全国", "China")),
            RegionEntry("110000", text("北京市", "Beijing"), text("北京", "Beijing"), "000000"),
            RegionEntry("310000", text("上海市", "Shanghai"), text("上海", "Shanghai"), "000000"),
        ),
        "authorities": (
            body("PBOC", "人民银行"),
            body("CBRC", "银监会", valid_to=merger),
            body("CBIRC", "银保监会", valid_from=merger, valid_to=reform, predecessors=("CBRC",)),
            body("NFRA", "金融监管总局", valid_from=reform, predecessors=("CBIRC",)),
            body("LFO-110000", "北京金融办", "local_office", region="110000"),
            body("MPS", "公安部", "crime"),
        ),
        "mandates": (
            mandate("CBRC"),
            mandate("LFO-110000", "assist", region="110000"),
            mandate("PBOC", business_line="payment"),
            mandate("MPS", role="crime", basis=Basis("GO15", verified=False)),
        ),
        "undecided": (
            UndecidedEntry(
                "micro-loan", text("网络小贷", "Online micro-loans"), text("无牵头", "No lead."), None, None,
                date(2015, 7, 14), None,
            ),
        ),
        "region_scheme": {"digits": 6, "step": 2},
        "ownership": (owned("finding", "institution"), owned("case", "conduct"), owned("complaint", "conduct")),
        "parameters": {},
        "deadlines": (),
        "calendars": {},
        "rules": (),
    }  # fmt: skip
    return Pack(**{**values, **changes})  # type: ignore[arg-type]


def small_map() -> Pack:
    """Load the small pack; twice is once."""
    pack = small_pack()
    services.authorities_load(actor=SYSTEM, pack=pack)
    services.mandates_load(actor=SYSTEM, pack=pack)
    return pack


def officer(authority_code: str, *roles: str) -> Principal:
    """A new person, appointed, as the principal that would act today."""
    user = get_user_model().objects.create_user(username=f"测试用户{next(_numbers)}", is_staff=True)
    services.officer_appoint(actor=SYSTEM, user_id=user.pk, authority_code=authority_code, roles=roles or ("officer",))
    return selectors.principal_for_user(user)


def at_once(*verbs: Callable[[], Any]) -> list[Any]:
    """Run the verbs in threads that start together; results or refusals in order."""
    barrier, results = threading.Barrier(len(verbs)), [None] * len(verbs)

    def run(index: int, verb: Callable[[], Any]) -> None:
        try:
            barrier.wait(10)
            results[index] = verb()
        except Refusal as refusal:
            results[index] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def as_principal(principal: Principal, verb: Callable[[], Any]) -> Callable[[], Any]:
    """The verb in a transaction of its own."""

    def run() -> Any:
        with acting_as(principal):
            return verb()

    return run
