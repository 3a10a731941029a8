"""The checks of the rules benchmark as the engine takes them: 16 row checks, 100, all 21, and the pack's own rules."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ON = date(2017, 6, 30)
Check = dict[str, Any]


@cache
def _texts() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load((HERE / "checks.yaml").read_text("utf-8"))
    return found


def _check(rule_id: str, form: str, sql: str) -> Check:
    needs = {"loan_book": ["loan_id"]}
    return {"rule_id": rule_id, "form": form, "sql": sql, "needs": needs, "currency": None, "measured_column": None}


def rows16() -> list[Check]:
    """The row checks."""
    return [_check(name, "row", sql) for name, sql in _texts()["row"].items()]


def rows100() -> list[Check]:
    """The same and 84 more of the same kinds: ranges, differences, codes and texts."""
    more: list[str] = []
    for n in range(1, 15):
        more += [
            f"principal_amount <= {2_000_000 - n}",
            f"outstanding_principal <= principal_amount * {10 + n}",
            f"annual_rate_percent <= {60 + n}",
            f"term_months <= {500 + n}",
            f"NOT (status = 'late_16_30' AND overdue_days > {100 + n})",
            f"NOT (guarantor_kind = 'insurer' AND principal_amount > {n})",
        ]
    return rows16() + [_check(f"more_{n}", "row", sql) for n, sql in enumerate(more)]


def all21() -> list[Check]:
    """Row checks and the five over many rows."""
    return rows16() + [_check(name, "sql", sql) for name, sql in _texts()["sql"].items()]


def pack_rules() -> list[Check]:
    """Every rule of the cn pack on loan books that can be compiled for the day of the book, evaluable here or not."""
    from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
    from rulebook.packs import read_pack

    pack = read_pack(HERE.parents[1] / "rulebook" / "packs" / "cn")
    calendar = next(iter(pack.calendars.values()), None)
    parameters, found = ParametersOn(ON, pack.parameters, with_unconfirmed=True), []
    rules = pack.rules.values() if isinstance(pack.rules, dict) else pack.rules
    for rule in rules:
        if rule.template != "loan_book" or rule.form not in ("row", "sql"):
            continue
        try:
            found.append(compile_rule(rule, parameters, calendar))
        except NotCompilable:
            continue
    return found
