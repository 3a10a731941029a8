"""Generated requests, good and bad, from the committed description, through the WSGI application.

Never a 5xx; every error is a problem document with a code; every answer has the shape that the description gives it.
Requests to signed operations carry a real signature, so that their bodies reach the handlers.
"""

import base64
import hashlib
import io
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance
from schemathesis.transport.wsgi import WSGI_TRANSPORT
from werkzeug.test import Client, EnvironBuilder
from werkzeug.wrappers import Request

from config.wsgi import application
from tests.contract import scene
from tests.contract.scene import Scene, untouched
from tests.factories import platforms

from lianxi_filer.keys import FilerKey  # isort: skip  # from its own source tree
from lianxi_filer.signing import sign_headers  # isort: skip

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
SCHEMA = schemathesis.openapi.from_dict(yaml.safe_load(FILE.read_text("utf-8")))
OPERATIONS = {f"{it.ok().method} {it.ok().path}": it.ok() for it in SCHEMA.get_all_operations()}
EXAMPLES = int(os.environ.get("LIANXI_CONTRACT_EXAMPLES", "12"))
CHECKS: list[CheckFunction] = [response_schema_conformance, content_type_conformance]
QUICK = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture
def open_to_all(at_work: Scene) -> Iterator[Scene]:
    """The scene; the test's transaction outlives each request."""
    ends = (request_started, request_finished)
    for end in ends:
        end.disconnect(close_old_connections)
    yield at_work
    for end in ends:
        end.connect(close_old_connections)


BODIES: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "/api/v1/filings": lambda _at_work: {"template": "monthly_indicators", "period": "2017-02"},
    "/api/v1/registrations": lambda at_work: {
        "public_key": base64.b64encode(platforms.raw_public(at_work.filers["platform"].key)).decode()
    },
}


def is_signed(operation: Any) -> bool:
    """Whether the description asks for a signature."""
    return "security" in operation.definition.raw


def environ_of(case: Any) -> EnvironBuilder:
    """The request that the library would send."""
    parts = WSGI_TRANSPORT.serialize_case(case)
    parts["path"], _mark, query = parts["path"].partition("?")  # a generated value may hold a question mark
    if query:
        parts["query_string"] = {**parts.get("query_string", {}), "generated": query}
    return EnvironBuilder(base_url="http://localhost", **parts)


def signed(environ: dict[str, Any], at_work: Scene) -> dict[str, Any]:
    """The same request, signed by the platform of the scene over the bytes that are sent."""
    filer, body = at_work.filers["platform"], environ["wsgi.input"].read()
    query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
    url = f"http://localhost{quote(environ['PATH_INFO'].encode('latin-1'))}{query}"
    sent = {"Idempotency-Key": environ["HTTP_IDEMPOTENCY_KEY"]} if "HTTP_IDEMPOTENCY_KEY" in environ else {}
    made = sign_headers(
        environ["REQUEST_METHOD"], url, sent, hashlib.sha256(body).digest(), FilerKey(filer.key), filer.of.key_id
    )
    fields = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in made.items()}
    return {**environ, **fields, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)}


def told(builder: EnvironBuilder, at_work: Scene, *, with_signature: bool) -> Any:
    """The answer to one request, of which nothing stays."""
    environ = builder.get_environ()
    with untouched():
        return Client(application).open(Request(signed(environ, at_work) if with_signature else environ))


def require_good(case: Any, answer: Any) -> None:
    """No defect, problems as promised, shapes as described."""
    where = f"{case.method} {answer.request.path} {answer.status}: {answer.get_data()[:300]!r}"
    assert answer.status_code < 500, where
    if answer.status_code >= 400:
        assert answer.content_type == "application/problem+json", where
        document = answer.get_json(force=True)
        assert document["status"] == answer.status_code, where
        assert document["code"], where
        assert document["type"] == f"urn:lianxi:problem:{document['code']}", where
        assert "Traceback" not in answer.get_data(as_text=True), where
    case.validate_response(answer, checks=CHECKS)


def own(case: Any, at_work: Scene) -> Any:
    """The same request about something that exists and belongs to the signer."""
    parameters = dict(case.path_parameters or {})
    known = {"receipt": at_work.receipt, "rule_id": scene.RULE, "name": "loan_book"}
    ids = {"content": at_work.opened, "submit": at_work.loaded, "withdraw": at_work.unsubmitted,
           "answers": at_work.complaint}  # fmt: skip
    filing = ids.get(case.operation.path.rpartition("/")[2], at_work.filing)
    platform = str(at_work.filers["platform"].of.public_id)
    known["public_id"] = platform if "/platforms/" in case.operation.path else filing
    case.path_parameters = {name: known.get(name, value) for name, value in parameters.items()}
    if isinstance(case.body, dict) and case.operation.path in BODIES:
        case.body = {**case.body, **BODIES[case.operation.path](at_work)}
    return case


def knock_with(operation: Any, mode: Any, at_work: Scene, seen: Counter[str]) -> None:
    """Generated requests to one operation; every second one is about the signer's own object."""

    @QUICK
    @given(case=operation.as_strategy(generation_mode=mode), is_own=st.booleans())
    def run(case: Any, is_own: bool) -> None:
        request = own(case, at_work) if is_own else case
        answer = told(environ_of(request), at_work, with_signature=is_signed(operation))
        seen[str(answer.status_code)] += 1
        require_good(request, answer)

    try:
        run()
    except Unsatisfiable:  # nothing that could be wrong can be generated for an operation without parameters
        assert (mode, operation.method) == (schemathesis.GenerationMode.NEGATIVE, "get")


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("is_signed_part", [True, False])
def test_generated_requests_never_break_it(open_to_all: Scene, mode: Any, is_signed_part: bool) -> None:
    operations = [it for it in OPERATIONS.values() if is_signed(it) == is_signed_part]
    assert len(operations) >= 10
    seen: Counter[str] = Counter()
    for operation in operations:
        knock_with(operation, mode, open_to_all, seen)
    assert sum(seen.values()) >= 5 * len(operations)
    assert len(seen) >= 3, f"too few kinds of answers: {dict(seen)}"
    assert seen["401"] == 0, "a generated request was not signed as it should be"
