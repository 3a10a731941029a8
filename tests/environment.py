"""Loaded before Django: points the suite at the embedded PostgreSQL (or at DATABASE_URL's server) and at fresh folders.

Each xdist worker has a database of its own, cloned from a template that the owning role migrated; the tests connect as
the serving role, so that row-level security is on in every test.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from config.bootstrap import postgres

ROOT = Path(__file__).resolve().parent.parent
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
NAME = f"lianxi_test_{WORKER}_{os.getpid()}"  # two suites at once do not meet
_clones = 0


def migrations_hash() -> str:
    """Changes when any migration, its SQL, or the locks change."""
    patterns = ("*/apps.py", "*/migrations/**/*.py", "*/migrations/**/*.sql", "requirements/base.txt")
    files = sorted(file for pattern in patterns for file in ROOT.glob(pattern))
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()[:12]


@cache
def template_name() -> str:
    """The migrated template for the present migrations; made once, under a lock."""
    name = f"lianxi_tmpl_{migrations_hash()}"
    lock_path = Path(tempfile.gettempdir()) / f"{name}.lock"
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not postgres.database_exists(name):
            _migrate(name)
    return name


def _migrate(name: str) -> None:
    building = f"{name}_b"
    postgres.drop_database(building)
    postgres.create_database(building)
    environment = {
        **os.environ, "LIANXI_AS_OWNER": "1", "LIANXI_OWNER_DATABASE_URL": postgres.dsn(building, "owner"),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v", "0", "--skip-checks"],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )
    if done.returncode:
        raise RuntimeError(f"The test template could not be migrated:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    postgres.create_database(name, template=building)
    postgres.drop_database(building)


def clones() -> int:
    """How often this worker's database was made; its keys begin anew each time."""
    return _clones


def fresh_database() -> None:
    """(Re)create this worker's database from the template."""
    global _clones
    _clones += 1
    postgres.drop_database(NAME)
    postgres.create_database(NAME, template=template_name())


if "LIANXI_TEST_READY" not in os.environ or os.environ["LIANXI_TEST_READY"] != WORKER:
    os.environ[postgres.THROWAWAY] = "1"  # a cluster that does not wait for the disk
    postgres.ensure_server()
    os.environ["DATABASE_URL"] = postgres.dsn(NAME, "app")
    os.environ["LIANXI_OWNER_DATABASE_URL"] = postgres.dsn(NAME, "owner")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    scratch = tempfile.mkdtemp(prefix=f"lianxi-test-{WORKER}-")
    os.environ["LIANXI_DATA_DIR"] = scratch
    os.environ["LIANXI_LAKE"] = f"{scratch}/lake"
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    # a short Java process: the compiler that pays off after minutes costs more than it saves
    os.environ.setdefault("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData")
    os.environ["LIANXI_TEST_READY"] = WORKER
