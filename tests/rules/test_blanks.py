"""What could not be judged is never called passed: a blank cell, or a day for which nothing is published, is counted.

Every rule of every pack is asked: its passing example gets one more row, the same but for one cell that is blank.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from analytics.contracts import template
from analytics.fused import fuse
from analytics.unknown import unknown_of
from rulebook.calendars import Calendar
from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.examples import example_results
from rulebook.entries import Example, Pack, Rule
from rulebook.packs import read_pack

PACKS = ("cn", "in", "id")
# what a blank means is written in the rule itself: it does not apply there, or it counts as nothing
SAID_BY_THE_RULE = {
    ("AMLR-05", "reported_on"): "a deal nobody had to report",
    ("AMLR-06", "suspicion_confirmed_on"): "a deal nobody suspects",
    ("CF14-02", "investor_average_income"): "income not shown counts as none; the assets are enough",
    ("CF14-03", "entity_net_assets"): "assets not shown count as none; the amount is enough",
    ("CONV-12", "overdue_days"): "no days overdue",
    ("DEP17-02", "bank_reference"): "a movement without reference is the business of P2P16-04",
    ("POJK22-02", "lender_group"): "a lender without group stands alone",
    ("SPC22-02-amount", "bank_reference"): "money without reference counts as outside the bank; the sum stays small",
    ("SPC22-02-persons", "bank_reference"): "the same",
    ("SPC22-03-huge", "bank_reference"): "the same",
}
# the row is sound whatever stood in the cell: true OR unknown is true
SOUND_EITHER_WAY = {
    ("PM15-01", "account_class"): "the balance is below the limit of every class",
    ("PM15-01-channels", "account_class"): "opened in person, which is enough for every class",
    ("PM15-02-channels", "account_class"): "opened in person",
    ("PM15-03-channels", "account_class"): "opened in person",
    ("SPCL-05", "contract_date"): "the rate is below the ceiling of contracts of any day",
}
SILENT = {**SAID_BY_THE_RULE, **SOUND_EITHER_WAY}


@cache
def pack(name: str) -> Pack:
    """A shipped pack."""
    return read_pack(name)


def example_that_passes(rule: Rule) -> Example:
    """The first example with the outcome passed and nothing left unjudged."""
    return next(one for one in rule.examples if one.expect == "passed" and not one.unjudged)


def cells() -> Iterator[tuple[str, Rule, str]]:
    """Each rule with each column of its filing that it needs and that may be blank."""
    for name in PACKS:
        for rule in pack(name).rules:
            if rule.form not in ("row", "sql"):
                continue
            nullable = {column.name for column in template(rule.template or "").columns if column.nullable}
            needed = compiled(name, rule, example_that_passes(rule).on)["needs"].get(rule.template, [])
            for column in sorted(nullable & set(needed)):
                yield name, rule, column


def compiled(name: str, rule: Rule, on: date) -> dict[str, Any]:
    """The check on a day, disabled rules with the values nobody confirmed."""
    calendar: Calendar | None = next(iter(pack(name).calendars.values()), None)
    return compile_rule(rule, ParametersOn(on, pack(name).parameters, with_unconfirmed=not rule.enabled), calendar)


CELLS = list(cells())


@pytest.mark.parametrize(("name", "rule", "column"), CELLS, ids=[f"{n} {r.id} {c}" for n, r, c in CELLS])
def test_a_blank_cell_is_never_called_passed(name: str, rule: Rule, column: str) -> None:
    example, table = example_that_passes(rule), rule.template or ""
    rows = example.tables[table]
    keys = {key: f"{rows[0].get(key, 'another')}-2" for key in template(table).key if key.endswith(("_id", "_token"))}
    more = {**{key: value for key, value in rows[0].items() if key != column}, **keys}
    blank = replace(example, tables={**example.tables, table: (*rows, more)})
    results = example_results(pack(name), rule, blank)
    silent = all(result["outcome"] == "passed" and not result["unjudged"] for result in results)
    assert silent == ((rule.id, column) in SILENT), results


@pytest.mark.parametrize(("rule_id", "column"), sorted(SILENT))
def test_only_rules_that_exist_answer_blanks_themselves(rule_id: str, column: str) -> None:
    assert (rule_id, column) in {(rule.id, found) for _, rule, found in CELLS}


def test_every_rule_can_tell_its_unknown_rows_on_both_engines() -> None:
    for name in PACKS:
        for rule in pack(name).rules:
            if rule.form in ("row", "sql"):
                check = compiled(name, rule, example_that_passes(rule).on)
                here, there = (unknown_of(check, rule.template or "", engine) for engine in ("duckdb", "spark"))
                assert bool(here.count) == bool(there.count), rule.id
                scan = fuse(rule.template or "", [check])
                assert scan is not None
                assert scan.unknowns == (here,)


def lpr_rule() -> Rule:
    """SPCL-02."""
    return next(rule for rule in pack("cn").rules if rule.id == "SPCL-02")


@pytest.mark.parametrize("days", [0, 1, 40])
def test_a_loan_after_the_last_confirmed_rate_is_not_judged(days: int) -> None:
    """The last LPR anybody confirmed ends on a day; from there on no loan passes, however dear."""
    values = pack("cn").parameters["interest.lpr_1y_percent"].values
    end = max(value.valid_to for value in values if value.basis.may_give_findings and value.valid_to is not None)
    dear = {"annual_rate_percent": "90.0000", "contract_date": end + timedelta(days=days)}
    sound = {"annual_rate_percent": "1.0000", "contract_date": end - timedelta(days=1)}
    example = replace(example_that_passes(lpr_rule()), on=date(2026, 6, 30), tables={"loan_book": (dear,)})
    [alone] = example_results(pack("cn"), lpr_rule(), example)
    [beside] = example_results(pack("cn"), lpr_rule(), replace(example, tables={"loan_book": (sound, dear)}))
    assert (alone["outcome"], alone["unjudged"], alone["reason"]["code"]) == ("not_evaluable", 1, "rows_unjudged")
    assert (beside["outcome"], beside["unjudged"]) == ("passed", 1)
    assert str(end + timedelta(days=days)) in beside["reason"]["en"]


def test_a_rule_without_a_usable_value_at_all_is_held_back() -> None:
    rule = next(rule for rule in pack("cn").rules if rule.id == "SPCL-05")
    with pytest.raises(NotCompilable):
        compiled("cn", rule, date(2026, 6, 30))
