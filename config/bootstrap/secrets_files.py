"""Random secrets that are made once and kept in files only this user can read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path


def secret_file(path: Path, *, size: int = 32) -> str:
    """Text of the secret at `path`; made from `size` random bytes (URL-safe base64) when missing.

    Safe when two processes ask at once: the first complete file wins. Mode 0600.
    """
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = base64.urlsafe_b64encode(secrets.token_bytes(size)).decode("ascii")
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    write_private(draft, f"{text}\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text(encoding="ascii").strip()


def write_private(path: Path, text: str) -> None:
    """Write `text` into a new or emptied file of mode 0600."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
