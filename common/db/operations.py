"""Migration operations: run a SQL file, audit a table, protect its rows."""

from pathlib import Path
from typing import Any

from django.db.migrations.operations import RunSQL

ROOT = Path(__file__).resolve().parent.parent.parent


def _read(app: str, name: str) -> str:
    return (ROOT / app / "migrations" / "sql" / f"{name}.sql").read_text(encoding="utf-8")


class SqlFile(RunSQL):
    """Run `<app>/migrations/sql/<name>.sql`; the reverse is `<name>.down.sql`."""

    def __init__(self, app: str, name: str, **values: str) -> None:
        """`values` fill $NAME$ marks in the file: identifiers written by us, never input."""
        forward, backward = _read(app, name), _read(app, f"{name}.down")
        for key, value in values.items():
            if not value.replace("_", "").isalnum():
                raise ValueError(f"{value!r} is no identifier")
            forward = forward.replace(f"${key}$", value)
            backward = backward.replace(f"${key}$", value)
        super().__init__(sql=forward, reverse_sql=backward)
        self._given = (app, name, values)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Write the call, not the SQL text."""
        app, name, values = self._given
        return self.__class__.__name__, [app, name], dict(values)


class AuditTable(SqlFile):
    """Write every insert, update and delete of a table into the audit trail, by trigger."""

    def __init__(self, table: str) -> None:
        """`table` is the database name of the table; its key column is `id`."""
        super().__init__("common", "audit_table", TABLE=table)
        self._table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """One argument."""
        return self.__class__.__name__, [self._table], {}


class ProtectRows(SqlFile):
    """Row-level security by owner authority, by the access table, and by platform where the table has one."""

    def __init__(self, table: str, *, kind: str, platform_column: str | None = None) -> None:
        """`kind` is the object_kind used in regulators_objectaccess."""
        if platform_column:
            super().__init__("common", "protect_rows_platform", TABLE=table, KIND=kind, PLATFORM=platform_column)
        else:
            super().__init__("common", "protect_rows", TABLE=table, KIND=kind)
        self._args = (table, kind, platform_column)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Keep the readable form."""
        table, kind, platform_column = self._args
        return self.__class__.__name__, [table], {"kind": kind, "platform_column": platform_column}
