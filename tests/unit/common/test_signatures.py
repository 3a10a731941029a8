"""RFC 9421 verification: what is covered, how old, how often. A refused request burns no nonce but a replayed one."""

import sys

import pytest
from django.test import RequestFactory

from common import clock
from common.models import SignatureNonce
from common.signatures import SignatureFailure, content_digest, require_body, verify_request
from tests.environment import ROOT

sys.path.insert(0, str(ROOT / "filer" / "src"))
from lianxi_filer import FilerKey
from lianxi_filer.signing import sign_headers

pytestmark = pytest.mark.django_db
KEY, OTHER = FilerKey.generate(), FilerKey.generate()
URL = "http://testserver/api/v1/filings?limit=5"
BODY = b'{"a":"1"}'


def signed(
    method: str = "POST", url: str = URL, body: bytes = BODY, key: FilerKey = KEY, shift: int = 0, **changed: str
) -> object:
    """A request signed by the filer's own code, then changed as told."""
    import hashlib

    digest = hashlib.sha256(body).digest()
    headers = {"Idempotency-Key": "k-1"}
    made = {
        **headers,
        **sign_headers(
            method, url, headers, digest, key, KEY.thumbprint, now=int(clock.real_now().timestamp()) + shift
        ),
        **changed,
    }
    made.setdefault("Content-Digest", content_digest(body))
    extra = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in made.items()}
    path = url.removeprefix("http://testserver")
    return RequestFactory().generic(method, path, body, content_type="application/json", **extra)


def resolve(key_id: str) -> bytes | None:
    return KEY.public_raw if key_id == KEY.thumbprint else None


def refused(request: object, code: str) -> None:
    before = SignatureNonce.objects.count()
    with pytest.raises(SignatureFailure) as failure:
        verify_request(request, resolve)
    assert failure.value.code == f"signature.{code}"
    assert SignatureNonce.objects.count() == before


def test_a_good_signature_is_accepted_and_its_body_bound():
    verified = verify_request(signed(), resolve)
    assert verified.key_id == KEY.thumbprint
    require_body(verified, BODY)
    with pytest.raises(SignatureFailure, match="digest_mismatch"):
        require_body(verified, BODY + b" ")


def test_a_replay_is_refused_with_409():
    request = signed()
    verify_request(request, resolve)
    with pytest.raises(SignatureFailure) as failure:
        verify_request(request, resolve)
    assert (failure.value.code, failure.value.status) == ("signature.replayed", 409)
    assert SignatureNonce.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": OTHER}, "invalid"),
        ({"shift": -61}, "too_old"),
        ({"shift": 12}, "in_future"),
        ({"Content_Digest": content_digest(b"other")}, "invalid"),
        ({"Idempotency_Key": "k-2"}, "invalid"),
        ({"Signature": "sig1=:AAAA:"}, "invalid"),
        ({"Signature": ""}, "missing"),
    ],
)
def test_refused(changes: dict[str, object], code: str):
    changes = {name.replace("_", "-") if name[0].isupper() else name: value for name, value in changes.items()}
    refused(signed(**changes), code)


def test_eight_seconds_ahead_is_accepted():
    assert verify_request(signed(shift=8), resolve).key_id == KEY.thumbprint


@pytest.mark.parametrize(("method", "path"), [("PUT", "/api/v1/filings?limit=5"), ("POST", "/api/v1/filings?limit=6")])
def test_another_method_or_query_is_refused(method: str, path: str):
    good = signed()
    moved = RequestFactory().generic(method, path, BODY, content_type="application/json", **{
        name: value for name, value in good.META.items() if name.startswith("HTTP_")
    })
    refused(moved, "invalid")


def test_an_unknown_key_is_refused():
    with pytest.raises(SignatureFailure, match="unknown_key"):
        verify_request(signed(), lambda _key_id: None)
