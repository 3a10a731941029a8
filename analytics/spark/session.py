"""The Spark session of this process and why there may be none."""

from __future__ import annotations

import importlib.util
import os
import shutil
from functools import cache
from typing import Any

# ANSI: overflow and bad casts are errors, never silent. runSQLOnFiles: no file can be named as a table.
SETTINGS = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.runSQLOnFiles": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.shuffle.partitions": "4",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.legacy.allowHashOnMapType": "false",
}


def why_absent() -> str | None:
    """Why Spark cannot run here, in words; None when it can."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (extra `spark`: requirements/spark.txt)"
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        return "Java is not installed"
    return None


def session() -> Any:
    """A session with views of its own. `LIANXI_SPARK_MASTER` names the cluster (default: two threads here)."""
    return _started().newSession()


@cache
def _started() -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("lianxi").master(os.environ.get("LIANXI_SPARK_MASTER", "local[2]"))
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    found = builder.getOrCreate()
    found.sparkContext.setLogLevel("ERROR")
    return found
