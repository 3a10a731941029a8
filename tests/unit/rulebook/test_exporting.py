"""Export: what the tables hold becomes a pack again; reading and loading it changes nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from common.errors import Refusal
from common.principal import Principal
from rulebook.entries import Pack
from rulebook.models import ParameterValue, RuleVersion, SourceConfirmation
from rulebook.packs import read_pack, rule_from_text
from rulebook.services import pack_export, pack_load
from rulebook.services.rows import rule_row
from tests.factories.rulebook import SYSTEM, cn_loaded, cn_pack
from tests.factories.versions import rewritten

pytestmark = pytest.mark.django_db


def exported(folder: Path) -> Pack:
    return read_pack(pack_export(actor=SYSTEM, to=folder).folder)


def placeless(clause):
    return dataclasses.replace(clause, path="", line=0)


def terms(pack: Pack) -> list:
    """Terms in one order; the order of their lines has no meaning."""
    rows = [dataclasses.replace(term, business_lines=tuple(sorted(term.business_lines))) for term in pack.deadlines]
    return sorted(rows, key=lambda term: (term.key, term.valid_from, term.business_lines))


def test_reading_the_export_gives_the_same_pack(tmp_path: Path):
    cn_loaded()
    pack, before = exported(tmp_path), cn_pack()
    assert {rule.id: rule.sha256 for rule in pack.rules} == {rule.id: rule.sha256 for rule in before.rules}
    assert pack.instruments == before.instruments
    assert pack.parameters == before.parameters
    assert terms(pack) == terms(before)
    assert sorted(map(placeless, pack.clauses), key=lambda one: one.key) == sorted(
        map(placeless, before.clauses), key=lambda one: one.key
    )
    assert {k: c.years for k, c in pack.calendars.items()} == {k: c.years for k, c in before.calendars.items()}
    assert (pack.mandates, pack.authorities, pack.regions, pack.info) == (
        before.mandates, before.authorities, before.regions, before.info,
    )  # fmt: skip


def by_staff(rule_id: str, severity: str) -> None:
    """A version of a shipped rule as the editor would store it."""
    shipped = cn_pack().rule(rule_id)
    rule = rule_from_text(shipped.source_text.replace(f"severity: {shipped.severity}", severity), shipped.path)
    RuleVersion.objects.create(pack="cn", origin="staff", **rule_row(rule))


def test_loading_the_export_changes_nothing(tmp_path: Path):
    cn_loaded()
    by_staff("SPCL-01-void", "severity: minor")
    rewritten(ParameterValue.objects.filter(key="interest.void_percent"), value="30", origin="staff")
    pack = exported(tmp_path)
    assert pack.rule("SPCL-01-void").severity == "minor" != cn_pack().rule("SPCL-01-void").severity
    assert pack.parameters["interest.void_percent"].values[0].value == "30"
    versions = RuleVersion.objects.count()
    assert pack_load(actor=SYSTEM, pack=pack).changes == 0
    assert RuleVersion.objects.count() == versions


def test_a_withdrawn_rule_is_not_exported(tmp_path: Path):
    cn_loaded()
    rest = tuple(rule for rule in cn_pack().rules if rule.id != "SPCL-01-void")
    pack_load(actor=SYSTEM, pack=dataclasses.replace(cn_pack(), rules=rest))
    assert "SPCL-01-void" not in {rule.id for rule in exported(tmp_path).rules}


def test_confirmations_of_two_persons_stand_beside_the_pack(tmp_path: Path):
    cn_loaded()
    common = {"pack": "cn", "kind": "rule", "link": "https://example.org/law", "first_by": "测试用户甲"}
    at = cn_first_moment()
    signed = {"second_by": "测试用户乙", "second_at": at}
    SourceConfirmation.objects.create(key="CASH17-01", fingerprint="a" * 64, first_at=at, **signed, **common)
    SourceConfirmation.objects.create(key="CFC24-03", fingerprint="b" * 64, first_at=at, **common)
    done = pack_export(actor=SYSTEM, to=tmp_path)
    rows = yaml.safe_load((done.folder / "confirmations.yaml").read_text("utf-8"))["confirmations"]
    signed_by = [(row["key"], row["first_by"], row["second_by"]) for row in rows]
    assert signed_by == [("CASH17-01", "测试用户甲", "测试用户乙")]
    assert done.counts["confirmations"] == 1


def cn_first_moment():
    return RuleVersion.objects.order_by("id").first().created_at


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path):
    cn_loaded()
    (tmp_path / "cn").mkdir()
    (tmp_path / "cn" / "mine.txt").write_text("keep", "utf-8")
    with pytest.raises(Refusal) as refused:
        pack_export(actor=SYSTEM, to=tmp_path)
    assert refused.value.code == "export.folder_not_empty"
    assert [path.name for path in (tmp_path / "cn").iterdir()] == ["mine.txt"]


def test_a_pack_that_was_never_loaded_is_not_exported(tmp_path: Path):
    with pytest.raises(Refusal) as refused:
        pack_export(actor=SYSTEM, to=tmp_path)
    assert refused.value.code == "export.pack_unknown"
    assert list(tmp_path.iterdir()) == []


def test_only_the_system_exports(tmp_path: Path):
    with pytest.raises(Refusal) as refused:
        pack_export(actor=Principal(kind="staff", label="测试用户甲"), to=tmp_path)
    assert refused.value.status == 403
    assert list(tmp_path.iterdir()) == []
