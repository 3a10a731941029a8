"""Loading a pack: once, twice, changed, dropped, beside what staff made, refused."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from common.db.acting import acting_as
from common.errors import Refusal
from common.principal import Principal
from common.versions import Counts
from rulebook.entries import ClauseEntry, Pack
from rulebook.models import Clause, DeadlineRule, Instrument, PackImport, ParameterValue, RuleVersion
from rulebook.packs import rule_from_text
from rulebook.services import PackLoadResult, pack_load
from tests.factories.rulebook import SYSTEM, cn_pack, rule_text, rule_version
from tests.factories.versions import rewritten

pytestmark = pytest.mark.django_db


def small(**changes) -> Pack:
    """A pack of its own name with one rule, so that counts are easy to read."""
    rule = rule_from_text(rule_text())
    empty = {
        "instruments": {}, "parameters": {}, "deadlines": (), "rules": (rule,), "name": "zz", "mandates": (),
        "authorities": (), "clauses": (), "calendars": {},
    }
    return dataclasses.replace(cn_pack(), **{**empty, **changes})


def sizes() -> dict[str, int]:
    """How many rows of each kind the shipped pack holds."""
    pack = cn_pack()
    return {
        "instruments": len(pack.instruments), "clauses": len(pack.clauses),
        "parameters": sum(len(entry.values) for entry in pack.parameters.values()),
        "deadlines": len(pack.deadlines), "rules": len(pack.rules),
    }


def test_the_first_load_writes_everything_and_the_second_nothing():
    first = pack_load(actor=SYSTEM, pack=cn_pack())
    assert {kind: first.counts[kind].created for kind in sizes()} == sizes()
    assert PackImport.objects.count() == 1
    second = pack_load(actor=SYSTEM, pack=cn_pack())
    assert second.changes == 0
    assert {kind: second.counts[kind].unchanged for kind in sizes()} == sizes()
    assert PackImport.objects.count() == 1
    stored = [model.objects.count() for model in (Instrument, Clause, ParameterValue, DeadlineRule, RuleVersion)]
    assert stored == list(sizes().values())


def test_clauses_become_rows_and_a_dropped_one_retires():
    entry = ClauseEntry(
        key="P2P16-03", instrument="P2P16", article="10(1)", facts=("P2P16-03",), kind="prohibition",
        subject="conduct", business_lines=("p2p_lending",), title={"zh": "甲", "en": "a"}, text={"zh": "乙", "en": "b"},
        valid_from=date(2016, 8, 17), valid_to=None, verified=True, article_verified=True, text_status="final",
    )
    assert pack_load(actor=SYSTEM, pack=small(clauses=(entry,))).counts["clauses"].created == 1
    row = Clause.objects.get(pack="zz")
    assert (row.key, row.subject, row.business_lines, row.text_en) == ("P2P16-03", "conduct", ["p2p_lending"], "b")
    assert pack_load(actor=SYSTEM, pack=small(clauses=(entry,))).changes == 0
    assert pack_load(actor=SYSTEM, pack=small()).counts["clauses"].retired == 1
    assert not Clause.objects.current().filter(pack="zz").exists()


def test_a_rule_version_keeps_its_subject():
    text = rule_text().replace("subject: conduct", "subject: funds")
    pack_load(actor=SYSTEM, pack=small(rules=(rule_from_text(text),)))
    assert RuleVersion.objects.get(pack="zz").subject == "funds"


@pytest.mark.django_db(transaction=True)
def test_two_loads_at_once_write_everything_once():
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda _: _load_in_thread(), range(2)))
    assert sorted(result.changes > 0 for result in results) == [False, True]
    with acting_as(SYSTEM):
        assert PackImport.objects.filter(pack="zz").count() == 1
        assert RuleVersion.objects.filter(pack="zz").count() == 1


def _load_in_thread() -> PackLoadResult:
    try:
        return pack_load(actor=SYSTEM, pack=small())
    finally:
        connection.close()


def test_two_packs_lie_side_by_side():
    pack_load(actor=SYSTEM, pack=small())
    assert pack_load(actor=SYSTEM, pack=small(name="yy")).counts["rules"].created == 1
    assert pack_load(actor=SYSTEM, pack=small()).changes == 0
    assert sorted(RuleVersion.objects.newest().values_list("pack", "rule_id")) == [("yy", "TEST-01"), ("zz", "TEST-01")]


def test_unconfirmed_rules_are_loaded_disabled():
    pack_load(actor=SYSTEM, pack=cn_pack())
    disabled = RuleVersion.objects.filter(enabled=False).values_list("rule_id", "verified")
    unconfirmed = {(rule.id, False) for rule in cn_pack().rules if not rule.enabled}
    assert set(disabled) == unconfirmed
    assert {("CASH17-01", False), ("CFC24-03", False), ("DEP17-06", False), ("DEP17-09", False)} <= unconfirmed


def test_a_changed_rule_gets_a_new_version_and_keeps_the_old():
    pack_load(actor=SYSTEM, pack=small())
    changed = pack_load(actor=SYSTEM, pack=small(rules=(rule_from_text(rule_text(limit=48)),)))
    assert changed.counts["rules"] == Counts(changed=1)
    versions = RuleVersion.objects.filter(pack="zz").order_by("id")
    assert ["<= 36" in v.source_text for v in versions] == [True, False]
    assert list(RuleVersion.objects.newest().filter(pack="zz")) == [versions[1]]


def test_a_dropped_rule_gets_a_last_version_that_is_withdrawn_and_may_come_back():
    pack_load(actor=SYSTEM, pack=small())
    assert pack_load(actor=SYSTEM, pack=small(rules=())).counts["rules"].retired == 1
    assert not RuleVersion.objects.newest().filter(pack="zz").exists()
    assert RuleVersion.objects.filter(pack="zz").count() == 2
    assert pack_load(actor=SYSTEM, pack=small(rules=())).changes == 0
    assert pack_load(actor=SYSTEM, pack=small()).counts["rules"].created == 1
    assert RuleVersion.objects.newest().filter(pack="zz").count() == 1


def test_a_pack_never_overwrites_what_staff_made():
    pack_load(actor=SYSTEM, pack=cn_pack())
    by_staff = rule_version("SPCL-01-void", limit=12)
    rewritten(ParameterValue.objects.filter(key="interest.void_percent"), value="30", origin="staff")
    result = pack_load(actor=SYSTEM, pack=cn_pack())
    assert result.changes == 0
    assert (result.counts["rules"].kept, result.counts["parameters"].kept) == (1, 1)
    assert RuleVersion.objects.newest().get(rule_id="SPCL-01-void") == by_staff
    assert ParameterValue.objects.current().get(key="interest.void_percent").value == "30"


def test_a_corrected_value_is_taken_over_and_a_dropped_one_retires():
    entry = cn_pack().parameters["interest.void_percent"]
    pack_load(actor=SYSTEM, pack=small(parameters={entry.key: entry}))
    corrected = dataclasses.replace(entry, values=(dataclasses.replace(entry.values[0], value="35"),))
    result = pack_load(actor=SYSTEM, pack=small(parameters={entry.key: corrected}))
    assert result.counts["parameters"] == Counts(changed=1)
    old, new = ParameterValue.objects.filter(pack="zz").order_by("id")
    assert (old.value, new.value, new.retired_at) == ("36", "35", None)
    assert old.retired_at == new.created_at
    assert pack_load(actor=SYSTEM, pack=small()).counts["parameters"].retired == 1
    assert not ParameterValue.objects.current().filter(pack="zz").exists()


@pytest.mark.parametrize("kind", ["staff", "platform", "public"])
def test_only_the_system_loads(kind):
    with pytest.raises(Refusal) as refused:
        pack_load(actor=Principal(kind=kind, label="测试用户甲"), pack=small())
    assert (refused.value.code, refused.value.status) == ("rulebook.load_forbidden", 403)
    assert not RuleVersion.objects.exists()
    assert not PackImport.objects.exists()


@pytest.mark.parametrize("change", ["update", "save", "delete"])
def test_a_rule_version_cannot_be_changed_or_deleted(change):
    version = rule_version()
    version.title_en = "other"
    changes = {
        "update": lambda: RuleVersion.objects.filter(pk=version.pk).update(enabled=False),
        "save": version.save,
        "delete": version.delete,
    }
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        changes[change]()
    assert RuleVersion.objects.get(pk=version.pk).title_en == "Test rule"


def test_the_database_refuses_a_value_that_is_no_decimal():
    row = {"pack": "zz", "key": "a.b", "title_zh": "甲", "title_en": "a", "value_type": "integer", "unit": "x",
           "verified": True, "text_status": "final", "valid_from": date(2020, 1, 1)}  # fmt: skip
    with pytest.raises(DatabaseError, match="parameter_value_decimal"), transaction.atomic():
        ParameterValue.objects.create(value="1e6", **row)
    with pytest.raises(DatabaseError, match="parameter_value_days_ordered"), transaction.atomic():
        ParameterValue.objects.create(value="1", valid_to=date(2020, 1, 1), **row)
    assert not ParameterValue.objects.exists()
