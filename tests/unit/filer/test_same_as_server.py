"""The dry run must not promise what the server's reader refuses, nor the other way round."""

import base64
import hashlib
from pathlib import Path

import pytest
from django.test import RequestFactory
from lianxi_filer import FilerKey, receipt_verify
from lianxi_filer.checking import Contract, FileCheck
from lianxi_filer.signing import sign_headers

from analytics.contracts import TEMPLATE_NAMES, contract_json, sample_csv
from analytics.ingest import IngestRequest, ingest
from common import signatures
from common.signing import public_key_raw, server_sign

PERIOD = "2017-06"
VALUES = (
    "", "0", "-1", "1.5", "1.005", "1.00005", "99999999999999999", "1e5", "NaN", "-", "１２", " 1", "1 ", "1_000", "+1",
    "1.", ".5", "--1", "2017-06-30", "2017-06-31", "2017/06/30", "2017-07-01", "2017-06", "2017-13", "2017-07", "true",
    "TRUE", "current", "CNY", "RMB", "in", "natural", "=cmd", "@x", "13800138000", "11010519491231002X", "a\u200bb",
    "平台", "x" * 200, "L-1",
)  # fmt: skip


def both(content: bytes, template: str, tmp_path: Path) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
    """What the server's reader and the dry run say, as sets of (row, field, code)."""
    path = tmp_path / "filing.csv"
    path.write_bytes(content)
    request = IngestRequest(
        source=path,
        media_type="text/csv; charset=utf-8",
        template=template,
        period=PERIOD,
        out_parquet=tmp_path / "out.parquet",
        out_rejected_csv=tmp_path / "out.csv",
    )
    report = ingest(request)
    server = {
        (str(entry["row"] or ""), entry["field"] or "", entry["code"])
        for entry in [*report["rejected"], *report["file_errors"]]
    }
    checking = FileCheck(Contract.from_json(contract_json(template)), path, PERIOD)
    mine = {(str(found.row or ""), found.field, found.code) for found in checking.problems()}
    return server, mine


@pytest.mark.parametrize("template", TEMPLATE_NAMES)
def test_the_sample_is_good_for_both(template: str, tmp_path: Path):
    assert both(sample_csv(template, PERIOD).encode(), template, tmp_path) == (set(), set())


@pytest.mark.parametrize(
    ("template", "column"),
    [
        (name, column["name"])
        for name in TEMPLATE_NAMES
        if not contract_json(name)["max_rows"]
        for column in contract_json(name)["columns"]
    ],
)
def test_every_value_in_every_column_is_judged_alike(template: str, column: str, tmp_path: Path):
    header, sample = sample_csv(template, PERIOD).splitlines()
    names, cells = header.split(","), sample.split(",")
    key = names.index(contract_json(template)["key"][0])
    lines = [header]
    for number, value in enumerate(VALUES):
        row = list(cells)
        row[key] = f"K-{number}"
        row[names.index(column)] = value
        lines.append(",".join(row))
    server, mine = both(("\n".join(lines) + "\n").encode(), template, tmp_path)
    assert mine == server


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("loan_id", "loan_no", 1),
        lambda text: text.replace(",currency,", ",currency,currency,", 1),
        lambda text: text.replace(",", ";"),
        lambda text: text.splitlines()[0] + "\n",
        lambda text: text + "\n" + text.splitlines()[1].replace("L-000001", "L-2") + "\n",
        lambda text: text + "a,b\n",
        lambda text: text + '"a\n',
    ],
)
def test_files_are_judged_alike(change, tmp_path: Path):
    server, mine = both(change(sample_csv("loan_book", PERIOD)).encode(), "loan_book", tmp_path)
    assert server
    assert {code for *_place, code in mine} == {code for *_place, code in server}


@pytest.mark.parametrize(
    ("method", "path", "body", "idempotency_key"),
    [
        ("GET", "/api/v1/filings", b"", ""),
        ("GET", "/api/v1/filings?template=loan_book&period=2017-06", b"", ""),
        ("POST", "/api/v1/filings", b'{"template":"loan_book"}', "k-1"),
        ("PUT", "/api/v1/filings/1/content", b"loan_id\n1\n", ""),
        ("GET", "/api/v1/templates/%E8%B4%B7%E6%AC%BE", b"", ""),
    ],
)
def test_the_server_verifies_what_the_filer_signs(
    monkeypatch: pytest.MonkeyPatch, method: str, path: str, body: bytes, idempotency_key: str
):
    burnt: list[tuple[str, str]] = []
    monkeypatch.setattr(signatures, "_burn_nonce", lambda *pair: burnt.append(pair))
    key = FilerKey.generate()
    sent = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    digest = hashlib.sha256(body).digest()
    signed = sign_headers(method, f"http://testserver{path}", sent, digest, key, "key-7", nonce="n" * 24)
    request = RequestFactory().generic(method, path, body, headers={**sent, **signed})
    verified = signatures.verify_request(request, {"key-7": key.public_raw}.get)
    assert (verified.key_id, verified.body_sha256) == ("key-7", digest)
    assert burnt == [("key-7", "n" * 24)]
    signatures.require_body(verified, body)


def test_the_filer_verifies_what_the_server_signs():
    receipt = server_sign({"receipt": "R-1", "filer": "示例", "sha256": "ab"})
    server_key = base64.b64encode(public_key_raw()).decode()
    assert receipt_verify(receipt, server_key=server_key, sha256="ab") == receipt["payload"]


def test_the_server_refuses_another_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(signatures, "_burn_nonce", lambda *pair: pytest.fail("a nonce was used up"))
    digest = hashlib.sha256(b"").digest()
    signed = sign_headers("GET", "http://testserver/x", {}, digest, FilerKey.generate(), "key-7")
    request = RequestFactory().get("/x", headers=signed)
    with pytest.raises(signatures.SignatureFailure) as caught:
        signatures.verify_request(request, {"key-7": FilerKey.generate().public_raw}.get)
    assert caught.value.code == "signature.invalid"
