"""What rule authors read when a pack is wrong: file, line, what is wrong, what to write."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rulebook.packs import pack_path, read_pack, rule_from_text
from rulebook.services.checking import pack_check
from rulebook.sources import PackInvalid, Problem, read_source
from tests.factories.rulebook import cn_pack, rule_text

RULE = "rules/p2p_lending/P2P16-17.yaml"
LIMITS = "parameters/p2p_lending.yaml"


@pytest.fixture
def spoilt(tmp_path: Path) -> Callable[..., list[Problem]]:
    """Copies the shipped pack, replaces a text in one file, and returns the problems."""

    def spoil(file: str, old: str, new: str) -> list[Problem]:
        folder = tmp_path / "cn"
        shutil.copytree(pack_path("cn"), folder)
        path = folder / file
        text = path.read_text("utf-8")
        assert text.count(old) >= 1, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(PackInvalid) as invalid:
            read_pack(folder)
        return invalid.value.problems

    return spoil


def test_the_shipped_pack_has_no_problem():
    pack = cn_pack()
    assert (len(pack.rules), len(pack.parameters), len(pack.authorities), len(pack.regions)) == (37, 21, 139, 32)
    assert pack.rule("P2P16-17").title["zh"] == "同一自然人在同一平台的借款余额超过上限"
    with pytest.raises(KeyError):
        pack.rule("NONE-01")


@pytest.mark.parametrize(
    "case",
    [
        (RULE, "severity: major", "severity: majro", 13, "`severity` is `majro`, which is not allowed.",
         "Did you mean `major`?"),
        (RULE, "disposal:", "disposals:", 28, "`disposals` is not known in the file.", "Did you mean `disposal`?"),
        (RULE, "{limit: p2p.natural_person_one_platform_cny}", "{limit: p2p.natural_person_one_platform}", 15,
         "The parameter `p2p.natural_person_one_platform` does not exist.",
         "Did you mean `p2p.natural_person_one_platform_cny`?"),
        (RULE, "borrower_kind = 'natural'", "borrower_knd = 'natural'", 17, "A column is unknown:", "`loan_book` has"),
        (RULE, "FROM loan_book", "FROM loan_books", 17, "The table `loan_books` is not filed.", "Known tables:"),
        (RULE, ":limit AS threshold", ":limitt AS threshold", 17, "`:limitt` has no parameter.",
         "Add `limitt: <key>` under `parameters`."),
        (RULE, "AS measured", "AS meassured", 17, "The query does not return `measured`.", "Name the columns with AS."),
        (RULE, "expect: failed", "expect: passed", 34,
         "The rule `P2P16-17` has no example that is expected to be `failed`", "Add one under `examples`"),
        (RULE, "transition: {until: 2017-08-17", "transition: {until: soon", 8, "`transition.until` is `soon`",
         "A day, written 2017-07-10."),
        (RULE, "verified: true, article_verified: true", "verified: perhaps, article_verified: true", 5,
         "`legal_basis.verified` has the type str.", "Write a value of type boolean."),
        (RULE, "instrument: P2P16", "instrument: P2P61", 5, "The instrument `P2P61` is not in instruments.yaml.",
         "Did you mean `P2P16`?"),
        (LIMITS, 'value: "200000"', "value: 200000", 9, "`parameters[1].values[1].value` has the type int.",
         'Put it in quotes: "200000".'),
        (LIMITS, "  - key: p2p.natural_person_all_platforms_cny", "  - key: p2p.natural_person_one_platform_cny", 12,
         "The parameter `p2p.natural_person_one_platform_cny` is defined twice", "Keep one"),
        ("parameters/interest.yaml", "      - {from: 2019-09-20", "      - {from: 2019-08-20", 53,
         "Two values of `interest.lpr_1y_percent` overlap", "Write `to: 2019-08-20` in the earlier value"),
        ("parameters/interest.yaml", "to: 2020-08-20", "to: 2015-08-20", 10,
         "`to: 2015-08-20` is not after `from: 2015-09-01`.", "first day on which the row no longer holds"),
        ("mandates.yaml", "authority: PBOC", "authority: PBCO", 14, "The authority `PBCO` is not in authorities.yaml.",
         "Did you mean `PBOC`?"),
        ("deadlines.yaml", "calendar: cn-working-days", "calendar: cn-working-day", 11,
         "The calendar `cn-working-day` is not in calendars/.", "Did you mean `cn-working-days`?"),
        ("deadlines.yaml", "    to: 2020-03-01\n", "", 123,
         "Two rows of `complaint.answer` hold on the same days for the same business line.", "End the earlier row"),
        ("regions.yaml", "zh: 北京市, en: Beijing", "zh: 北京市, eng: Beijing", 5, "`eng` is not known",
         "Did you mean `en`?"),
    ],
)  # fmt: skip
def test_a_defect_is_named_with_line_and_cure(spoilt, case):
    file, old, new, line, message, cure = case
    problems = spoilt(file, old, new)
    matching = [problem for problem in problems if message in problem.message]
    assert matching, [str(problem) for problem in problems]
    assert matching[0].file == file
    assert cure in matching[0].cure
    assert matching[0].line == line


def test_a_syntax_error_names_the_line(spoilt):
    problems = spoilt(RULE, "severity: major", "severity: major: more")
    assert [(problem.file, problem.line) for problem in problems] == [(RULE, 13)]
    assert "not valid YAML" in problems[0].message


def test_a_missing_file_is_named(tmp_path: Path):
    shutil.copytree(pack_path("cn"), tmp_path / "cn")
    (tmp_path / "cn" / "deadlines.yaml").unlink()
    problems = pack_check(tmp_path / "cn")
    assert [str(problem) for problem in problems] == [
        "deadlines.yaml:1: The file is missing. Write it; its form is schema/deadlines.json."
    ]


def test_a_pack_that_does_not_exist():
    with pytest.raises(ValueError, match="Known packs: cn"):
        read_pack("atlantis")
    assert [problem.file for problem in pack_check("atlantis")] == ["atlantis"]
    assert "There is no such folder." in pack_check("/no/such/folder")[0].message


def test_a_key_written_twice_is_refused():
    with pytest.raises(PackInvalid, match=r"x.yaml:3: The key `a` is written twice \(first on line 1\)"):
        read_source("x.yaml", "a: 1\nb: 2\na: 3\n")


def test_on_is_a_word_and_not_true():
    assert read_source("x.yaml", "on: 2017-06-30\nsure: true\nno: off\n").data.keys() == {"on", "sure", "no"}


def test_an_impossible_day_is_a_problem_and_not_a_crash():
    with pytest.raises(PackInvalid, match="not valid YAML"):
        read_source("x.yaml", "from: 2017-02-30\n")


def test_python_objects_are_never_built():
    with pytest.raises(PackInvalid, match="not valid YAML"):
        read_source("x.yaml", "a: !!python/object/apply:os.system ['true']\n")


def test_a_rule_with_two_forms_is_refused():
    with pytest.raises(PackInvalid, match="`check` and `sql`"):
        rule_from_text(rule_text() + "sql: SELECT 1\n")


def test_a_rule_with_no_form_is_refused():
    text = "\n".join(line for line in rule_text().splitlines() if not line.startswith("check:"))
    with pytest.raises(PackInvalid, match="says nothing that can be run"):
        rule_from_text(text)


def test_a_wrong_example_is_a_problem_with_its_line(tmp_path: Path):
    shutil.copytree(pack_path("cn"), tmp_path / "cn")
    path = tmp_path / "cn" / "rules/conventions/CONV-08.yaml"
    path.write_text(path.read_text("utf-8").replace('"80.0000"', '"80.0001"'), "utf-8")
    for other in (tmp_path / "cn" / "rules").rglob("*.yaml"):
        if other != path:
            other.unlink()
    problems = pack_check(tmp_path / "cn")
    assert [(problem.file, problem.line) for problem in problems] == [("rules/conventions/CONV-08.yaml", 23)]
    assert "Example `at the level`: expected passed, got failed" in problems[0].message


def test_the_version_of_a_rule_does_not_depend_on_line_ends():
    assert rule_from_text(rule_text()).sha256 == rule_from_text(rule_text().replace("\n", "\r\n")).sha256
    assert rule_from_text(rule_text()).sha256 != rule_from_text(rule_text(limit=37)).sha256
