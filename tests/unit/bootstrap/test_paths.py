"""Where files go: short socket paths, reachable folders, no planted folders."""

import os
from pathlib import Path

import pytest

from config.bootstrap import paths
from config.bootstrap.errors import BootstrapError
from config.bootstrap.secrets_files import secret_file


def test_run_dir_is_the_chosen_one_and_closed_for_writing(run_dir: Path) -> None:
    assert paths.run_dir() == run_dir
    assert (run_dir / "logs").is_dir()
    assert run_dir.stat().st_mode & 0o077 == (0o011 if os.geteuid() == 0 else 0)


def test_a_short_socket_path_stays_in_the_run_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/srv/lianxi/.run/postgres")
    monkeypatch.setattr(paths, "temp_home", lambda purpose: tmp_path / purpose)
    assert paths.socket_home(home, ".s.PGSQL.5432") == home / "socket"
    assert paths.socket_home(Path("/srv/a b/.run/postgres"), "x") == tmp_path / "postgres" / "socket"


def test_a_long_socket_path_moves_below_the_temp_dir(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 90) / "run"
    monkeypatch.setenv("LIANXI_RUN_DIR", str(deep))
    folder = paths.socket_home(deep / "postgres", ".s.PGSQL.5432")
    assert len(str(folder / ".s.PGSQL.5432")) <= 100
    assert paths.socket_home(deep / "postgres", ".s.PGSQL.5432") == folder
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert paths.socket_home(deep / "postgres", ".s.PGSQL.5432") == folder
    home = folder.parent.parent
    assert home.stat().st_mode & 0o777 == (0o711 if os.geteuid() == 0 else 0o700)
    (home / "postgres").rmdir()
    home.rmdir()


def test_a_copied_run_folder_gets_a_home_of_its_own(run_dir: Path) -> None:
    paths.run_dir()
    (run_dir / "temp-home").write_text(f"{paths._temp_root()}/lianxi-{os.geteuid()}-0123456789\n")
    home = paths.temp_home("postgres")
    assert home.parent.name != f"lianxi-{os.geteuid()}-0123456789"
    assert (run_dir / "temp-home").read_text() == f"{home.parent}\n"


def test_reachable_only_when_every_parent_can_be_searched(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    tmp_path.chmod(0o700)
    assert paths.reachable_by_others(Path("/usr/bin"))
    assert not paths.reachable_by_others(inner)


def test_a_planted_link_is_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    planted = tmp_path / "planted"
    planted.symlink_to(elsewhere)
    with pytest.raises(BootstrapError, match="not a folder of this user"):
        paths.make_dir(planted, 0o700)
    assert elsewhere.stat().st_mode & 0o777 == 0o755


def test_a_secret_is_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "key"
    first = secret_file(path)
    assert secret_file(path) == first
    assert len(first) == 44
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["key"]
