"""A private run folder and, where asked for, a private PostgreSQL cluster."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.bootstrap import postgres


@pytest.fixture
def run_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty run folder; what it put below the temp dir is removed afterwards."""
    folder = tmp_path / "run"
    monkeypatch.setenv("LIANXI_RUN_DIR", str(folder))
    monkeypatch.delenv(postgres.THROWAWAY, raising=False)
    yield folder
    _remove_temp_home(folder)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    """An embedded cluster of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("pg 目录") / "run"  # an awkward name on purpose
        patch.setenv("LIANXI_RUN_DIR", str(folder))
        patch.delenv("DATABASE_URL", raising=False)
        patch.delenv(postgres.THROWAWAY, raising=False)
        yield postgres.ensure_server()
        postgres.stop_server()
        _remove_temp_home(folder)


def _remove_temp_home(folder: Path) -> None:
    note = folder / "temp-home"
    if note.exists():
        home = Path(note.read_text(encoding="utf-8").strip())
        assert home.name.startswith("lianxi-")
        shutil.rmtree(home, ignore_errors=True)
