"""The API's JSON door: nothing odd gets in, nothing is changed silently, nothing breaks."""

import contextlib
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.test import APIRequestFactory

from common.api.parsers import StrictJSONParser, strict_json
from common.api.problems import Problem, to_problem
from common.api.views import ApiView
from common.errors import Refusal

NESTED = b"[" * 1000 + b"]" * 1000


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (NESTED, "json.too_deep"),
        (b'{"a": NaN}', "json.constant"),
        (b'{"a": Infinity}', "json.constant"),
        (b'{"a": -Infinity}', "json.constant"),
        (b'{"a": 1, "a": 2}', "json.duplicate_key"),
        (b'{"a": 1234567890123456.89}', "json.float"),
        (b'{"a": 1e1000000}', "json.float"),
        (b'{"a": ' + b"9" * 4000 + b"}", "json.number_too_long"),
        ('{"a": "平台"}'.encode("gb18030"), "json.encoding"),
        (b"\xef\xbb\xbf{}", "json.syntax"),
        (b"{", "json.syntax"),
        (b"", "json.syntax"),
        (b'{"a": "\\u0000"}', "json.bad_text"),
        (b'{"a": "\\ud800"}', "json.bad_text"),
        (b'{"a": [1,]}', "json.syntax"),
    ],
)
def test_refused_with_a_code(body: bytes, code: str):
    with pytest.raises(Problem) as problem:
        strict_json(body)
    assert problem.value.code == code
    assert problem.value.status == 400
    assert problem.value.cure


def test_brackets_inside_strings_are_not_depth():
    value = {"a": "[" * 500 + '\\"' + "{" * 500}
    assert strict_json(json.dumps(value).encode()) == value


def test_another_charset_is_415_and_a_large_body_413():
    with pytest.raises(Problem) as problem:
        StrictJSONParser().parse(io.BytesIO(b"{}"), "application/json; charset=gb18030")
    assert (problem.value.status, problem.value.code) == (415, "json.charset")
    with pytest.raises(Problem) as problem:
        StrictJSONParser().parse(io.BytesIO(b" " * ((1 << 20) + 1)), "application/json")
    assert problem.value.status == 413


@given(st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8), inner, max_size=4
    ),
    max_leaves=20,
))
def test_what_is_accepted_is_unchanged(value):
    assert strict_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_give_a_value_or_a_problem(body: bytes):
    with contextlib.suppress(Problem):
        strict_json(body)


class EchoView(ApiView):
    audience = "any"

    def post(self, request):
        if request.data == {"break": True}:
            raise ZeroDivisionError
        if request.data == {"refuse": True}:
            raise Refusal("thing.no", "No.", field="refuse", cure="Say please.")
        raise RecursionError


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"refuse": true}', 409, "thing.no"),
        (b'{"break": true}', 500, "server.defect"),
        (b'{"deep": true}', 400, "json.too_deep"),
        (NESTED, 400, "json.too_deep"),
        (b'{"a": 1.5}', 400, "json.float"),
    ],
)
def test_every_error_is_a_problem_document(body: bytes, status: int, code: str):
    request = APIRequestFactory().generic("POST", "/x", body, content_type="application/json")
    response = EchoView.as_view()(request).render()
    document = json.loads(response.content)
    assert (response.status_code, document["code"], document["status"]) == (status, code, status)
    assert response["Content-Type"].startswith("application/problem+json")
    assert document["type"] == f"urn:lianxi:problem:{code}"
    assert "ZeroDivision" not in response.content.decode()
    if code == "thing.no":
        assert document["errors"] == [
            {"field": "refuse", "code": "thing.no", "message": "No.", "cure": "Say please."}
        ]


def test_a_view_without_an_audience_answers_nobody():
    class Silent(ApiView):
        def get(self, request):
            raise AssertionError("must not run")

    response = Silent.as_view()(APIRequestFactory().get("/x"))
    assert response.status_code == 403


def test_an_unknown_defect_is_no_problem_of_the_caller():
    assert to_problem(ValueError("x")) is None


@pytest.mark.parametrize(("path", "method"), [("/api/v1/nothing-here/", "get"), ("/api/nowhere", "post")])
def test_unknown_addresses_below_api_are_problem_documents(client, db, path: str, method: str):
    response = getattr(client, method)(path)
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"
