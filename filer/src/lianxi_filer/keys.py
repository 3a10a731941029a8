"""The filer's own signing key: Ed25519, kept in one PEM file that only its owner may read."""

import base64
import hashlib
import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lianxi_filer.problems import FilerProblem

KEY_ID_LENGTH = 32


class FilerKey:
    """An Ed25519 private key. Never sent anywhere; only its public half is registered."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self.private = private
        self.public_raw = private.public_key().public_bytes_raw()

    def __repr__(self) -> str:
        return f"FilerKey({self.thumbprint})"

    @classmethod
    def generate(cls) -> "FilerKey":
        """A new random key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def load(cls, path: str | Path) -> "FilerKey":
        """Read a key from a PEM file.

        Refuses (`filer.key_missing`, `filer.key_exposed`, `filer.key_unreadable`) a file that is absent, that
        other users of the machine may read, or that holds no plain Ed25519 key.
        """
        path = Path(path)
        if not path.is_file():
            raise FilerProblem(
                "filer.key_missing", f"There is no key at {path}", cure="Make one: lianxi-filer key make"
            )
        if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise FilerProblem(
                "filer.key_exposed",
                f"Other users of this machine may read the key at {path}",
                cure=f"Run: chmod 600 {path}",
            )
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            private = None
        if not isinstance(private, Ed25519PrivateKey):
            raise FilerProblem(
                "filer.key_unreadable",
                f"{path} holds no plain Ed25519 private key in PEM form",
                cure="Make a key with: lianxi-filer key make, and register it",
            )
        return cls(private)

    def save(self, path: str | Path) -> Path:
        """Write the key as PEM with mode 0600. Refuses (`filer.key_exists`) to overwrite a file."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise FilerProblem(
                "filer.key_exists",
                f"There is already a file at {path}",
                cure="Choose another path; a lost key means registering anew",
            ) from None
        with os.fdopen(handle, "wb") as file:
            file.write(self.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return path

    @property
    def public_raw_b64(self) -> str:
        """The 32 raw bytes of the public key in standard base64, as the registration wants it."""
        return base64.b64encode(self.public_raw).decode("ascii")

    @property
    def thumbprint(self) -> str:
        """base64url(sha256(raw public key)), first 32 characters: the key id that the server gives it."""
        digest = hashlib.sha256(self.public_raw).digest()
        return base64.urlsafe_b64encode(digest).decode("ascii")[:KEY_ID_LENGTH]
