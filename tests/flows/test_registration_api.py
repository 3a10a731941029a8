"""Registration: an institution enters itself, an authority confirms, everyone can look it up."""

import base64
import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from analytics.contracts import TEMPLATE_NAMES
from common.db.acting import acting_as
from common.errors import Refusal
from common.models import OutboxEvent
from common.principal import Principal, system_principal
from platforms import services
from platforms.models import ClientKey, Platform
from tests.factories import platforms as make

pytestmark = pytest.mark.django_db


def document(key: Any, **values: Any) -> dict[str, Any]:
    return {
        "name": "测试联席贷",
        "legal_name": "测试联席贷信息服务有限公司",
        "kind": "platform",
        "business_lines": ["p2p_lending"],
        "region": "110000",
        "website": "https://platform.example",
        "external_ref": "test:registration",
        "public_key": base64.b64encode(make.raw_public(key)).decode(),
        **values,
    }


def register(key: Any, signing_key: Any = None, **values: Any) -> HttpResponse:
    body = json.dumps(document(key, **values)).encode()
    headers = make.signed_headers(signing_key or key, "new:key", "POST", "/api/v1/registrations", body)
    return Client().generic("POST", "/api/v1/registrations", body, content_type="application/json", headers=headers)


def test_registration_is_pending_and_gives_a_key_id() -> None:
    key = make.new_key()
    answer = register(key)
    assert answer.status_code == 201, answer.content
    platform = Platform.objects.get()
    assert answer.json() == {
        "platform": str(platform.public_id),
        "key_id": ClientKey.objects.get().key_id,
        "state": "pending",
    }
    assert platform.state == "pending"
    assert OutboxEvent.objects.filter(topic="platform.registered").count() == 0


def test_same_key_again_gives_the_same_answer() -> None:
    key = make.new_key()
    assert register(key).json() == register(key).json()
    assert Platform.objects.count() == 1


def test_registration_signed_with_another_key_is_refused() -> None:
    answer = register(make.new_key(), signing_key=make.new_key())
    assert answer.status_code == 401
    assert answer.json()["code"] == "signature.invalid"
    assert Platform.objects.count() == 0


def test_same_institution_with_another_key_is_refused() -> None:
    assert register(make.new_key()).status_code == 201
    answer = register(make.new_key())
    assert answer.status_code == 409
    assert answer.json()["code"] == "registration.exists"
    assert Platform.objects.count() == 1
    assert ClientKey.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "broker"}, "kind"),
        ({"business_lines": []}, "business_lines"),
        ({"business_lines": ["casino"]}, "business_lines.0"),
        ({"region": "11"}, "region"),
        ({"name": ""}, "name"),
    ],
)
def test_registration_names_the_wrong_field(values: dict[str, Any], field: str) -> None:
    answer = register(make.new_key(), **values)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert Platform.objects.count() == 0


def test_key_of_wrong_length_is_refused() -> None:
    answer = register(make.new_key(), public_key=base64.b64encode(b"short").decode())
    assert answer.status_code == 422
    assert answer.json()["code"] == "registration.public_key"


def test_pending_platform_may_not_file_and_is_not_in_the_register() -> None:
    key = make.new_key()
    pending = make.registration(key=key)
    filer = make.Filer(key, pending)
    answer = filer.post("/filings", {"template": "monthly_indicators", "period": make.PERIOD})
    assert answer.status_code == 403
    assert answer.json()["code"] == "platform.not_registered"
    assert Client().get(f"/api/v1/platforms/{pending.public_id}").status_code == 404
    assert Client().get("/api/v1/platforms").json()["results"] == []


def test_confirmation_makes_it_public_and_is_announced() -> None:
    done = make.registered()
    assert OutboxEvent.objects.get(topic="platform.registered").payload == {"platform_id": done.platform_id}
    entry = Client().get(f"/api/v1/platforms/{done.public_id}").json()
    assert entry["state"] == "registered"
    assert entry["registration_number"] == f"110000-{done.platform_id:08d}"
    assert entry["depository_banks"] == []


def test_confirmation_twice_is_refused() -> None:
    done = make.registered()
    with pytest.raises(Refusal, match=r"platform\.wrong_state"):
        services.platform_confirm(actor=system_principal("test"), platform_id=done.platform_id)


def test_officer_of_an_authority_without_mandate_may_not_confirm() -> None:
    pending = make.registration()
    officer = Principal(kind="staff", label="staff:9", authority_ids=(987654,), roles=frozenset({"officer"}))
    with pytest.raises(Refusal, match=r"platform\.not_competent"), acting_as(officer):
        services.platform_confirm(actor=officer, platform_id=pending.platform_id)
    platform = Platform.objects.get(pk=pending.platform_id)
    assert (platform.state, platform.registered_on, platform.registration_number) == ("pending", None, None)
    assert OutboxEvent.objects.filter(topic="platform.registered").count() == 0


def test_expert_may_not_confirm() -> None:
    pending = make.registration()
    expert = Principal(kind="staff", label="staff:9", roles=frozenset({"expert"}))
    with pytest.raises(Refusal, match=r"platform\.not_permitted"), acting_as(expert):
        services.platform_confirm(actor=expert, platform_id=pending.platform_id)


def test_register_filters_by_line_region_day_and_name() -> None:
    first = make.registered(name="甲测试贷")
    make.registered(name="乙测试付", business_lines=["payment"], region="310000")
    names = lambda query: [row["name"] for row in Client().get(f"/api/v1/platforms{query}").json()["results"]]  # noqa: E731
    assert names("") == ["甲测试贷", "乙测试付"]
    assert names("?line=payment") == ["乙测试付"]
    assert names("?region=110000") == ["甲测试贷"]
    assert names("?q=甲测试") == ["甲测试贷"]
    assert names("?on=2001-01-01") == []
    assert names("?limit=1") == ["甲测试贷"]
    assert Client().get("/api/v1/platforms?line=casino").status_code == 422
    services.platform_exit(actor=system_principal("test"), platform_id=first.platform_id, note="测试退出")
    assert Client().get(f"/api/v1/platforms/{first.public_id}").json()["state"] == "exited"


def test_register_page_costs_the_same_for_one_and_for_many(django_assert_num_queries: Any) -> None:
    for _ in range(12):
        make.registered()
    with django_assert_num_queries(5):
        Client().get("/api/v1/platforms")


def test_revoked_key_is_dead_at_once() -> None:
    filer = make.filer()
    assert filer.get("/filings").status_code == 200
    with acting_as(system_principal("test")):
        services.client_key_revoke(actor=filer.principal, key_id=filer.of.key_id)
    answer = filer.get("/filings")
    assert answer.status_code == 401
    assert answer.json()["code"] in {"signature.unknown_key", "signature.invalid"}


def test_second_key_signs_for_the_same_platform() -> None:
    filer, key = make.filer(), make.new_key()
    key_id = services.client_key_add(
        actor=filer.principal, platform_id=filer.of.platform_id, public_key=make.raw_public(key)
    )
    second = make.Filer(key, services.results.Registration(filer.of.platform_id, filer.of.public_id, key_id, "", False))
    assert second.get("/filings").status_code == 200


def test_foreign_platform_may_not_add_a_key() -> None:
    filer, other = make.filer(), make.filer()
    with pytest.raises(Refusal) as refused:
        services.client_key_add(
            actor=other.principal, platform_id=filer.of.platform_id, public_key=make.raw_public(make.new_key())
        )
    assert refused.value.status == 404
    assert ClientKey.objects.count() == 2


def test_templates_and_samples_are_open() -> None:
    client = Client()
    names = [entry["name"] for entry in client.get("/api/v1/templates").json()["results"]]
    assert names[:4] == ["monthly_indicators", "loan_book", "fund_ledger", "depository_statement"]
    assert names == list(TEMPLATE_NAMES)
    assert client.get("/api/v1/templates/loan_book").json()["filer"] == "platform"
    assert client.get("/api/v1/templates/nothing").status_code == 404
    sample = client.get("/api/v1/templates/loan_book/sample.csv", headers={"Accept": "text/csv"})
    assert sample.status_code == 200
    assert sample.content.decode().startswith("loan_id,")
