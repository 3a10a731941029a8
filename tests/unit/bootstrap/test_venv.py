"""When the environment counts as ready, and what is said when it cannot be made."""

import importlib.util
import shutil
from pathlib import Path

import pytest

from config.bootstrap import paths, venv
from config.bootstrap.errors import BootstrapError


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "base.txt").write_text("a==1\n")
    (tmp_path / "requirements" / "test.txt").write_text("a==1\nb==2\n")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text("")
    monkeypatch.setattr(paths, "project_dir", lambda: tmp_path)
    return tmp_path


def _stamp(extras: str) -> None:
    venv.stamp_path(extras).write_text(venv.lock_hash(extras))


def test_no_stamp_is_not_ready(project: Path) -> None:
    assert [venv.is_ready(name) for name in venv.EXTRAS] == [False, False]


def test_base_does_not_satisfy_test_but_test_satisfies_base(project: Path) -> None:
    _stamp("base")
    assert [venv.is_ready(name) for name in venv.EXTRAS] == [True, False]
    venv.stamp_path("base").unlink()
    _stamp("test")
    assert [venv.is_ready(name) for name in venv.EXTRAS] == [True, True]


def test_a_changed_lock_makes_the_stamp_worthless(project: Path) -> None:
    _stamp("test")
    (project / "requirements" / "base.txt").write_text("a==2\n")
    assert [venv.is_ready(name) for name in venv.EXTRAS] == [False, False]


def test_a_missing_interpreter_makes_the_stamp_worthless(project: Path) -> None:
    _stamp("base")
    (project / ".venv" / "bin" / "python").unlink()
    assert not venv.is_ready("base")


def test_a_ready_environment_installs_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stamp("test")
    monkeypatch.setattr(venv, "_run", lambda command: pytest.fail("installed"))
    assert venv.ensure_venv("base") is False
    assert venv.stamp_path("test").exists()


def test_installing_writes_the_stamp_and_failing_does_not(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str]) -> None:
        raise BootstrapError("no network")

    monkeypatch.setattr(venv, "_make", lambda: None)
    monkeypatch.setattr(venv, "_run", refuse)
    with pytest.raises(BootstrapError, match="no network"):
        venv.ensure_venv("base")
    assert not venv.is_ready("base")
    commands: list[list[str]] = []
    monkeypatch.setattr(venv, "_run", commands.append)
    assert venv.ensure_venv("base") is True
    assert venv.is_ready("base")
    assert "--require-hashes" in commands[0]
    assert commands[0][-1] == str(project / "requirements" / "base.txt")


def test_without_ensurepip_it_says_what_to_install(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))
    with pytest.raises(BootstrapError, match=r"apt-get install python3-venv"):
        venv.ensure_venv("base")
