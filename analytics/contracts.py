"""Column contracts of the filing templates.

A template says which columns a filing has, in which unit and range, and how a blank is read. The contracts are data
(`analytics/templates/*.yaml`); the API shows them, the reader enforces them, the rule sandbox names only their columns.
"""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEMPLATES_DIR = Path(__file__).parent / "templates"
TEMPLATE_NAMES = (
    "monthly_indicators", "loan_book", "fund_ledger", "depository_statement", "institution_profile", "shareholders",
    "payment_accounts", "payment_orders", "client_reserves", "crowdfunding_investors", "fund_sales_settlement",
    "fund_distribution", "insurance_handover", "aml_transactions", "incident_reports", "data_disposals",
    "public_notices", "lender_positions", "loan_charges",
)  # fmt: skip
# type -> (digits in all, digits after the point); every one fits PostgreSQL numeric(20,2) or the lake's DECIMAL(18,s)
DECIMAL_TYPES = {"amount": (18, 2), "percent": (9, 4), "number": (18, 4)}
FILED = "lianxi.filed"  # in a lake footer, as JSON: columns "filled" with a value, "blank" with a null, "currencies"
TEXT_TYPES = ("token", "text", "choice", "currency", "month")
PERIOD_PATTERNS = {
    "month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[0-9]{4}Q[1-4]"),
    "day": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `required` = must be in the header; `nullable` = a cell may be blank."""

    name: str
    type: str
    title: Mapping[str, str]
    required: bool = True
    nullable: bool = True
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()
    unit: str = ""
    note: Mapping[str, str] | None = None
    personal: str = ""
    maximum_length: int = 128
    sample: str = ""

    @property
    def digits(self) -> tuple[int, int]:
        """Digits in all and after the point of a decimal column; (18, 0) for whole numbers."""
        return DECIMAL_TYPES.get(self.type, (18, 0))

    @property
    def stored_as(self) -> str:
        """SQL type of the column in the lake."""
        if self.type in DECIMAL_TYPES:
            return f"DECIMAL({self.digits[0]},{self.digits[1]})"
        return {"integer": "BIGINT", "date": "DATE", "flag": "BOOLEAN"}.get(self.type, "VARCHAR")


@dataclass(frozen=True, slots=True)
class Template:
    """A filing template: who files it, for which kind of period, with which columns."""

    name: str
    version: int
    title: Mapping[str, str]
    note: Mapping[str, str]
    filer: str
    period_kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    period_column: str = ""
    max_rows: int = 0

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the contract."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the template has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def period_fits(self, period: str) -> bool:
        """Whether a period text has the form this template asks for (2017-06, 2017Q2 or 2017-06-30)."""
        return PERIOD_PATTERNS[self.period_kind].fullmatch(period) is not None


@cache
def template(name: str) -> Template:
    """The template of that name; KeyError when there is none (the name is never used as a path)."""
    if name not in TEMPLATE_NAMES:
        raise KeyError(name)
    data = yaml.safe_load((TEMPLATES_DIR / f"{name}.yaml").read_text(encoding="utf-8"))
    columns = tuple(_column(entry) for entry in data.pop("columns"))
    return Template(**{**data, "columns": columns, "key": tuple(data["key"])})


def templates() -> tuple[Template, ...]:
    """Every template, in the order they are shown."""
    return tuple(template(name) for name in TEMPLATE_NAMES)


def _column(entry: dict[str, Any]) -> Column:
    values = dict(entry)
    for bound in ("minimum", "maximum"):
        if bound in values:
            values[bound] = Decimal(values[bound])
    if values["type"] == "currency":
        values["choices"] = _currencies()
    values["choices"] = tuple(str(choice) for choice in values.get("choices", ()))
    # an absent column is all blank, so a column that may be left out may also be blank
    return Column(**values)


@cache
def _currencies() -> tuple[str, ...]:
    data = yaml.safe_load((TEMPLATES_DIR / "currencies.yaml").read_text(encoding="utf-8"))
    return tuple(data["choices"])


def contract_json(name: str) -> dict[str, Any]:
    """The contract of a template as JSON for the API: titles in both languages, types, ranges, limits."""
    found = template(name)
    return {
        "name": found.name,
        "version": found.version,
        "title": dict(found.title),
        "note": dict(found.note),
        "filer": found.filer,
        "period_kind": found.period_kind,
        "period_column": found.period_column or None,
        "key": list(found.key),
        "max_rows": found.max_rows or None,
        "media_types": ["text/csv; charset=utf-8", "application/gzip", "application/vnd.apache.parquet"],
        "columns": [_column_json(column) for column in found.columns],
    }


def _column_json(column: Column) -> dict[str, Any]:
    return {
        "name": column.name,
        "type": column.type,
        "stored_as": column.stored_as,
        "title": dict(column.title),
        "note": dict(column.note) if column.note else None,
        "unit": column.unit or None,
        "required": column.required,
        "nullable": column.nullable,
        "minimum": None if column.minimum is None else str(column.minimum),
        "maximum": None if column.maximum is None else str(column.maximum),
        "pattern": column.pattern or None,
        "choices": list(column.choices) or None,
        "personal": column.personal or None,
        "sample": column.sample,
    }


def sample_csv(name: str, period: str = "2017-06") -> str:
    """A one-row CSV that the reader accepts for the period (UTF-8, comma, LF), to start from."""
    found = template(name)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(found.column_names)
    writer.writerow([column.sample.format(period=period, month=period[:7]) for column in found.columns])
    return buffer.getvalue()
