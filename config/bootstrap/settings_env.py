"""The environment variables that the project's own processes get."""

from __future__ import annotations

import os

from config.bootstrap import paths, postgres
from config.bootstrap.secrets_files import secret_file

DEMO_DATABASE = "lianxi_demo"
SECRETS = ("LIANXI_SECRET_KEY", "LIANXI_SECRET_VAULT_KEK", "LIANXI_SECRET_INDEX", "LIANXI_SECRET_SIGNING")
_HIDDEN = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV", "LIANXI_AS_OWNER")


def ensure_database(name: str = DEMO_DATABASE) -> postgres.Server:
    """Start or attach the embedded server and make the database; with an external DATABASE_URL do nothing."""
    server = postgres.ensure_server()
    if server.socket_dir and not postgres.database_exists(name):
        postgres.create_database(name)
    return server


def database_variables(name: str = DEMO_DATABASE) -> dict[str, str]:
    """DATABASE_URL and LIANXI_OWNER_DATABASE_URL: given external ones, or those of the embedded server."""
    if postgres.external():
        url = os.environ["DATABASE_URL"]
        owner = os.environ.get("LIANXI_OWNER_DATABASE_URL", url)
        return {"DATABASE_URL": url, "LIANXI_OWNER_DATABASE_URL": owner}
    return {
        "DATABASE_URL": postgres.dsn(name, "app"),
        "LIANXI_OWNER_DATABASE_URL": postgres.dsn(name, "owner"),
    }


def secret_variables() -> dict[str, str]:
    """The four secrets: given ones, or random ones kept below the run folder (32 bytes, URL-safe base64)."""
    folder = paths.make_dir(paths.run_dir() / "secrets", 0o700)
    return {name: os.environ.get(name) or secret_file(folder / name.lower()) for name in SECRETS}


def common_variables() -> dict[str, str]:
    """What every process of the project gets, on top of the caller's cleaned environment."""
    run_dir = paths.run_dir()
    lake = os.environ.get("LIANXI_LAKE", str(run_dir / "lake"))
    kept = {key: value for key, value in os.environ.items() if key not in _HIDDEN}
    kept.setdefault("PYTHONIOENCODING", ":replace")  # a terminal without a sign shows "?" instead of a crash
    fixed = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "LIANXI_RUN_DIR": str(run_dir),
        "LIANXI_LAKE": lake,
        "OMP_NUM_THREADS": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {**kept, **fixed, **secret_variables()}


def service_variables(*, base_url: str, broker_url: str) -> dict[str, str]:
    """Environment of the demo's processes, without the owner's database address."""
    result = {**common_variables(), **database_variables()}
    del result["LIANXI_OWNER_DATABASE_URL"]
    return {**result, "LIANXI_BASE_URL": base_url, "LIANXI_BROKER_URL": broker_url, "LIANXI_DEMO": "1"}
