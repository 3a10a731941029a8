"""Complaints for tests, reached through services. People, platforms and addresses are invented."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

from PIL import Image

from common.principal import Principal, public_principal, system_principal
from complaints import services
from complaints.models import Complaint
from complaints.services import FiledComplaint, HistoryRow, NewComplaint
from regulators.selectors import authority_by_code
from rulebook.entries import Pack
from rulebook.packs import pack_path, read_pack
from rulebook.services import pack_load
from tests.factories import platforms, regulators

SYSTEM = system_principal("test")
PUBLIC = public_principal()
NARRATIVE = "2017年6月投资10万元，到期后一直无法提现，客服不回复。"
REASON = "平台未按约定兑付，应在十日内退还本金。"
ANSWER = "已核实您的账户，款项将于三个工作日内到账。"


@cache
def _terms() -> Pack:
    """The shipped pack without its rules: loading the terms is enough here."""
    return replace(read_pack(pack_path("cn")), rules=())


def ground() -> None:
    """Authorities, mandates and terms that a complaint needs."""
    regulators.small_map()
    pack_load(actor=SYSTEM, pack=_terms())


def new_complaint(**values: Any) -> NewComplaint:
    """A complaint about an unlisted lending platform in Beijing."""
    given: dict[str, Any] = {
        "narrative": NARRATIVE,
        "category": "payment_delayed",
        "platform_text": "某某示例贷",
        "business_line": "p2p_lending",
        "region": "110000",
        **values,
    }
    if given.get("platform_id"):
        given |= {"platform_text": ""}
    return NewComplaint(**given)


def filed(**values: Any) -> FiledComplaint:
    """A complaint that arrived and was routed."""
    return services.complaint_file(actor=PUBLIC, complaint=new_complaint(**values))


def row_of(found: FiledComplaint | int) -> Complaint:
    """The row as it is now."""
    return Complaint.objects.get(pk=found if isinstance(found, int) else found.id)


def forwarded(platform_id: int | None = None, **values: Any) -> FiledComplaint:
    """A complaint about a registered platform that was sent to it."""
    platform_id = platform_id or platforms.registered().platform_id
    found = filed(platform_id=platform_id, **values)
    services.complaint_forward(actor=SYSTEM, complaint_id=found.id)
    return found


def officer_in_charge(found: FiledComplaint, *roles: str) -> Principal:
    """An officer of the authority that owns the complaint."""
    owner = row_of(found).owner_authority_id
    assert owner is not None
    return Principal(
        kind="staff", label="user:7", user_id=7, authority_ids=(owner,), roles=frozenset(roles or ("officer",))
    )


def officer_of(code: str, *roles: str) -> Principal:
    """An officer of the authority with this code."""
    found = authority_by_code(code)
    assert found is not None
    return Principal(
        kind="staff",
        label=f"user:{found.id}",
        user_id=8,
        authority_ids=(found.id,),
        roles=frozenset(roles or ("officer",)),
    )


def respondent(platform_id: int) -> Principal:
    """The platform complained about."""
    return Principal(kind="platform", label="platform:test", platform_id=platform_id, roles=frozenset({"platform"}))


def history_row(number: int = 1, **values: Any) -> HistoryRow:
    """One finished complaint of another system."""
    from datetime import date

    given: dict[str, Any] = {
        "external_ref": f"test:{number}",
        "received_on": date(2020, 3, 18),
        "narrative": "Incorrect information on the report.",
        "platform_text": "EXAMPLE HOLDINGS",
        "business_line": "p2p_lending",
        "category": "other",
        "outcome": "explained",
        **values,
    }
    return HistoryRow(**given)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **extra: Any) -> bytes:
    """The bytes of a plain picture."""
    out = io.BytesIO()
    Image.new("RGB", size, (10, 90, 160)).save(out, kind, **extra)
    return out.getvalue()
