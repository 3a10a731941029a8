"""The generated pages: current, complete, and `--check` says so without writing."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.docs import markdown, rules, transitions, urls
from config.management.commands.docs_generate import PAGES
from rulebook import packs

ROOT = Path(__file__).resolve().parents[3]
GENERATED = ROOT / "docs" / "generated"


@pytest.mark.parametrize("name", sorted(PAGES))
def test_each_page_is_current(name: str):
    assert (GENERATED / name).read_text("utf-8") == PAGES[name]()


def test_check_names_a_stale_page_and_writes_nothing(settings, tmp_path: Path):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match=r"Stale: transitions\.md, rules\.md, urls\.md\."):
        call_command("docs_generate", "--check")
    assert list(tmp_path.rglob("*.md")) == []


def test_write_then_check(settings, tmp_path: Path, capsys):
    settings.BASE_DIR = tmp_path
    call_command("docs_generate")
    call_command("docs_generate", "--check")
    assert capsys.readouterr().out.splitlines() == ["3 pages, 3 written", "3 pages are current"]


def test_who_may_asks_the_app():
    assert transitions.who_may("complaints", "complaints.escalate") == "system"
    assert transitions.who_may("platforms", "filings.submit") == "platform, bank"
    assert transitions.who_may("cases", "case.reopen") == "supervisor"


def test_every_edge_has_a_line():
    edges = sum(len(workflow.edges) for _, workflow in transitions.workflows())
    lines = [line for line in transitions.transitions_page().splitlines() if line.startswith("| `")]
    assert len(lines) == edges


def test_every_rule_has_a_line_that_says_whether_it_is_on():
    lines = [line for line in rules.rules_page().splitlines() if line.startswith("| `")]
    shipped = packs.read_pack("cn").rules
    assert len(lines) == len(shipped)
    assert sum(rules.HELD in line for line in lines) == sum(not rule.enabled for rule in shipped)


def test_every_api_address_names_who_and_what():
    silent = [
        item.path
        for item in urls.addresses()
        if item.door == urls.API and hasattr(item.callback, "cls") and "schema" not in item.path
        and not (item.callback.cls.audience and item.callback.cls.permission)
    ]
    assert silent == []


def test_a_bar_or_a_break_in_a_cell_keeps_the_table_whole():
    made = markdown.table(("a", "b"), [("x|y", "two\nlines"), ("", "z")])
    assert made.splitlines() == ["| a | b |", "| --- | --- |", "| x\\|y | two lines |", "| – | z |"]
