"""`manage.py rulebook`: what people and programs read from it, and when it fails."""

import csv
import io
import json
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from common import clock
from common.jobs import jobs_drain
from complaints.models import ComplaintClock
from platforms.models import Finding
from rulebook.models import RuleVersion
from rulebook.packs import pack_names, pack_path, read_pack
from tests.factories import complaints
from tests.factories import platforms as make
from tests.factories import rulebook as rules

LIMIT = "p2p.natural_person_one_platform_cny"


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("rulebook", *arguments, stdout=out)
    return out.getvalue()


def failed(*arguments: str) -> str:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    return str(error.value)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the home pack with three rules, so that checks are quick."""
    folder = tmp_path / "cn"
    shutil.copytree(pack_path("cn"), folder)
    for path in (folder / "rules").rglob("*.yaml"):
        if path.stem not in {"P2P16-17", "P2P16-18", "SPCL-01-void"}:
            path.unlink()
    return folder


def test_check_counts_for_machines(copy: Path):
    found = json.loads(run("check", str(copy), "--json"))["packs"]
    assert len(found) == 1
    pack = found[0]
    assert (pack["pack"], pack["rules"], pack["errors"]) == ("cn", 3, 0)
    assert pack["by_line"]["p2p_lending"] == 3
    assert sum(pack["by_kind"].values()) == sum(pack["by_subject"].values()) == sum(pack["by_form"].values()) == 3
    assert pack["verified"] == {"true": 3, "false": 0}
    assert pack["examples"] >= 8
    assert all(set(one) == {"level", "code", "file", "line", "message", "cure"} for one in pack["remarks"])


def test_check_all_reads_every_shipped_pack():
    out = io.StringIO()
    with suppress(CommandError):
        call_command("rulebook", "check", "all", "--without-examples", "--json", stdout=out)
    packs = json.loads(out.getvalue())["packs"]
    assert [(pack["pack"], pack["errors"]) for pack in packs] == [(name, 0) for name in pack_names()]


def test_check_fails_on_an_example_that_differs_and_names_its_line(copy: Path, capsys):
    rule = next((copy / "rules").rglob("P2P16-17.yaml"))
    text = rule.read_text("utf-8")
    rule.write_text(text.replace('measured: "200000.01"', 'measured: "200000.02"', 1), "utf-8")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 to cure before loading"):
        call_command("rulebook", "check", str(copy), stdout=out)
    line = next(one for one in out.getvalue().splitlines() if one.startswith("error:"))
    assert "P2P16-17.yaml:" in line
    assert "measured: expected '200000.02', got '200000.01'" in line


def test_strict_makes_warnings_fail(copy: Path):
    found = json.loads(run("check", str(copy), "--without-examples", "--json"))["packs"][0]
    assert found["warnings"] > 0
    assert failed("check", str(copy), "--without-examples", "--strict").startswith(f"{found['warnings']} to cure")


def test_check_of_an_unknown_pack_names_the_known_ones():
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("rulebook", "check", "nowhere", stdout=out)
    assert f"Known packs: {', '.join(pack_names())}." in out.getvalue()


@pytest.mark.django_db
def test_load_twice_writes_once_and_export_reads_back(tmp_path: Path):
    size = len(rules.cn_pack().rules)
    assert f"cn rules: {size} added, 0 changed (new version), 0 retired, 0 as before\n" in run("load")
    versions = RuleVersion.objects.count()
    assert versions == size
    assert f"cn rules: 0 added, 0 changed (new version), 0 retired, {size} as before\n" in run("load")
    assert RuleVersion.objects.count() == versions
    assert f"{versions} rules" in run("export", "--to", str(tmp_path))
    assert {rule.sha256 for rule in read_pack(tmp_path / "cn").rules} == {rule.sha256 for rule in rules.cn_pack().rules}
    assert "is not empty" in failed("export", "--to", str(tmp_path))


@pytest.mark.django_db
def test_coverage_is_written_as_csv_and_json(tmp_path: Path):
    run("load")
    run("coverage", "--on", "2017-06-30", "--to", str(tmp_path / "law.csv"))
    rows = list(csv.DictReader((tmp_path / "law.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 7 * 9
    cell = next(row for row in rows if (row["line"], row["subject"]) == ("p2p_lending", "conduct"))
    assert cell["state"] == "covered"
    assert "P2P16-17" in cell["executable"].split()
    run("coverage", "--on", "2017-06-30", "--to", str(tmp_path / "law.json"))
    found = json.loads((tmp_path / "law.json").read_text("utf-8"))
    assert sum(found["counts"].values()) == 63
    assert all(gap["why"]["zh"] and gap["why"]["en"] for gap in found["gaps"])
    with pytest.raises(ValueError, match=r"Name the file \.csv or \.json"):
        run("coverage", "--on", "2017-06-30", "--to", str(tmp_path / "law.doc"))


@pytest.mark.django_db
def test_coverage_of_law_and_of_supervision_on_the_terminal():
    run("load")
    lines = run("coverage", "--on", "2017-06-30").splitlines()
    assert lines[0].startswith("on 2017-06-30: ")
    assert " with exactly one lead, " in lines[0]
    assert any(line.startswith("law on 2017-06-30: 63 cells, ") for line in lines)


@pytest.fixture
def finding() -> Finding:
    rules.cn_loaded()
    loans = [make.loan(loan_id=f"L-{at}", outstanding_principal="150000.00") for at in (1, 2)]
    with clock.frozen(datetime(2017, 7, 10, 9, tzinfo=clock.LEGAL_ZONE)):
        make.filer(name="测试平台甲").file(make.csv_of(*loans), "loan_book")
        jobs_drain()
    return Finding.objects.get(rule_id="P2P16-17")


@pytest.mark.django_db
def test_whatif_prints_before_and_after_by_platform(finding, tmp_path: Path):
    lines = run("whatif", "--set", f"{LIMIT}=400000", "--on", "2017-06-30").splitlines()
    assert lines[0] == "rules: P2P16-17"
    assert lines[1].startswith("on 2017-06-30: 1 filings, 2 rows, findings 1 before, 0 after, ")
    assert lines[1].endswith("nothing was stored")
    assert lines[2] == "测试平台甲: 1 → 0 findings, 2 → 0 rows (+0 −1)"
    draft = tmp_path / "draft.yaml"
    draft.write_text(rules.rule_text("TEST-01", limit=0), "utf-8")
    found = json.loads(run("whatif", "--rule", str(draft), "--on", "2017-06-30", "--json"))
    assert (found["rules"], found["before"], found["after"]) == (["TEST-01"], 0, 1)
    assert found["platforms"][0]["rows_after"] == 2


@pytest.mark.django_db
def test_whatif_says_what_to_write(finding, tmp_path: Path):
    on = ("--on", "2017-06-30")
    assert LIMIT in failed("whatif", "--set", "p2p.natural_person=1", *on)
    assert "for example 200000." in failed("whatif", "--set", f"{LIMIT}=much", *on)
    assert "Write --set" in failed("whatif", "--set", LIMIT, *on)
    assert "cannot be read" in failed("whatif", "--rule", str(tmp_path / "none.yaml"), *on)
    assert "touches no check" in failed("whatif", *on)


@pytest.mark.django_db
def test_replay_says_identical_or_fails_with_the_difference(finding):
    lines = run("replay", str(finding.public_id)).splitlines()
    assert lines[0] == f"finding {finding.public_id} of P2P16-17: identical"
    Finding.objects.filter(pk=finding.pk).update(count=9)
    out = io.StringIO()
    with pytest.raises(CommandError, match="does not come out as it was stored"):
        call_command("rulebook", "replay", str(finding.public_id), stdout=out)
    assert "count: stored '9', now '2'" in out.getvalue()


@pytest.mark.django_db
def test_another_length_of_a_term_moves_open_clocks_and_writes_nothing():
    with clock.frozen("2020-06-15"):
        complaints.ground()
        found = complaints.filed(platform_id=make.registered().platform_id)
        rows = list(ComplaintClock.objects.order_by("id").values())
        said = run("whatif", "--set", "complaint.answer=10").splitlines()
        assert said == [
            "open clocks: 1, would move: 1, late at once: 0; nothing was stored",
            f"{found.public_id}  first_answer: 2020-06-30 → 2020-06-25",
        ]
        both = json.loads(run("whatif", "--set", "complaint.answer=15", "--set", "complaint.handling=1", "--json"))
        assert (both["clocks"], [one["key"] for one in both["moved"]]) == (2, ["handling"])
    with clock.frozen("2020-06-28"):
        assert "late at once: 1" in run("whatif", "--set", "complaint.answer=10")
    assert list(ComplaintClock.objects.order_by("id").values()) == rows


@pytest.mark.django_db
def test_terms_and_numbers_are_tried_apart_and_a_length_is_a_number():
    complaints.ground()
    assert "two runs" in failed("whatif", "--set", "complaint.answer=10", "--set", f"{LIMIT}=1")
    for wrong in ("0", "-1", "ten", "1.5", "99999999"):
        assert "no length" in failed("whatif", "--set", f"complaint.answer={wrong}")
