"""Rulebook rows for tests: the real pack, or one made-up rule."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from common.principal import system_principal
from rulebook.entries import Pack
from rulebook.models import RuleVersion
from rulebook.packs import read_pack
from rulebook.services import PackLoadResult, pack_load

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


def cn_loaded() -> PackLoadResult:
    """The shipped pack in the database."""
    return pack_load(actor=SYSTEM, pack=cn_pack())


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
