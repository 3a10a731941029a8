"""Model files: written once, opened only unaltered and with known types."""

import hashlib
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skops import io as skops_io

from riskmodels import fitting, training
from riskmodels.modelfile import ModelFileError, model_path, model_read, model_write, types_in
from riskmodels.scoring import estimate_all
from riskmodels.services.files import model_directory


def test_models_lie_beside_the_lake_where_no_sweep_finds_them(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    monkeypatch.delenv("LIANXI_MODELS", raising=False)
    settings.LAKE_ROOT = str(tmp_path / "lake")
    assert model_directory() == tmp_path / "models"
    settings.LAKE_ROOT, settings.RUN_DIR = "s3a://lianxi/lake", tmp_path / "run"
    assert model_directory() == tmp_path / "run" / "models"
    monkeypatch.setenv("LIANXI_MODELS", str(tmp_path / "chosen"))
    assert model_directory() == tmp_path / "chosen"


@pytest.fixture(scope="module")
def market() -> training.FittingSet:
    return fitting.generated_fitting_set(seed=7, platforms=240)


@pytest.fixture(scope="module")
def bundle(market: training.FittingSet) -> dict[str, Any]:
    return training.fit(market, training.FitSettings(draws=10, permutations=1, repeats=1)).bundle


def refused(directory: Path, digest: str) -> str:
    with pytest.raises(ModelFileError) as caught:
        model_read(directory, digest)
    return caught.value.code


def test_a_written_model_scores_as_before(tmp_path: Path, bundle: dict[str, Any], market: training.FittingSet) -> None:
    digest, size = model_write(bundle, tmp_path)
    path = model_path(tmp_path, digest)
    assert (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()) == (size, digest)
    assert [entry.name for entry in tmp_path.iterdir()] == [f"{digest}.skops"]
    back = model_read(tmp_path, digest)
    assert estimate_all(back, market.keys, market.rows) == estimate_all(bundle, market.keys, market.rows)


def test_one_flipped_byte_is_refused(tmp_path: Path, bundle: dict[str, Any]) -> None:
    digest, _ = model_write(bundle, tmp_path)
    content = bytearray(model_path(tmp_path, digest).read_bytes())
    content[len(content) // 2] ^= 1
    model_path(tmp_path, digest).write_bytes(content)
    assert refused(tmp_path, digest) == "model.file_altered"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "0" * 64) == "model.file_missing"


def test_an_unregistered_name_does_not_help_a_foreign_file(tmp_path: Path, bundle: dict[str, Any]) -> None:
    digest, _ = model_write(bundle, tmp_path)
    model_path(tmp_path, digest).rename(model_path(tmp_path, "f" * 64))
    assert refused(tmp_path, "f" * 64) == "model.file_altered"


def place(directory: Path, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    model_path(directory, digest).write_bytes(content)
    return digest


def test_a_type_off_the_list_is_refused_before_loading(tmp_path: Path) -> None:
    digest = place(tmp_path, skops_io.dumps({"format": "x", "model": Counter("abc")}))
    assert refused(tmp_path, digest) == "model.type_unknown"


def test_a_function_is_refused(tmp_path: Path) -> None:
    digest = place(tmp_path, skops_io.dumps({"format": "x", "call": np.sum}))
    assert refused(tmp_path, digest) == "model.type_unknown"


def test_a_bundle_with_an_unknown_type_is_not_even_written(tmp_path: Path, bundle: dict[str, Any]) -> None:
    with pytest.raises(ModelFileError):
        model_write(bundle | {"extra": Counter("abc")}, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_array_in_the_archive_is_refused(tmp_path: Path, bundle: dict[str, Any]) -> None:
    digest, _ = model_write(bundle, tmp_path)
    path = model_path(tmp_path, digest)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("payload.pkl", b"x")
    assert types_in(path.read_bytes())[0] >= {"file:payload.pkl"}
    assert refused(tmp_path, place(tmp_path, path.read_bytes())) == "model.type_unknown"


def test_something_else_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, place(tmp_path, b"no archive")) == "model.file_unreadable"
