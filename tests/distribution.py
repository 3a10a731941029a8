"""Which test runs where and when, with several workers: a file stays on one worker, the long files begin.

What a module sets up (a scene, a compiled rule, a browser) is then made once; all tests that need Spark share one
Java process. The short files come last, so that no worker ends alone.
"""

from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

SPARK = "the files that start Java"
SPARK_FILES = ("tests/sql/test_conformance.py", "tests/sql/test_files.py", "tests/sql/test_spark_equality.py")
LONG = (
    *SPARK_FILES,
    "tests/contract/test_permission_matrix.py",
    "tests/browser/",
    "tests/rules/test_properties.py",
    "tests/contract/",
    "tests/unit/regulators/test_no_matter_dropped.py",
    "tests/flows/",
    "tests/rules/",
)


def scope_of(nodeid: str) -> str:
    """The work that a worker takes as a whole."""
    file = nodeid.split("::", 1)[0]
    return SPARK if file in SPARK_FILES else file


def place_of(nodeid: str) -> int:
    """Long work first; the order within it stays."""
    return next((place for place, start in enumerate(LONG) if nodeid.startswith(start)), len(LONG))


class ByFile(LoadScopeScheduling):
    """Hands out whole files in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


def scheduler(config: pytest.Config, log: Any) -> ByFile:
    """The distribution for `-n`; xdist's own order (by number of tests) says nothing about time."""
    config.option.loadscopereorder = False
    return ByFile(config, log)
