"""The signature base, byte for byte, and every reason for refusing a signature."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lianxi_filer.keys import FilerKey
from lianxi_filer.signing import SignatureRefused, content_digest, new_nonce, sign_headers, verify_headers

NOW = 1_500_000_000
NONCE = "AAAAAAAAAAAAAAAAAAAAAAAA"
EMPTY_SHA256 = hashlib.sha256(b"").digest()
KEY = FilerKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
KEY_ID = "56475aa75463474c0285df5dbf2bcab7"
URL = "https://filings.example/api/v1/filings"


def signed(
    method: str = "POST",
    url: str = URL,
    body: bytes = b'{"template":"loan_book"}',
    headers: dict[str, str] | None = None,
    now: int = NOW,
) -> dict[str, str]:
    headers = {"Idempotency-Key": "a1"} if headers is None else headers
    digest = hashlib.sha256(body).digest()
    return {**headers, **sign_headers(method, url, headers, digest, KEY, KEY_ID, now=now, nonce=NONCE)}


def refusal(headers: dict[str, str], **changes: object) -> str:
    arguments = {"method": "POST", "url": URL, "now": NOW, "body": b'{"template":"loan_book"}', **changes}
    with pytest.raises(SignatureRefused) as caught:
        verify_headers(headers=headers, public_raw=KEY.public_raw, **arguments)  # type: ignore[arg-type]
    return caught.value.code


def test_the_signature_base_of_a_post_is_exactly_this():
    headers = signed()
    parameters = (
        '("@method" "@path" "content-digest" "idempotency-key")'
        f';created=1500000000;keyid="{KEY_ID}";alg="ed25519";nonce="{NONCE}"'
    )
    base = (
        '"@method": POST\n'
        '"@path": /api/v1/filings\n'
        '"content-digest": sha-256=:3NOS3gPCpPYVgqmJBppyRY4crrxd2GNRZT4TDLW3qNI=:\n'
        '"idempotency-key": a1\n'
        f'"@signature-params": {parameters}'
    )
    assert headers["Signature-Input"] == f"sig1={parameters}"
    assert headers["Signature"] == f"sig1=:{base64.b64encode(KEY.private.sign(base.encode())).decode()}:"


def test_the_signature_of_the_vector_never_changes():
    vector = "s1Pr3cSTqMSZC7zDisDBO/F8KK4yXBpr4p7f+IcU9iHQoegMVRnMOZoFmMQFdHil0fSCt0g5wzFMtNDGf3aoCQ=="
    assert signed()["Signature"] == f"sig1=:{vector}:"


def test_a_query_is_signed_with_its_question_mark():
    headers = signed("GET", f"{URL}?period=2017-06&state=", b"", {})
    parameters = (
        f'("@method" "@path" "@query" "content-digest");created=1500000000;keyid="{KEY_ID}";alg="ed25519"'
        f';nonce="{NONCE}"'
    )
    base = (
        '"@method": GET\n'
        '"@path": /api/v1/filings\n'
        '"@query": ?period=2017-06&state=\n'
        '"content-digest": sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\n'
        f'"@signature-params": {parameters}'
    )
    assert headers["Signature-Input"] == f"sig1={parameters}"
    assert headers["Signature"] == f"sig1=:{base64.b64encode(KEY.private.sign(base.encode())).decode()}:"


def test_what_was_signed_verifies():
    verified = verify_headers(
        "POST", URL, signed(), KEY.public_raw, now=NOW, body=b'{"template":"loan_book"}'
    )
    assert verified.key_id == KEY_ID
    assert verified.nonce == NONCE
    assert verified.created == NOW
    assert verified.components == ("@method", "@path", "content-digest", "idempotency-key")


def test_the_empty_body_has_a_digest_too():
    assert content_digest(EMPTY_SHA256) == "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"
    headers = signed("GET", URL, b"", {})
    assert verify_headers("GET", URL, headers, KEY.public_raw, now=NOW, body=b"").key_id == KEY_ID


def test_nonces_are_18_random_bytes():
    first, second = new_nonce(), new_nonce()
    assert first != second
    assert len(base64.b64decode(first)) == 18


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": "PUT"}, "signature.invalid"),
        ({"url": f"{URL}/other"}, "signature.invalid"),
        ({"url": f"{URL}?state=open"}, "signature.components"),
        ({"body": b'{"template":"fund_ledger"}'}, "signature.digest"),
        ({"now": NOW + 61}, "signature.expired"),
        ({"now": NOW - 11}, "signature.future"),
    ],
)
def test_an_altered_or_stale_request_is_refused(changes: dict[str, object], code: str):
    assert refusal(signed(), **changes) == code


@pytest.mark.parametrize("now", [NOW + 60, NOW - 10])
def test_the_edges_of_the_age_are_accepted(now: int):
    assert verify_headers("POST", URL, signed(), KEY.public_raw, now=now).created == NOW


def test_another_key_is_refused():
    with pytest.raises(SignatureRefused) as caught:
        verify_headers("POST", URL, signed(), FilerKey.generate().public_raw, now=NOW)
    assert caught.value.code == "signature.invalid"


def test_a_request_without_signature_is_refused():
    assert refusal({"Idempotency-Key": "a1"}) == "signature.missing"


def test_an_idempotency_key_put_in_afterwards_is_refused():
    headers = signed(headers={})
    assert refusal({**headers, "Idempotency-Key": "b2"}) == "signature.components"


def test_a_changed_idempotency_key_is_refused():
    assert refusal({**signed(), "Idempotency-Key": "b2"}) == "signature.invalid"


def test_another_label_is_refused():
    headers = signed()
    renamed = {name: value.replace("sig1=", "sig2=", 1) for name, value in headers.items()}
    assert refusal(renamed) == "signature.invalid"


def test_a_second_signature_is_refused():
    headers = signed()
    twice = {
        **headers,
        "Signature-Input": f"{headers['Signature-Input']}, x{headers['Signature-Input']}",
        "Signature": f"{headers['Signature']}, x{headers['Signature']}",
    }
    assert refusal(twice) == "signature.invalid"
