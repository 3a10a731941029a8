"""What goes over the wire, what comes back, and what happens when the network breaks."""

import base64
import hashlib
import re
import threading
import time
from email.utils import formatdate
from pathlib import Path

import pytest
from lianxi_filer import FilerClient, FilerKey, FilerProblem, FilerUnreachable
from lianxi_filer.signing import verify_headers

from tests.unit.filer.server import Received, RecordingServer, Reply, problem

FILING = "0198c0de-0000-7000-8000-000000000001"
OPENED = {"id": FILING, "template": "loan_book", "period": "2017-06", "revision": 1, "state": "open"}
STORED = {"bytes": 4, "sha256": "x", "state": "content_received"}
SUBMITTED = {
    "state": "submitted",
    "receipt": {"payload": {}, "signature": "s"},
    "progress": {"step": "queued"},
}
REGISTERED = {"platform": "0198c0de-0000-7000-8000-0000000000aa", "key_id": "key-7", "state": "pending"}


@pytest.fixture
def client(server: RecordingServer) -> FilerClient:
    client = FilerClient(server.url, FilerKey.generate(), timeout=5)
    client.transport.sleep = lambda seconds: None
    return client


def accept_filing(server: RecordingServer) -> None:
    server.on("POST", "/filings", Reply(201, OPENED))
    server.on("PUT", f"/filings/{FILING}/content", Reply(200, STORED))
    server.on("POST", f"/filings/{FILING}/submit", Reply(202, SUBMITTED))


def nonce_of(request: Received) -> str:
    return request.headers["signature-input"].partition('nonce="')[2].rstrip('"')


def assert_signed(request: Received, client: FilerClient, url: str, key_id: str) -> None:
    verified = verify_headers(
        request.method, f"{url}{request.target}", request.headers, client.key.public_raw, body=request.body
    )
    assert verified.key_id == key_id


def test_registering_signs_with_the_new_key_and_keeps_the_key_id(
    client: FilerClient, server: RecordingServer
):
    server.on("POST", "/registrations", Reply(201, REGISTERED))
    answer = client.register(
        name="示例平台",
        legal_name="示例有限公司",
        business_lines=["p2p_lending"],
        region="110000",
        external_ref="7",
    )
    assert answer == REGISTERED
    assert client.key_id == "key-7"
    assert client.platform_id == REGISTERED["platform"]
    request = server.received[0]
    assert request.json() == {
        "name": "示例平台",
        "legal_name": "示例有限公司",
        "kind": "platform",
        "business_lines": ["p2p_lending"],
        "region": "110000",
        "external_ref": "7",
        "public_key": client.key.public_raw_b64,
    }
    raw = base64.b64decode(client.key.public_raw_b64)
    thumbprint = base64.urlsafe_b64encode(hashlib.sha256(raw).digest()).decode()[:32]
    assert_signed(request, client, server.url, f"new:{thumbprint}")


def test_without_a_key_id_in_the_answer_the_thumbprint_is_used(client: FilerClient, server: RecordingServer):
    server.on("POST", "/registrations", Reply(201, {"platform": "p", "state": "pending"}))
    client.register(name="a", legal_name="a", business_lines=["payment"], region="110000")
    assert client.key_id == client.key.thumbprint


def test_a_refused_registration_keeps_the_old_key_id(client: FilerClient, server: RecordingServer):
    errors = [{"field": "region", "code": "unknown", "message": "No such region.", "cure": "Use GB/T 2260."}]
    server.on("POST", "/registrations", problem(422, "registration.invalid", detail="Look.", errors=errors))
    before = client.key_id
    with pytest.raises(FilerProblem) as caught:
        client.register(name="a", legal_name="a", business_lines=["payment"], region="999999")
    refused = caught.value
    assert (refused.code, refused.status, refused.detail) == ("registration.invalid", 422, "Look.")
    assert refused.errors[0].field == "region"
    assert refused.cure == "Use GB/T 2260."
    assert str(refused) == "registration.invalid. Look. Use GB/T 2260. [registration.invalid]"
    assert client.key_id == before
    assert len(server.received) == 1


def test_filing_one_row_opens_sends_and_submits(client: FilerClient, server: RecordingServer):
    accept_filing(server)
    answer = client.file("loan_book", "2017-06", b"loan_id\n1\n", idempotency_key="k")
    assert answer == {**OPENED, **STORED, **SUBMITTED}
    opened, content, submitted = server.received
    assert opened.json() == {"template": "loan_book", "period": "2017-06"}
    assert opened.headers["idempotency-key"] == "k:open"
    assert content.body == b"loan_id\n1\n"
    assert content.headers["content-type"] == "text/csv; charset=utf-8"
    assert content.headers["content-length"] == "10"
    assert "idempotency-key" not in content.headers
    assert submitted.json() == {}
    assert submitted.headers["idempotency-key"] == "k:submit"
    for request in server.received:
        assert_signed(request, client, server.url, client.key.thumbprint)
    assert len({nonce_of(request) for request in server.received}) == 3
    assert len({request.connection for request in server.received}) == 1


def test_a_bank_names_the_platform(client: FilerClient, server: RecordingServer):
    accept_filing(server)
    client.file("depository_statement", "2017-06", b"x\n", platform="p-1", note="late")
    assert server.received[0].json() == {
        "template": "depository_statement", "period": "2017-06", "platform": "p-1", "note": "late"
    }  # fmt: skip


def test_five_megabytes_are_streamed_from_disk(client: FilerClient, server: RecordingServer, tmp_path: Path):
    accept_filing(server)
    data = b"0123456789abcde\n" * (5 * 1024 * 1024 // 16)
    path = tmp_path / "book.csv"
    path.write_bytes(data)
    steps: list[tuple[str, int, int]] = []
    client.file("loan_book", "2017-06", path, on_progress=lambda *step: steps.append(step))
    assert hashlib.sha256(server.received[1].body).hexdigest() == hashlib.sha256(data).hexdigest()
    chunks = [256 * 1024 * number for number in range(1, 21)]
    assert steps == [(step, done, 5242880) for step in ("hash", "send") for done in chunks]


@pytest.mark.parametrize("later", [b"a\n1\n2\n", b"a\n"])
def test_a_file_that_changes_meanwhile_is_not_submitted(
    client: FilerClient, server: RecordingServer, tmp_path: Path, later: bytes
):
    accept_filing(server)
    path = tmp_path / "book.csv"
    path.write_bytes(b"a\n1\n")

    def change_file(request: Received) -> Reply:
        path.write_bytes(later)
        return Reply(201, OPENED)

    server.on("POST", "/filings", change_file)
    with pytest.raises(FilerProblem) as caught:
        client.file("loan_book", "2017-06", path)
    assert caught.value.code == "filer.file_changed"
    assert caught.value.filing_id == FILING
    assert [request.target for request in server.received if request.target.endswith("submit")] == []


def test_a_missing_file_is_told_before_anything_is_sent(client: FilerClient, server: RecordingServer):
    with pytest.raises(FilerProblem) as caught:
        client.file("loan_book", "2017-06", Path("/nowhere/book.csv"))
    assert caught.value.code == "filer.file_unreadable"
    assert server.received == []


def test_a_cut_connection_is_retried_with_the_same_idempotency_key_and_a_new_nonce(
    client: FilerClient, server: RecordingServer
):
    server.on("POST", "/filings", Reply(cut=True), Reply(cut=True), Reply(201, OPENED))
    assert client.open("loan_book", "2017-06") == OPENED
    assert len({request.headers["idempotency-key"] for request in server.received}) == 1
    assert len({request.body for request in server.received}) == 1
    assert len({nonce_of(request) for request in server.received}) == 3


def test_a_busy_server_is_asked_again_after_the_pause_it_names(client: FilerClient, server: RecordingServer):
    pauses: list[float] = []
    client.transport.sleep = pauses.append
    busy = Reply(503, {"code": "busy"}, headers={"Retry-After": "3"})
    server.on("GET", f"/filings/{FILING}", busy, Reply(200, OPENED))
    assert client.filing(FILING) == OPENED
    assert pauses == [3.0]


def test_after_four_failures_it_gives_up(client: FilerClient, server: RecordingServer):
    server.on("POST", "/filings", Reply(cut=True))
    with pytest.raises(FilerUnreachable) as caught:
        client.open("loan_book", "2017-06")
    assert (caught.value.code, caught.value.status) == ("filer.unreachable", 0)
    assert len(server.received) == 4


def test_a_refusal_is_not_retried(client: FilerClient, server: RecordingServer):
    server.on("POST", "/filings", problem(409, "filing.closed", cure="Ask the authority."))
    with pytest.raises(FilerProblem) as caught:
        client.open("loan_book", "2017-06")
    assert (caught.value.code, caught.value.status, caught.value.cure) == (
        "filing.closed",
        409,
        "Ask the authority.",
    )
    assert len(server.received) == 1


def test_a_refused_content_is_not_submitted_and_names_the_filing(
    client: FilerClient, server: RecordingServer
):
    accept_filing(server)
    server.on("PUT", f"/filings/{FILING}/content", problem(413, "filing.too_large"))
    with pytest.raises(FilerProblem) as caught:
        client.file("loan_book", "2017-06", b"a\n")
    assert (caught.value.code, caught.value.filing_id) == ("filing.too_large", FILING)
    assert len(server.received) == 2


def test_an_early_refusal_is_read_even_when_the_pipe_breaks(client: FilerClient, server: RecordingServer):
    client.transport.attempts = 1
    server.on("PUT", f"/filings/{FILING}/content", Reply(413, {"code": "filing.too_large"}, unread=True))
    with pytest.raises(FilerProblem) as caught:
        client.resume(FILING, bytes(64 * 1024))
    assert caught.value.code == "filing.too_large"


def test_resume_continues_an_open_filing(client: FilerClient, server: RecordingServer):
    accept_filing(server)
    assert client.resume(FILING, b"a\n") == {"id": FILING, **STORED, **SUBMITTED}
    assert [request.method for request in server.received] == ["PUT", "POST"]


def test_waiting_ends_with_the_decision_and_tells_rows(client: FilerClient, server: RecordingServer):
    running = {"state": "processing", "progress": {"step": "ingest", "done": 10, "total": 100}}
    decided = {"state": "accepted", "progress": {"step": "done", "done": 100, "total": 100}}
    server.on("GET", f"/filings/{FILING}", Reply(200, running), Reply(200, decided))
    steps: list[tuple[str, int, int]] = []
    assert client.wait(FILING, timeout=10, on_progress=lambda *step: steps.append(step)) == decided
    assert steps == [("ingest", 10, 100), ("done", 100, 100)]


def test_waiting_too_long_says_so(client: FilerClient, server: RecordingServer):
    server.on("GET", f"/filings/{FILING}", Reply(200, {"state": "processing"}))
    with pytest.raises(FilerProblem) as caught:
        client.wait(FILING, timeout=0.1)
    assert (caught.value.code, caught.value.filing_id) == ("filer.wait_timeout", FILING)


def test_pages_are_followed_on_this_server_only(client: FilerClient, server: RecordingServer):
    first = {"results": [{"id": "a"}], "next": "https://elsewhere.example/api/v1/filings?cursor=2&state=open"}
    second = {"results": [{"id": "b"}], "next": None}
    server.on("GET", "/filings", Reply(200, first), Reply(200, second))
    assert client.filings(state="open") == [{"id": "a"}, {"id": "b"}]
    assert [request.target for request in server.received] == [
        "/api/v1/filings?state=open",
        "/api/v1/filings?cursor=2&state=open",
    ]
    assert_signed(server.received[1], client, server.url, client.key_id)


def test_the_other_reads(client: FilerClient, server: RecordingServer):
    server.on("GET", "/templates", Reply(200, [{"name": "loan_book"}]))
    server.on("GET", "/templates/loan_book", Reply(200, {"name": "loan_book"}))
    server.on("GET", "/templates/loan_book/sample.csv", Reply(content=b"loan_id\n", content_type="text/csv"))
    server.on("GET", f"/filings/{FILING}/findings", Reply(200, {"results": [{"rule": "r"}]}))
    server.on("GET", f"/filings/{FILING}/findings.csv", Reply(content=b"rule\n", content_type="text/csv"))
    server.on("GET", f"/filings/{FILING}/rejected.csv", Reply(content=b"row\n", content_type="text/csv"))
    server.on("GET", f"/filings/{FILING}/receipt", Reply(200, {"signature": "s"}))
    assert client.templates() == [{"name": "loan_book"}]
    assert client.template("loan_book") == {"name": "loan_book"}
    assert client.sample_csv("loan_book") == b"loan_id\n"
    assert client.findings(FILING) == [{"rule": "r"}]
    assert client.findings_csv(FILING) == b"rule\n"
    assert client.rejected_csv(FILING) == b"row\n"
    assert client.receipt(FILING) == {"signature": "s"}


def test_templates_are_read_unsigned_and_without_key(server: RecordingServer):
    server.on("GET", "/templates", Reply(200, {"results": [{"name": "loan_book"}]}))
    assert FilerClient(server.url, None).templates() == [{"name": "loan_book"}]
    assert "signature" not in server.received[0].headers


def test_without_key_nothing_else_is_sent(server: RecordingServer):
    client = FilerClient(server.url, None)
    for call in (
        client.filings,
        lambda: client.register(name="a", legal_name="a", business_lines=["payment"], region="110000"),
    ):
        with pytest.raises(FilerProblem) as caught:
            call()
        assert caught.value.code == "filer.key_missing"
    assert server.received == []


def test_a_wrong_clock_is_named_with_its_difference(client: FilerClient, server: RecordingServer):
    def late(request: Received) -> Reply:
        date = formatdate(time.time() + 3600, usegmt=True)
        return Reply(
            401, {"code": "signature.too_old", "title": "Too old"}, headers={"Date": date}, no_date=True
        )

    server.on("GET", f"/filings/{FILING}", late)
    with pytest.raises(FilerProblem) as caught:
        client.filing(FILING)
    assert re.fullmatch(
        r"This machine's clock is 3(599|600|601) seconds behind the server's.", caught.value.detail
    )


def test_withdrawing_is_a_signed_post(client: FilerClient, server: RecordingServer):
    server.on("POST", f"/filings/{FILING}/withdraw", Reply(200, {"state": "withdrawn"}))
    assert client.withdraw(FILING) == {"state": "withdrawn"}
    assert_signed(server.received[0], client, server.url, client.key_id)


def test_a_redirect_is_not_followed(client: FilerClient, server: RecordingServer):
    server.on("GET", "/templates", Reply(302, {}, headers={"Location": "https://elsewhere.example/"}))
    with pytest.raises(FilerProblem) as caught:
        client.templates()
    assert caught.value.code == "filer.redirected"
    assert len(server.received) == 1


def test_a_page_that_is_not_json_is_refused(client: FilerClient, server: RecordingServer):
    server.on("GET", "/templates", Reply(content=b"<html>", content_type="text/html"))
    with pytest.raises(FilerProblem) as caught:
        client.templates()
    assert caught.value.code == "filer.not_json"


def test_an_error_without_problem_document_keeps_its_status(client: FilerClient, server: RecordingServer):
    server.on("GET", "/templates", Reply(500, content=b"oops", content_type="text/plain"))
    with pytest.raises(FilerProblem) as caught:
        client.templates()
    assert (caught.value.code, caught.value.title) == ("http.500", "Internal Server Error")


def test_the_language_is_asked_for(server: RecordingServer):
    server.on("GET", "/templates", Reply(200, []))
    FilerClient(server.url, FilerKey.generate(), language="zh-hans").templates()
    assert server.received[0].headers["accept-language"] == "zh-hans"


@pytest.mark.parametrize("address", ["ftp://host", "host", "https://", "https://host/?a=1"])
def test_an_address_that_is_none_is_refused(address: str):
    with pytest.raises(FilerProblem) as caught:
        FilerClient(address, FilerKey.generate())
    assert caught.value.code == "filer.address"


def test_plain_http_is_for_this_machine_only():
    with pytest.raises(FilerProblem) as caught:
        FilerClient("http://filings.example", FilerKey.generate())
    assert caught.value.code == "filer.insecure_address"
    FilerClient("http://filings.example", FilerKey.generate(), allow_plain_http=True)
    FilerClient("http://localhost:8000", FilerKey.generate())
    FilerClient("http://[::1]:8000", FilerKey.generate())


@pytest.mark.parametrize("base", ["", "/", "/api/v1", "/api/v1/"])
def test_the_base_address_may_name_the_interface(server: RecordingServer, base: str):
    server.on("GET", "/templates", Reply(200, []))
    assert FilerClient(server.url + base, FilerKey.generate()).templates() == []


def test_threads_share_a_client(client: FilerClient, server: RecordingServer):
    server.on("GET", f"/filings/{FILING}", Reply(200, OPENED))
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(20):
                client.filing(FILING)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert failures == []
    assert len(server.received) == 80
    assert len({nonce_of(request) for request in server.received}) == 80
    assert len({request.connection for request in server.received}) <= 4
