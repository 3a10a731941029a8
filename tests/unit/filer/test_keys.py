"""Keys on disk: private, never overwritten, never guessed."""

import base64
import hashlib
import stat
from pathlib import Path

import pytest
from lianxi_filer import FilerKey, FilerProblem


def code_of_loading(path: Path) -> str:
    with pytest.raises(FilerProblem) as caught:
        FilerKey.load(path)
    return caught.value.code


def test_a_saved_key_is_private_and_comes_back(tmp_path: Path):
    key = FilerKey.generate()
    path = key.save(tmp_path / "new" / "key.pem")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----\n")
    assert FilerKey.load(path).public_raw_b64 == key.public_raw_b64
    assert len(base64.b64decode(key.public_raw_b64)) == 32


def test_the_thumbprint_is_32_characters_of_the_public_key_digest():
    key = FilerKey.generate()
    whole = base64.urlsafe_b64encode(hashlib.sha256(key.public_raw).digest()).decode()
    assert key.thumbprint == whole[:32]
    assert "PRIVATE" not in repr(key)
    assert key.thumbprint in repr(key)


def test_a_key_is_never_overwritten(tmp_path: Path):
    path = FilerKey.generate().save(tmp_path / "key.pem")
    before = path.read_bytes()
    with pytest.raises(FilerProblem) as caught:
        FilerKey.generate().save(path)
    assert caught.value.code == "filer.key_exists"
    assert path.read_bytes() == before


def test_a_missing_key_is_told(tmp_path: Path):
    assert code_of_loading(tmp_path / "key.pem") == "filer.key_missing"


def test_a_key_that_others_may_read_is_refused(tmp_path: Path):
    path = FilerKey.generate().save(tmp_path / "key.pem")
    path.chmod(0o640)
    assert code_of_loading(path) == "filer.key_exposed"


def test_a_file_without_ed25519_key_is_refused(tmp_path: Path):
    path = tmp_path / "key.pem"
    path.write_text("no key")
    path.chmod(0o600)
    assert code_of_loading(path) == "filer.key_unreadable"
