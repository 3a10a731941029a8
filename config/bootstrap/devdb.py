"""A database of one's own for experiments: `eval $(python -m config.bootstrap.devdb NAME)`."""

from __future__ import annotations

import argparse
import shlex
import sys

from config.bootstrap import postgres
from config.bootstrap.errors import BootstrapError


def database_ensure(name: str) -> dict[str, str]:
    """Start the embedded server, make the database when missing; returns the variables to export."""
    postgres.ensure_server(embedded=True)
    postgres.keep_running()
    if not postgres.database_exists(name):
        postgres.create_database(name)
    return {
        "DATABASE_URL": postgres.dsn(name, "app"),
        "LIANXI_OWNER_DATABASE_URL": postgres.dsn(name, "owner"),
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
    }


def main(arguments: list[str] | None = None) -> int:
    """Entry point: print `export` lines, or with --drop remove the database."""
    parser = argparse.ArgumentParser(prog="python -m config.bootstrap.devdb", description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--drop", action="store_true", help="drop the database instead")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.drop:
            postgres.ensure_server(embedded=True)
            postgres.drop_database(chosen.name)
            return 0
        for key, value in database_ensure(chosen.name).items():
            print(f"export {key}={shlex.quote(value)};")
    except BootstrapError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
