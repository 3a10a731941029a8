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
    files = list((pack_path("cn") / "rules").rglob("*.yaml"))
    assert (len(pack.rules), len(pack.regions)) == (len(files), 32)
    assert len(files) >= 120
    lines = {line for rule in pack.rules if rule.enabled for line in rule.applies_to}
    assert lines == {
        "p2p_lending", "payment", "equity_crowdfunding", "fund_sales", "internet_insurance", "internet_trust",
        "consumer_finance",
    }  # fmt: skip
    assert pack.rule("P2P16-17").title["zh"] == "同一自然人在同一平台的借款余额超过上限"
    with pytest.raises(KeyError):
        pack.rule("NONE-01")


@pytest.mark.parametrize(
    "case",
    [
        (RULE, "severity: major", "severity: majro", 14, "`severity` is `majro`, which is not allowed.",
         "Did you mean `major`?"),
        (RULE, "template: loan_book", "template: loan_books", 13, "`template` is `loan_books`, which nobody files.",
         "Did you mean `loan_book`?"),
        (RULE, "template: loan_book", "template: xyz", 13, "`template` is `xyz`, which nobody files.",
         "What no template holds is a `question`, not a check."),
        ("pack.yaml", "pack: cn", "pack: in", 2, "The pack calls itself `in`, but its folder is `cn`.",
         "Write `pack: cn`."),
        ("pack.yaml", "zone: Asia/Shanghai", "zone: Asia/Shanghay", 4, "`Asia/Shanghay` is no time zone.",
         "Did you mean `Asia/Shanghai`?"),
        ("pack.yaml", "calendar: cn-working-days", "calendar: cn-work-days", 5,
         "The calendar `cn-work-days` is not in calendars/.", "Did you mean `cn-working-days`?"),
        (RULE, "disposal:", "disposals:", 29, "`disposals` is not known in the file.", "Did you mean `disposal`?"),
        (RULE, "{limit: p2p.natural_person_one_platform_cny}", "{limit: p2p.natural_person_one_platform}", 16,
         "The parameter `p2p.natural_person_one_platform` does not exist.",
         "Did you mean `p2p.natural_person_one_platform_cny`?"),
        (RULE, "borrower_kind = 'natural'", "borrower_knd = 'natural'", 18, "A column is unknown:", "`loan_book` has"),
        (RULE, "FROM loan_book", "FROM loan_books", 18, "The table `loan_books` is not filed.", "Known tables:"),
        (RULE, ":limit AS threshold", ":limitt AS threshold", 18, "`:limitt` has no parameter.",
         "Add `limitt: <key>` under `parameters`."),
        (RULE, "AS measured", "AS meassured", 18, "The query does not return `measured`.", "Name the columns with AS."),
        (RULE, "expect: failed", "expect: passed", 35,
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
        ("deadlines.yaml", "calendar: cn-working-days", "calendar: cn-working-day", 15,
         "The calendar `cn-working-day` is not in calendars/.", "Did you mean `cn-working-days`?"),
        ("deadlines.yaml", "    to: 2020-03-01\n", "", None,
         "Two rows of `complaint.answer` hold on the same days for the same business line.", "End the earlier row"),
        ("regions.yaml", "zh: 北京市, en: Beijing", "zh: 北京市, eng: Beijing", 8, "`eng` is not known",
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
    assert matching[0].line == line or (line is None and matching[0].line > 1)  # None: a file that grows


def test_a_syntax_error_names_the_line(spoilt):
    problems = spoilt(RULE, "severity: major", "severity: major: more")
    assert [(problem.file, problem.line) for problem in problems] == [(RULE, 14)]
    assert "not valid YAML" in problems[0].message


def test_a_missing_file_is_named(tmp_path: Path):
    shutil.copytree(pack_path("cn"), tmp_path / "cn")
    (tmp_path / "cn" / "authorities.yaml").unlink()
    problems = pack_check(tmp_path / "cn")
    assert [str(problem) for problem in problems] == [
        "authorities.yaml:1: The file is missing. Write it; its form is schema/authorities.json."
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
    assert [(problem.file, problem.line) for problem in problems] == [("rules/conventions/CONV-08.yaml", 24)]
    assert "Example `at the level` (恰在关注线): expected passed, got failed" in problems[0].message


def test_the_version_of_a_rule_does_not_depend_on_line_ends():
    assert rule_from_text(rule_text()).sha256 == rule_from_text(rule_text().replace("\n", "\r\n")).sha256
    assert rule_from_text(rule_text()).sha256 != rule_from_text(rule_text(limit=37)).sha256


CLAUSES = """\
instrument: P2P16
clauses:
  - article: "10(1)"
    facts: [P2P16-03]
    kind: prohibition
    subject: conduct
    lines: [p2p_lending]
    title: {zh: 不得自融, en: No lending to itself}
    text: {zh: 平台不得为自身融资。, en: A platform does not raise money for itself.}
    from: 2016-08-17
    to: null
    verified: true
    text_status: final
  - facts: [P2P16-03]
    kind: definition
    subject: access
    lines: [p2p_lending]
    title: {zh: 定义, en: Definition}
    text: {zh: 同一事实的另一条。, en: Another clause of the same fact.}
    from: 2016-08-17
    verified: false
    text_status: memory
"""


def grown(folder: Path, files: dict[str, str]) -> Path:
    """The shipped pack without its own clauses, with files added."""
    shutil.copytree(pack_path("cn"), folder / "cn")
    shutil.rmtree(folder / "cn/clauses", ignore_errors=True)
    for name, text in files.items():
        (folder / "cn" / name).parent.mkdir(exist_ok=True)
        (folder / "cn" / name).write_text(text, "utf-8")
    return folder / "cn"


def test_clauses_are_read_with_unique_keys_and_lines(tmp_path: Path):
    pack = read_pack(grown(tmp_path, {"clauses/P2P16.yaml": CLAUSES}))
    assert [(clause.key, clause.line, clause.subject) for clause in pack.clauses] == [
        ("P2P16-03", 3, "conduct"), ("P2P16-03#2", 14, "access"),
    ]  # fmt: skip
    first = pack.clauses[0]
    assert (first.article, first.valid_to, first.verified, first.article_verified) == ("10(1)", None, True, False)


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("instrument: P2P16", "instrument: P2P61", 1, "The instrument `P2P61` is not in instruments.yaml."),
        ("[p2p_lending]", "[all]", 7, "`clauses[1].lines[1]` is `all`, which is not allowed."),
        ("[p2p_lending]", "[]", 7, "`clauses[1].lines`"),
        ("kind: prohibition", "kind: ban", 5, "`clauses[1].kind` is `ban`, which is not allowed."),
        ("to: null", "to: 2016-08-17", 11, "`to: 2016-08-17` is not after `from: 2016-08-17`."),
        ("verified: false", "verified: true", 21, "A memory cannot be verified."),
    ],
)  # fmt: skip
def test_a_wrong_clause_is_named_with_its_line(tmp_path: Path, old: str, new: str, line: int, message: str):
    with pytest.raises(PackInvalid) as invalid:
        read_pack(grown(tmp_path, {"clauses/P2P16.yaml": CLAUSES.replace(old, new, 1)}))
    found = [(problem.file, problem.line) for problem in invalid.value.problems if message in problem.message]
    assert found == [("clauses/P2P16.yaml", line)]


@pytest.mark.parametrize("name", ["instruments", "deadlines", "mandates"])
def test_a_file_may_become_a_folder(tmp_path: Path, name: str):
    folder = grown(tmp_path, {})
    before = read_pack(folder)
    (folder / name).mkdir(exist_ok=True)
    (folder / f"{name}.yaml").rename(folder / name / "all.yaml")
    after = read_pack(folder)
    assert len(getattr(after, name)) == len(getattr(before, name)) > 0


def test_an_instrument_in_two_files_is_refused(tmp_path: Path):
    twin = (pack_path("cn") / "instruments.yaml").read_text("utf-8")
    with pytest.raises(PackInvalid) as invalid:
        read_pack(grown(tmp_path, {"instruments/twin.yaml": twin}))
    assert "is defined twice in the pack." in invalid.value.problems[0].message


def test_a_rule_says_its_subject():
    rule = rule_from_text(rule_text().replace("subject: conduct", "subject: funds"))
    assert rule.subject == "funds"
    with pytest.raises(PackInvalid, match=r"`subject` is missing in the file\. Add `subject: access \| conduct \|"):
        rule_from_text(rule_text().replace("subject: conduct\n", ""))
    assert rule_from_text(rule_text().replace("subject: conduct\n", ""), is_stored=True).subject == ""
    with pytest.raises(PackInvalid, match="`subject` is `money`"):
        rule_from_text(rule_text().replace("subject: conduct", "subject: money"))
