"""The command: what it prints, what it sends, which exit code it leaves."""

import base64
import hashlib
import io
import json
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lianxi_filer import FilerKey
from lianxi_filer.command.actions import media_type_of
from lianxi_filer.command.main import main
from lianxi_filer.command.progress import ProgressBar, line_of

from tests.unit.filer.server import RecordingServer, Reply, problem
from tests.unit.filer.test_checking import CONTRACT, GOOD

FILING = "0198c0de-0000-7000-8000-000000000001"
PLATFORM = "0198c0de-0000-7000-8000-0000000000aa"
ROW = {"id": FILING, "template": "loan_book", "period": "2017-06", "revision": 1, "platform": PLATFORM}
RECEIPT = {"payload": {"receipt": "RCPT-1"}, "alg": "Ed25519", "kid": "k", "signature": "s"}


@dataclass
class Run:
    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Run]


@pytest.fixture
def command(server: RecordingServer, tmp_path: Path) -> Command:
    def run(*arguments: str, **environment: str) -> Run:
        out, err = io.StringIO(), io.StringIO()
        places = {"XDG_CONFIG_HOME": str(tmp_path), "LIANXI_FILER_URL": server.url, "LANG": "en_GB.UTF-8"}
        code = main(arguments, {**places, **environment}, out, err)
        return Run(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def key(tmp_path: Path) -> FilerKey:
    key = FilerKey.generate()
    key.save(tmp_path / "lianxi-filer" / "key.pem")
    return key


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.csv"
    path.write_text(GOOD)
    return path


def accept_filing(server: RecordingServer, *, known: list[dict[str, Any]], decided: dict[str, Any]) -> None:
    server.on("GET", "/filings", Reply(200, {"results": known, "next": None}))
    server.on("POST", "/filings", Reply(201, {**ROW, "state": "open"}))
    server.on("PUT", f"/filings/{FILING}/content", Reply(200, {"state": "content_received"}))
    server.on("POST", f"/filings/{FILING}/submit", Reply(202, {"state": "submitted", "receipt": RECEIPT}))
    server.on("GET", f"/filings/{FILING}", Reply(200, {**ROW, **decided}))


def signed_receipt(payload: dict[str, Any]) -> dict[str, Any]:
    signer = FilerKey.generate()
    content = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    signature = base64.b64encode(signer.private.sign(content)).decode()
    return {"payload": payload, "alg": "Ed25519", "public_key": signer.public_raw_b64, "signature": signature}


def sent(server: RecordingServer) -> list[str]:
    return [f"{request.method} {request.target.removeprefix('/api/v1')}" for request in server.received]


def test_a_key_is_made_shown_and_not_made_twice(command: Command, tmp_path: Path):
    made = command("--json", "key", "make")
    path = tmp_path / "lianxi-filer" / "key.pem"
    assert (made.code, made.json()["path"]) == (0, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shown = command("--json", "key", "show")
    assert shown.json() == {"public_key": made.json()["public_key"], "key_id": made.json()["key_id"]}
    again = command("key", "make")
    assert (again.code, "[" in again.out) == (5, False)
    assert again.err.endswith("Code: filer.key_exists\n")


def test_registering_keeps_what_the_next_command_needs(
    command: Command, server: RecordingServer, key: FilerKey
):
    answer = {"platform": PLATFORM, "key_id": "key-7", "state": "pending"}
    server.on("POST", "/registrations", Reply(201, answer))
    run = command("register", "--name", "示例平台", "--line", "p2p_lending", "--region", "110000")
    assert (run.code, run.err) == (0, "")
    assert run.out == (
        f"Registered: platform {PLATFORM}, key key-7, state pending\n"
        "The authority must confirm the registration before you can file.\n"
    )
    server.on("GET", "/filings", Reply(200, {"results": [], "next": None}))
    listed = command("status", LIANXI_FILER_URL="")
    assert (listed.code, listed.out) == (0, "No filings yet.\n")
    assert 'keyid="key-7"' in server.received[-1].headers["signature-input"]


def test_a_refusal_is_a_sentence_and_a_cure(command: Command, server: RecordingServer, key: FilerKey):
    errors = [{"field": "region", "code": "invalid", "message": "Unknown region.", "cure": "Use GB/T 2260."}]
    refusal = problem(422, "request.invalid", cure="Correct the fields.", errors=errors, instance="req-1")
    server.on("POST", "/registrations", refusal)
    run = command("register", "--name", "a", "--line", "payment", "--region", "999999")
    assert run.code == 1
    assert run.err == (
        "Problem: request.invalid\n"
        "  - region: Unknown region. Use GB/T 2260.\n"
        "What to do: Correct the fields.\n"
        "Code: request.invalid  Reference: req-1\n"
    )


def test_a_dry_run_sends_only_the_question_for_the_contract(
    command: Command, server: RecordingServer, book: Path
):
    server.on("GET", "/templates/loan_book", Reply(200, CONTRACT))
    run = command("check", str(book), "--template", "loan_book", "--period", "2017-06")
    assert run.code == 0
    assert run.out == (
        "Rows: 2. Nothing to correct. Nothing was sent.\n"
        "Supervisory rules are checked on the server after submission.\n"
    )
    assert sent(server) == ["GET /templates/loan_book"]


def test_a_dry_run_lists_row_field_problem_and_cure(
    command: Command, server: RecordingServer, tmp_path: Path
):
    book, contract = tmp_path / "book.csv", tmp_path / "contract.json"
    book.write_text("loan_id,amount,rate\nL-1,1e5,1\nL-2,,1\n")
    contract.write_text(json.dumps(CONTRACT))
    run = command("check", str(book), "--contract", str(contract))
    assert run.code == 3
    assert run.out == (
        "row\tfield\twhat is wrong\twhat to do\n"
        '1\tamount\t"1e5" has an exponent.\tWrite it out, like 1200000.00.\n'
        "2\tamount\tThe cell is empty.\tFill it in.\n"
        "Rows: 2. Problems: 2. Nothing was sent.\n"
    )
    assert server.received == []
    chinese = command(
        "--json", "check", str(book), "--contract", str(contract), "--limit", "1", LANG="zh_CN.UTF-8"
    )
    assert chinese.code == 3
    assert chinese.json() == {
        "rows": 2,
        "complete": False,
        "problems": [
            {
                "row": 1,
                "field": "amount",
                "code": "number.exponent",
                "message": "“1e5”是科学计数法。",
                "cure": "请写成 1200000.00 的形式。",
            }
        ],
    }


def test_filing_and_waiting_ends_with_the_decision(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    accept_filing(server, known=[], decided={"state": "accepted"})
    run = command("file", str(book), "--template", "loan_book", "--period", "2017-06", "--wait")
    assert run.code == 0
    assert run.out == f"Filed: {FILING}\nReceipt: RCPT-1\nloan_book 2017-06, revision 1: accepted\n"
    assert run.err == ""
    assert sent(server) == [
        "GET /filings?template=loan_book&period=2017-06",
        "POST /filings",
        f"PUT /filings/{FILING}/content",
        f"POST /filings/{FILING}/submit",
        f"GET /filings/{FILING}",
    ]
    assert server.received[2].body == GOOD.encode()


def test_a_returned_filing_is_not_in_order(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    decided = {
        "state": "returned",
        "rows": {"total": 2, "accepted": 1, "rejected": 1},
        "findings": {"blocking": 1, "major": 0, "minor": 4, "not_evaluable": 2},
        "file_errors": [
            {"code": "x", "field": "rate", "row": None, "message": "Gone.", "cure": "Add it."},
            {"code": "y", "field": None, "row": 7, "message": "Odd.", "cure": "Fix it."},
        ],
    }
    accept_filing(server, known=[], decided=decided)
    run = command("file", str(book), "--template", "loan_book", "--period", "2017-06", "--wait")
    assert run.code == 3
    assert run.out == (
        f"Filed: {FILING}\nReceipt: RCPT-1\nloan_book 2017-06, revision 1: returned\n"
        "Rows: 2, rejected 1. Findings: 1 blocking, 0 major, 4 minor.\n"
        "  - rate: Gone. Add it.\n"
        "  - row 7: Odd. Fix it.\n"
        f"Findings: lianxi-filer findings {FILING}\n"
        f"Rows that could not be read: lianxi-filer rejected {FILING}\n"
        f"Correct the file, then: lianxi-filer resubmit {FILING} FILE\n"
    )


def test_the_same_bytes_are_not_filed_twice(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    first = command("--json", "file", str(book), "--template", "loan_book", "--period", "2017-06")
    assert first.code == 1  # nothing is scripted yet: 404

    content = {"sha256": hashlib.sha256(GOOD.encode()).hexdigest()}
    decided = {"state": "accepted", "content": content, "receipt_number": "RCPT-1"}
    accept_filing(server, known=[ROW], decided=decided)
    server.received.clear()
    run = command("file", str(book), "--template", "loan_book", "--period", "2017-06")
    assert run.code == 0
    assert run.out == f"Filed: {FILING}\nReceipt: RCPT-1\nloan_book 2017-06, revision 1: accepted\n"
    assert sent(server) == ["GET /filings?template=loan_book&period=2017-06", f"GET /filings/{FILING}"]


def test_other_bytes_are_filed_as_a_correction(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    accept_filing(server, known=[ROW], decided={"state": "accepted", "content": {"sha256": "other"}})
    assert command("file", str(book), "--template", "loan_book", "--period", "2017-06").code == 0
    assert f"POST /filings/{FILING}/submit" in sent(server)


def test_a_filing_that_broke_off_can_be_continued(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    accept_filing(server, known=[], decided={"state": "open"})
    server.on("PUT", f"/filings/{FILING}/content", problem(413, "content.too_large"))
    run = command("file", str(book), "--template", "loan_book", "--period", "2017-06")
    assert run.code == 1
    assert run.err.endswith(f"continue with: lianxi-filer resubmit {FILING} FILE\n")
    server.on("PUT", f"/filings/{FILING}/content", Reply(200, {"state": "content_received"}))
    server.received.clear()
    assert command("resubmit", FILING, str(book)).code == 0
    assert sent(server) == [
        f"GET /filings/{FILING}",
        f"PUT /filings/{FILING}/content",
        f"POST /filings/{FILING}/submit",
    ]


def test_a_decided_filing_is_corrected_by_a_new_revision(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    accept_filing(server, known=[], decided={"state": "returned"})
    assert command("resubmit", FILING, str(book), "--note", "fixed").code == 0
    opened = next(request for request in server.received if request.method == "POST")
    assert opened.json() == {
        "template": "loan_book",
        "period": "2017-06",
        "platform": PLATFORM,
        "note": "fixed",
    }


def test_status_of_one_and_of_all(command: Command, server: RecordingServer, key: FilerKey):
    server.on("GET", f"/filings/{FILING}", Reply(200, {**ROW, "state": "processing"}))
    server.on("GET", "/filings", Reply(200, {"results": [{**ROW, "state": "processing"}], "next": None}))
    assert command("status", FILING).out == "loan_book 2017-06, revision 1: processing\n"
    assert command("status", FILING, LANG="zh_CN.UTF-8").out == "loan_book 2017-06，第 1 版：核查中\n"
    assert command("status").out == f"{FILING}  loan_book  2017-06  1  processing\n"


def test_findings_show_figures_basis_and_rows(command: Command, server: RecordingServer, key: FilerKey):
    found = {
        "rule": "cn.rate",
        "severity": "major",
        "title": {"zh": "利率", "en": "Rate"},
        "measured": "40",
        "threshold": "36",
        "subject": "bt-1",
        "count": 5,
        "row_numbers": [3, 9],
        "legal_basis": {"instrument": {"zh": "规定", "en": "Provision"}, "article": "26"},
    }
    document = {"results": [found], "not_evaluable": [{"rule": "cn.other", "reason": "No column."}]}
    server.on("GET", f"/filings/{FILING}/findings", Reply(200, document))
    assert command("findings", FILING).out == (
        "[major] cn.rate Rate\n"
        "    bt-1, measured 40, threshold 36\n"
        "    legal basis: Provision 26\n"
        "    rows (5): 3, 9 …\n"
        "? cn.other: No column.\n"
    )
    server.on("GET", f"/filings/{FILING}/findings", Reply(200, {"results": [], "not_evaluable": []}))
    assert command("findings", FILING).out == "No findings.\n"


def test_no_findings_are_claimed_before_the_decision(
    command: Command, server: RecordingServer, key: FilerKey
):
    document = {"results": [], "not_evaluable": [], "state": "processing"}
    server.on("GET", f"/filings/{FILING}/findings", Reply(200, document))
    assert command("findings", FILING).out == "Not decided yet: processing\n"


def test_a_receipt_is_checked_before_it_is_shown(
    command: Command, server: RecordingServer, key: FilerKey, book: Path
):
    signed = signed_receipt({"receipt": "RCPT-1", "sha256": hashlib.sha256(GOOD.encode()).hexdigest()})
    server.on("GET", f"/filings/{FILING}/receipt", Reply(200, signed))
    assert command("receipt", FILING, "--file", str(book)).json() == signed
    book.write_text("other")
    other = command("receipt", FILING, "--file", str(book))
    assert (other.code, other.out, other.err.splitlines()[-1]) == (3, "", "Code: filer.receipt_file")
    foreign = command("receipt", FILING, LIANXI_FILER_SERVER_KEY=FilerKey.generate().public_raw_b64)
    assert (foreign.code, foreign.err.splitlines()[-1]) == (3, "Code: filer.receipt_key")
    altered = {**signed, "payload": {**signed["payload"], "receipt": "RCPT-2"}}
    server.on("GET", f"/filings/{FILING}/receipt", Reply(200, altered))
    assert command("receipt", FILING).err.splitlines()[-1] == "Code: filer.receipt_signature"


def test_downloads_go_to_the_screen_or_to_a_file(
    command: Command, server: RecordingServer, key: FilerKey, tmp_path: Path
):
    csv = Reply(content=b"\xef\xbb\xbfrow,field\n", content_type="text/csv")
    server.on("GET", f"/filings/{FILING}/rejected.csv", csv)
    server.on("GET", f"/filings/{FILING}/findings.csv", csv)
    signed = signed_receipt({"receipt": "RCPT-1"})
    server.on("GET", f"/filings/{FILING}/receipt", Reply(200, signed))
    server.on("GET", "/templates/loan_book/sample.csv", csv)
    server.on("GET", "/templates/loan_book", Reply(200, CONTRACT))
    assert command("rejected", FILING).out == "row,field\n"
    target = tmp_path / "findings.csv"
    assert command("findings", FILING, "--csv", str(target)).out == f"Written: {target}\n"
    assert target.read_bytes() == b"\xef\xbb\xbfrow,field\n"
    assert command("receipt", FILING).json() == signed
    assert command("sample", "loan_book").out == "row,field\n"
    assert command("template", "loan_book").json() == CONTRACT


def test_set_up_problems_leave_5(command: Command, server: RecordingServer, tmp_path: Path):
    assert command("status").err.endswith("Code: filer.key_missing\n")
    assert command("status").code == 5
    assert command("status", LANG="zh_CN.UTF-8").err.startswith("问题: 没有密钥\n")
    no_address = command("sample", "loan_book", LIANXI_FILER_URL="")
    assert (no_address.code, no_address.err.endswith("Code: filer.no_address\n")) == (5, True)
    (tmp_path / "lianxi-filer").mkdir(exist_ok=True)
    (tmp_path / "lianxi-filer" / "config.toml").write_text("not toml")
    assert command("sample", "loan_book").err.endswith("Code: filer.configuration\n")
    assert server.received == []


def test_no_answer_leaves_4(command: Command):
    run = command("--timeout", "0.2", "--url", "http://127.0.0.1:1", "sample", "loan_book")
    assert (run.code, run.err.splitlines()[-1]) == (4, "Code: filer.unreachable")


def test_a_problem_in_json(command: Command, server: RecordingServer, key: FilerKey):
    server.on("GET", f"/filings/{FILING}", problem(404, "not_found"))
    run = command("--json", "status", FILING)
    assert (run.code, run.json()["code"], run.json()["status"]) == (1, "not_found", 404)


def test_wrong_arguments_leave_2(command: Command, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as caught:
        command("file")
    assert caught.value.code == 2
    assert "required" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("a.csv", "text/csv; charset=utf-8"),
        ("a.csv.gz", "application/gzip"),
        ("a.parquet", "application/vnd.apache.parquet"),
        ("a", "text/csv; charset=utf-8"),
    ],
)
def test_the_ending_tells_the_media_type(name: str, media_type: str):
    assert media_type_of(Path(name)) == media_type


def test_a_line_of_progress():
    assert line_of("send", 5, 10) == f"send [{'#' * 14}{'.' * 14}]  50% 5/10"
    assert line_of("ingest", 1200, 0) == "ingest 1,200"
    assert line_of("queued", 0, 0) == "queued …"


def test_the_bar_draws_on_a_terminal_only_and_clears_itself():
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        with ProgressBar(stream, "zh") as bar:
            bar("send", 10, 10)
    assert terminal.getvalue() == f"\r\x1b[K发送 [{'#' * 28}] 100% 10/10\r\x1b[K"
    assert file.getvalue() == ""
