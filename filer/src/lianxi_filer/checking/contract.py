"""A column contract, as `GET /templates/{name}` gives it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lianxi_filer.problems import FilerProblem

_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_PERIODS = {
    "month": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[0-9]{4}Q[1-4]"),
    "day": re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"),
}
DEFAULT_TEXT_LENGTH = 128


@dataclass(frozen=True)
class Column:
    """One column. `digits` counts (before the point, after the point); `nullable` lets a cell be blank."""

    name: str
    type: str
    required: bool = True
    nullable: bool = True
    digits: tuple[int, int] = (18, 0)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    maximum_length: int = DEFAULT_TEXT_LENGTH
    refuses_personal: bool = False


@dataclass(frozen=True)
class Contract:
    """A filing template: its columns, key, and the kind of period it is filed for."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    period_kind: str = ""
    period_column: str = ""
    max_rows: int = 0

    @classmethod
    def from_json(cls, document: Any) -> "Contract":
        """Read the server's document; refuses (`filer.contract`) one that is none."""
        try:
            return cls(
                name=str(document["name"]),
                columns=tuple(_column(entry) for entry in document["columns"]),
                key=tuple(document.get("key") or ()),
                period_kind=str(document.get("period_kind") or ""),
                period_column=str(document.get("period_column") or ""),
                max_rows=int(document.get("max_rows") or 0),
            )
        except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation, re.error) as error:
            raise FilerProblem(
                "filer.contract",
                "This is no template contract",
                detail=f"{type(error).__name__}: {error}",
                cure="Save it with: lianxi-filer template NAME --out FILE",
            ) from error

    def column(self, name: str) -> Column | None:
        """The column of that name, if the template has it."""
        return next((column for column in self.columns if column.name == name), None)

    def period_fits(self, period: str) -> bool:
        """Whether a period has the form this template asks for."""
        pattern = _PERIODS.get(self.period_kind)
        return pattern is None or pattern.fullmatch(period) is not None


def _column(entry: Mapping[str, Any]) -> Column:
    name, kind = str(entry["name"]), str(entry["type"])
    return Column(
        name=name,
        type=kind,
        required=bool(entry.get("required", True)),
        nullable=bool(entry.get("nullable", True)),
        digits=_digits(str(entry.get("stored_as") or "")),
        minimum=_bound(entry.get("minimum")),
        maximum=_bound(entry.get("maximum")),
        pattern=re.compile(entry["pattern"]) if entry.get("pattern") else None,
        choices=tuple(str(choice) for choice in entry.get("choices") or ()),
        maximum_length=int(entry.get("maximum_length") or DEFAULT_TEXT_LENGTH),
        refuses_personal=entry.get("personal") == "refuse" or name.endswith("_token"),
    )


def _digits(stored_as: str) -> tuple[int, int]:
    match = _DECIMAL.fullmatch(stored_as)
    return (int(match[1]) - int(match[2]), int(match[2])) if match else (18, 0)


def _bound(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))
