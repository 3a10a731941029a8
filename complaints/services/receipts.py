"""Receipt numbers and draft codes: made here, stored only as keyed hashes."""

import hmac
from typing import Any

from common.ids import normalise_receipt
from common.signing import server_sign
from common.vault import blind_index
from complaints.models import Complaint

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RECEIPT_BITS = 100
KEY_LENGTH = 16


def receipt_from_token(form_token: str) -> str:
    """The receipt number that belongs to a form: 100 bits from a keyed hash of the form's 128-bit random token.

    Sending the same form twice (a reload, a lost answer, a second click) therefore gives the same receipt, and the
    number is stored nowhere.
    """
    digest = blind_index("complaint.receipt-of-form", form_token).encode()
    value = int.from_bytes(hmac.digest(digest, b"receipt", "sha256"), "big") >> (256 - RECEIPT_BITS)
    letters = "".join(_ALPHABET[(value >> shift) & 31] for shift in range(RECEIPT_BITS - 5, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def receipt_hashes(receipt: str) -> tuple[str, str]:
    """(short hash to find the row, full hash to compare) of a receipt number as somebody typed it."""
    text = normalise_receipt(receipt)
    return blind_index("complaint.receipt-key", text)[:KEY_LENGTH], blind_index("complaint.receipt", text)


def complaint_with_receipt(receipt: str) -> Complaint | None:
    """The complaint of a receipt, or None. One indexed query and one constant-time comparison in every case."""
    key, full = receipt_hashes(receipt)
    found = None
    for row in Complaint.objects.filter(receipt_key=key):
        if hmac.compare_digest(row.receipt_hash, full):
            found = row
    return found


def receipt_sign(complaint: Complaint, receipt: str) -> dict[str, Any]:
    """A statement, signed by this installation, that the complaint with this receipt arrived at this moment."""
    return server_sign(
        {
            "type": "complaint-receipt",
            "complaint": str(complaint.public_id),
            "receipt_sha256": hmac.digest(b"lianxi-complaint-receipt", receipt.encode(), "sha256").hex(),
            "received_at": complaint.filed_at.isoformat(),
        }
    )
