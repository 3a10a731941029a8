"""Platforms, banks and filings for tests, reached through services and signed requests."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.http import HttpResponse
from django.test import Client
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from common import clock
from common.db.acting import acting_as
from common.principal import Principal, system_principal
from platforms import selectors, services
from platforms.services.results import Registration

CSV = "text/csv; charset=utf-8"
GZIP = "application/gzip"
PARQUET = "application/vnd.apache.parquet"
PERIOD = "2017-06"
_numbers = itertools.count(1)


def new_key() -> Ed25519PrivateKey:
    """A fresh signing key."""
    return Ed25519PrivateKey.generate()


def raw_public(key: Ed25519PrivateKey) -> bytes:
    """The 32 public bytes of a key."""
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def registration(kind: str = "platform", key: Ed25519PrivateKey | None = None, **values: Any) -> Registration:
    """A pending institution."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"测试平台{number:03d}" if kind == "platform" else f"测试银行{number:03d}",
        "legal_name": f"测试机构{number:03d}有限公司",
        "kind": kind,
        "business_lines": ["p2p_lending"],
        "region": "110000",
        "external_ref": f"test:{number}",
        "public_key": raw_public(key or new_key()),
        **values,
    }
    return services.platform_register(actor=system_principal("test"), **given)


def registered(kind: str = "platform", key: Ed25519PrivateKey | None = None, **values: Any) -> Registration:
    """A confirmed institution."""
    pending = registration(kind, key, **values)
    services.platform_confirm(actor=system_principal("test"), platform_id=pending.platform_id)
    return pending


def filer_principal(of: Registration, kind: str = "platform") -> Principal:
    """The principal that the institution's key stands for."""
    return Principal(
        kind="platform", label=f"platform:{of.public_id}", platform_id=of.platform_id, roles=frozenset({kind})
    )


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self.key

    def resolve_public_key(self, key_id: str) -> Any:
        return self.key.public_key()


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


def digest_of(body: bytes) -> str:
    """Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def signed_headers(
    key: Ed25519PrivateKey,
    key_id: str,
    method: str,
    path: str,
    body: bytes,
    *,
    idempotency_key: str = "",
    nonce: str = "",
    created: datetime | None = None,
) -> dict[str, str]:
    """Signature headers of a request to the test server."""
    headers = {"Content-Digest": digest_of(body)}
    components = ["@method", "@path", "content-digest"]
    if "?" in path:
        components.append("@query")
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
        components.append("idempotency-key")
    message = _Message(method, f"http://testserver{path}", headers)
    HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=_OneKey(key)).sign(
        message,
        key_id=key_id,
        created=created or clock.real_now(),
        nonce=nonce or secrets.token_urlsafe(18),
        label="sig1",
        include_alg=True,
        use_existing_digest=True,
        covered_component_ids=components,
    )
    return message.headers


@dataclass
class Filer:
    """An institution with its key, talking to the API through Django's test client."""

    key: Ed25519PrivateKey
    of: Registration
    kind: str = "platform"
    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))

    @property
    def principal(self) -> Principal:
        """Who the key stands for."""
        return filer_principal(self.of, self.kind)

    def send(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        content_type: str = "application/json",
        *,
        signing_key: Ed25519PrivateKey | None = None,
        headers: dict[str, str] | None = None,
        **signing: Any,
    ) -> HttpResponse:
        """One signed request; `headers` replaces or adds after signing."""
        signed = signed_headers(signing_key or self.key, self.of.key_id, method, path, body, **signing)
        return self.client.generic(method, path, body, content_type=content_type, headers={**signed, **(headers or {})})

    def post(self, path: str, document: Any, **signing: Any) -> HttpResponse:
        """A signed JSON POST."""
        return self.send("POST", f"/api/v1{path}", json.dumps(document).encode(), **signing)

    def get(self, path: str) -> HttpResponse:
        """A signed GET."""
        return self.send("GET", f"/api/v1{path}")

    def open(self, template: str = "monthly_indicators", period: str = PERIOD, **values: Any) -> str:
        """Open a filing; its identifier."""
        answer = self.post("/filings", {"template": template, "period": period, **values})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def put(self, filing: str, content: bytes, content_type: str = CSV, **signing: Any) -> HttpResponse:
        """Send content."""
        return self.send("PUT", f"/api/v1/filings/{filing}/content", content, content_type, **signing)

    def submit(self, filing: str, **signing: Any) -> HttpResponse:
        """Submit."""
        return self.post(f"/filings/{filing}/submit", {}, **signing)

    def file(
        self,
        content: bytes,
        template: str = "monthly_indicators",
        period: str = PERIOD,
        content_type: str = CSV,
        **values: Any,
    ) -> str:
        """Open, send and submit; the identifier of the filing."""
        filing = self.open(template, period, **values)
        stored = self.put(filing, content, content_type)
        assert stored.status_code == 200, stored.content
        answer = self.submit(filing)
        assert answer.status_code == 202, answer.content
        return filing


def filer(kind: str = "platform", **values: Any) -> Filer:
    """A confirmed institution that can sign."""
    key = new_key()
    with acting_as(system_principal("test")):
        return Filer(key, registered(kind, key, **values), kind)


def agreement(platform: Registration, bank: Registration, **values: Any) -> int:
    """A depository agreement in force since 2017-01-01."""
    with acting_as(system_principal("test")):
        return services.depository_agreement_record(
            actor=system_principal("test"),
            platform_id=platform.platform_id,
            bank_id=bank.platform_id,
            in_force_from=values.get("in_force_from", date(2017, 1, 1)),
            in_force_to=values.get("in_force_to"),
        )


def csv_of(*rows: dict[str, Any]) -> bytes:
    """Rows with the same columns as a CSV in UTF-8."""
    lines = [",".join(rows[0])]
    lines += [",".join("" if value is None else str(value) for value in row.values()) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def indicators(**values: Any) -> dict[str, Any]:
    """One good row of monthly_indicators."""
    return {
        "report_month": PERIOD,
        "currency": "CNY",
        "turnover_amount": "126400000.00",
        "lender_count": 3120,
        "borrower_count": 410,
        "loan_count": 523,
        "average_annual_rate_percent": "9.85",
        "average_term_months": "6.40",
        "outstanding_balance": "582300000.00",
        "outstanding_due_60d": "91500000.00",
        "net_inflow_30d": "1200000.00",
        "average_bid_amount": "40512.82",
        "average_loan_per_borrower_amount": "308292.68",
        "top10_borrower_share_percent": "12.00",
        "registered_capital": "50000000.00",
        "months_in_operation": 40,
        **values,
    }


def loan(**values: Any) -> dict[str, Any]:
    """One good row of loan_book."""
    return {
        "loan_id": "L-1",
        "borrower_token": "bt-9f3c2a7741d0",
        "borrower_kind": "natural",
        "currency": "CNY",
        "principal_amount": "150000.00",
        "outstanding_principal": "112500.00",
        "annual_rate_percent": "10.50",
        "term_months": 12,
        "issue_month": PERIOD,
        "status": "current",
        **values,
    }


def state_of(filing: str) -> str:
    """The state of a filing by its public identifier."""
    with acting_as(system_principal("test")):
        return selectors.filings_visible_to(system_principal("test")).get(public_id=filing).state


@dataclass(frozen=True)
class RuleStub:
    """A rule as the rule book hands it to the check."""

    rule_version_id: int
    rule_id: str
    version_sha256: str
    title: dict[str, str]
    severity: str
    legal_basis: dict[str, Any]
    disposal: Any = None


@dataclass(frozen=True)
class PlanStub:
    """A check plan made of a few rules."""

    checks: tuple[dict[str, Any], ...]
    rules: tuple[RuleStub, ...]
    deadlines: tuple[RuleStub, ...] = ()


def _rule_version(rule_id: str, template: str, severity: str) -> int:
    """The row a finding points to."""
    from rulebook.models import RuleVersion

    return RuleVersion.objects.create(
        pack="test",
        rule_id=rule_id,
        sha256="0" * 64,
        source_text=f"id: {rule_id}",
        kind="record",
        form="row",
        template=template,
        severity=severity,
        business_lines=["p2p_lending"],
        enabled=True,
        verified=True,
        title_zh=f"规则{rule_id}",
        title_en=f"Rule {rule_id}",
        text_status="final",
    ).pk


def row_rule(rule_id: str, condition: str, columns: list[str], **values: Any) -> tuple[dict[str, Any], RuleStub]:
    """A row rule on monthly_indicators: the condition must hold in every row."""
    template = values.pop("template", "monthly_indicators")
    check = {
        "rule_id": rule_id,
        "version_sha256": "0" * 64,
        "kind": "record",
        "form": "row",
        "sql": condition,
        "needs": {template: columns},
        "currency": values.pop("currency", None),
        "severity": values.get("severity", "major"),
        "threshold": values.pop("threshold", None),
        "measured_column": values.pop("measured_column", None),
    }
    stub = RuleStub(
        rule_version_id=_rule_version(rule_id, template, values.get("severity", "major")),
        rule_id=rule_id,
        version_sha256="0" * 64,
        title={"zh": f"规则{rule_id}", "en": f"Rule {rule_id}"},
        severity=values.get("severity", "major"),
        legal_basis={"instrument": "test", "article": "1", "verified": True, "text_status": "final"},
    )
    return check, stub


def sql_rule(rule_id: str, sql: str, needs: dict[str, list[str]], **values: Any) -> tuple[dict[str, Any], RuleStub]:
    """A rule that is a query; every row it gives is a failure."""
    check, stub = row_rule(rule_id, sql, [], **values)
    return {**check, "form": "sql", "needs": needs}, stub


def use_plan(monkeypatch: Any, *rules: tuple[dict[str, Any], RuleStub], template: str = "") -> None:
    """Let the check run these rules only, on every template or on one."""
    from rulebook import selectors as rulebook_selectors

    plan = PlanStub(tuple(check for check, _rule in rules), tuple(rule for _check, rule in rules))
    empty = PlanStub((), ())

    def check_plan(asked: str, line: str, on: date) -> PlanStub:
        return plan if template in {"", asked} else empty

    monkeypatch.setattr(rulebook_selectors, "check_plan", check_plan)
