"""Where model files lie, and the bundle of a version, checked on every first use in a process."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from common.errors import Refusal
from riskmodels.modelfile import ModelFileError, model_path, model_read


def model_directory() -> Path:
    """``LIANXI_MODELS``, else ``models`` beside a local lake (inside it they would be swept as orphans).

    With a remote lake the folder lies in the run folder.
    """
    chosen = os.environ.get("LIANXI_MODELS", "")
    if chosen:
        return Path(chosen)
    lake = str(settings.LAKE_ROOT)
    return (Path(settings.RUN_DIR) if "://" in lake else Path(lake).parent) / "models"


def bundle_of(sha256: str) -> dict[str, Any]:
    """The bundle registered under a hash.

    Refuses ``model.file_missing``, ``model.file_altered``, ``model.file_unreadable`` and ``model.type_unknown``; a file
    that changed on disk since it was read is read, and refused, again.
    """
    directory = model_directory()
    try:
        stamp = model_path(directory, sha256).stat()
        return _read(directory, sha256, stamp.st_mtime_ns, stamp.st_size)
    except OSError as error:
        raise _refusal(ModelFileError("model.file_missing", str(error))) from error
    except ModelFileError as error:
        raise _refusal(error) from error


@lru_cache(maxsize=4)
def _read(directory: Path, sha256: str, changed_ns: int, size: int) -> dict[str, Any]:
    return model_read(directory, sha256)


def _refusal(error: ModelFileError) -> Refusal:
    return Refusal(
        error.code,
        _("The model file cannot be used, so nothing was scored."),
        cure=_("Fit the model again, or put the registered file back and compare its SHA-256."),
    )
