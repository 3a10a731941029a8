"""Identifiers: UUIDv7 for the outside, receipt numbers for people. Pure."""

import secrets
import time
import uuid

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U


def uuid7() -> uuid.UUID:
    """A time-ordered UUID (RFC 9562, version 7): 48 bits of milliseconds, 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFFFFFFFFFF) << 80
    value |= 0x7 << 76
    value |= secrets.randbits(12) << 64
    value |= 0b10 << 62
    value |= secrets.randbits(62)
    return uuid.UUID(int=value)


def receipt_number(groups: int = 5) -> str:
    """A receipt number of `groups` × 4 characters (20 bits each group): five groups carry 100 random bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(groups))


def normalise_receipt(text: str) -> str:
    """What a person typed, in the form the number was given: case, spaces and look-alikes do not matter."""
    cleaned = "".join(ch for ch in text.upper() if ch.isalnum())
    cleaned = cleaned.translate(str.maketrans("ILOU", "110V"))
    return "-".join(cleaned[i : i + 4] for i in range(0, len(cleaned), 4))
