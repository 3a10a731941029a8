"""Texts of the reader in both languages, from `messages.yaml`."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

SHOWN_VALUE_CHARACTERS = 64


class FileRefused(Exception):  # noqa: N818 -- a refusal is an expected answer here, not a programming error
    """The whole file cannot be taken. Carries the stable code and the values of its message."""

    def __init__(self, code: str, *, field: str = "", row: int | None = None, **values: object) -> None:
        super().__init__(code)
        self.code, self.field, self.row, self.values = code, field, row, values

    def as_json(self) -> dict[str, Any]:
        """The refusal as the API shows it."""
        return issue(self.code, field=self.field, row=self.row, **self.values)


@cache
def catalogue() -> dict[str, dict[str, dict[str, str]]]:
    """All texts: code -> {message, cure} -> language -> text."""
    text = (Path(__file__).parent / "messages.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, dict[str, str]]] = yaml.safe_load(text)
    return found


def shown(value: object) -> str:
    """A value as it may be shown back: at most 64 characters, invisible characters made visible."""
    text = str(value)
    if len(text) > SHOWN_VALUE_CHARACTERS:
        text = text[:SHOWN_VALUE_CHARACTERS] + "…"
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)


def issue(code: str, *, field: str = "", row: int | None = None, **values: object) -> dict[str, Any]:
    """One problem as JSON: code, field, row, message and cure in zh and en."""
    entry = catalogue()[code]
    filled = {"guess": "", "field": field, **{name: shown(value) for name, value in values.items()}}
    for name in ("expected", "rows", "limit"):
        if name in values:
            filled[name] = str(values[name])
    texts = {
        part: {language: text.format_map(filled) for language, text in entry[part].items()}
        for part in ("message", "cure")
    }
    result: dict[str, Any] = {"code": code, "field": field or None, "row": row, **texts}
    if "value" in values:
        result["value"] = shown(values["value"])
    return result
