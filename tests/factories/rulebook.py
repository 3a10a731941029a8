"""Rulebook rows for tests: the real pack, or one made-up rule."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.db import connection
from django.db.models import Model

from common import clock
from common.db.acting import acting_as
from common.principal import system_principal
from rulebook.entries import Pack
from rulebook.models import (
    Clause,
    DeadlineRule,
    Instrument,
    PackImport,
    ParameterValue,
    RuleVersion,
    WorkingYear,
)
from rulebook.packs import read_pack
from rulebook.services import PackLoadResult, pack_load
from tests import environment

SYSTEM = system_principal("test")
# one short rule that needs nothing else; `{limit}` and the id are replaced
RULE_TEXT = """\
id: {rule_id}
title: {{zh: 测试规则, en: Test rule}}
legal_basis: {{instrument: CONV, verified: false, text_status: convention}}
in_force: {{from: 2015-01-01}}
applies_to: [p2p_lending]
role: conduct
subject: conduct
kind: record
template: loan_book
severity: {severity}
check: term_months <= {limit}
measured: term_months
threshold: "{limit}"
disposal: {{zh: 无, en: None}}
explanation: {{zh: 仅供测试, en: Only for tests}}
"""


@cache
def cn_pack() -> Pack:
    """The shipped pack, read once per process."""
    return read_pack("cn")


LOADED: tuple[type[Model], ...] = (
    Instrument, Clause, ParameterValue, DeadlineRule, RuleVersion, WorkingYear, PackImport,
)  # fmt: skip
_kept: dict[tuple[int, datetime | None], tuple[PackLoadResult, dict[str, str]]] = {}


def cn_loaded() -> PackLoadResult:
    """The shipped pack in the database.

    Into empty tables the rows of an earlier load at the same business time are copied, with the keys they had then
    (which the database does not give again): half a second becomes a few hundredths. How a pack is loaded is tested
    with `pack_load` itself, in test_loading.
    """
    moment = environment.clones(), clock.now() if clock.is_shifted() else None
    is_empty = not any(model._default_manager.exists() for model in LOADED)
    if not is_empty or moment not in _kept:
        result = pack_load(actor=SYSTEM, pack=cn_pack())
        if is_empty:
            _kept[moment] = result, {model._meta.db_table: _copied(model) for model in LOADED}
        return result
    result, rows = _kept[moment]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for model in LOADED:
            cursor.copy_expert(f"COPY {_columns_of(model)} FROM STDIN", io.StringIO(rows[model._meta.db_table]))
    return result


def _copied(model: type[Model]) -> str:
    """The rows of a table as text, in the order in which they were made."""
    text = io.StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {_columns_of(model)} TO STDOUT", text)
    return text.getvalue()


def _columns_of(model: type[Model]) -> str:
    names = [field.column for field in model._meta.local_concrete_fields]
    return f"{model._meta.db_table} ({', '.join(names)})"


def rule_text(rule_id: str = "TEST-01", *, limit: int = 36, severity: str = "minor") -> str:
    """The YAML of the made-up rule."""
    return RULE_TEXT.format(rule_id=rule_id, limit=limit, severity=severity)


def rule_version(
    rule_id: str = "TEST-01", *, limit: int = 36, severity: str = "minor", text: str = ""
) -> RuleVersion:
    """A stored version of the made-up rule (or of a text), as staff would write it."""
    from rulebook.choices import Origin
    from rulebook.packs import rule_from_text
    from rulebook.services.rows import rule_row

    rule = rule_from_text(text or rule_text(rule_id, limit=limit, severity=severity))
    return RuleVersion.objects.create(pack="cn", origin=Origin.STAFF, **rule_row(rule))


def terms_loaded(*keys: str) -> None:
    """Load only the terms of these keys, with nothing else of the pack."""
    pack = cn_pack()
    terms = tuple(term for term in pack.deadlines if term.key in keys)
    pack_load(
        actor=SYSTEM,
        pack=replace(pack, rules=(), parameters={}, instruments={}, clauses=(), deadlines=terms),
    )
