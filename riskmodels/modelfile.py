"""Model files: written once, named by their SHA-256, opened only when the hash and every type in them are
known.

skops, never a format that can run code on loading. The stored bytes are hashed (writing the same model
again gives other bytes), the registered hash lives in the database, and the file is read once so that what
was hashed is what is loaded.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

MAXIMUM_BYTES = 64 << 20
ALLOWED_TYPES = frozenset(
    {
        "builtins.dict",
        "builtins.list",
        "builtins.str",
        "builtins.tuple",
        "numpy.dtype",
        "numpy.float64",
        "numpy.ndarray",
        "riskmodels.winsor.Winsoriser",
        "sklearn.impute._base.SimpleImputer",
        "sklearn.linear_model._logistic.LogisticRegression",
        "sklearn.pipeline.Pipeline",
        "sklearn.preprocessing._data.StandardScaler",
    }
)
"""Exactly what a bundle of :mod:`riskmodels.training` holds. A new model kind adds its types here, in
review."""
ALLOWED_LOADERS = frozenset(
    {
        "DictNode",
        "ListNode",
        "TupleNode",
        "TypeNode",
        "JsonNode",
        "NdArrayNode",
        "DTypeNode",
        "ObjectNode",
    }
)
TRUSTED_BY_US = ["numpy.dtype", "riskmodels.winsor.Winsoriser"]


class ModelFileError(ValueError):
    """The file is missing, altered, or holds a type that is not on the list. ``code`` is stable for
    machines."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def model_write(bundle: dict[str, Any], directory: Path) -> tuple[str, int]:
    """Write a bundle as ``<sha256>.skops``; returns hash and size. The file is complete before it has its
    name."""
    from skops import io as skops_io

    content: bytes = skops_io.dumps(bundle)
    _vet(content)
    digest = hashlib.sha256(content).hexdigest()
    directory.mkdir(parents=True, exist_ok=True)
    handle, staged = tempfile.mkstemp(dir=directory, prefix=".staged-")
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    Path(staged).replace(model_path(directory, digest))
    return digest, len(content)


def model_path(directory: Path, digest: str) -> Path:
    """Where the file of a registered hash lies."""
    return directory / f"{digest}.skops"


def model_read(directory: Path, digest: str) -> dict[str, Any]:
    """Load the bundle registered under ``digest``.

    Refuses (:class:`ModelFileError`) a file that is missing, larger than the limit, altered, no archive, or
    that names a type or loader outside the exact lists.
    """
    path = model_path(directory, digest)
    try:
        content = path.read_bytes() if path.stat().st_size <= MAXIMUM_BYTES else b""
    except OSError as error:
        raise ModelFileError("model.file_missing", f"The model file {path.name} is not there.") from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise ModelFileError("model.file_altered", f"The model file {path.name} was altered.")
    _vet(content)
    from skops import io as skops_io

    bundle: dict[str, Any] = skops_io.loads(content, trusted=TRUSTED_BY_US)
    return bundle


def types_in(content: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """Every type and every loader an archive names, without loading anything."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read("schema.json"))
        arrays = {name for name in archive.namelist() if name != "schema.json"}
    types, loaders, queue = set(), set(), [schema]
    while queue:
        node = queue.pop()
        if isinstance(node, dict):
            if "__class__" in node:
                types.add(f"{node.get('__module__')}.{node['__class__']}")
                loaders.add(str(node.get("__loader__")))
            queue.extend(node.values())
        elif isinstance(node, list):
            queue.extend(node)
    types |= {f"file:{name}" for name in arrays if not name.endswith(".npy")}
    return frozenset(types), frozenset(loaders)


def _vet(content: bytes) -> None:
    try:
        types, loaders = types_in(content)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise ModelFileError("model.file_unreadable", "The model file is no skops archive.") from error
    unknown = sorted((types - ALLOWED_TYPES) | {f"loader:{name}" for name in loaders - ALLOWED_LOADERS})
    if unknown:
        raise ModelFileError("model.type_unknown", f"Types off the list: {', '.join(unknown)}.")
