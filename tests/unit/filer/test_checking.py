"""The dry run: every kind of fault is found on the right row and field, and nothing else is."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from lianxi_filer import FilerProblem
from lianxi_filer.checking import Contract, FileCheck, RowProblem
from lianxi_filer.checking.texts import _EN, _ZH, texts_of

TOKEN = "[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}"
CONTRACT: dict[str, Any] = {
    "name": "loan_book",
    "period_kind": "month",
    "period_column": "contract_date",
    "key": ["loan_id"],
    "max_rows": None,
    "columns": [
        {"name": "loan_id", "type": "token", "stored_as": "VARCHAR", "nullable": False, "pattern": TOKEN},
        {"name": "borrower_token", "type": "token", "required": False, "pattern": TOKEN},
        {"name": "amount", "type": "amount", "stored_as": "DECIMAL(18,2)", "nullable": False, "minimum": "0"},
        {"name": "rate", "type": "percent", "stored_as": "DECIMAL(9,4)", "maximum": "100"},
        {"name": "term", "type": "integer", "stored_as": "BIGINT", "required": False},
        {"name": "contract_date", "type": "date", "stored_as": "DATE", "required": False},
        {"name": "issue_month", "type": "month", "required": False},
        {"name": "status", "type": "choice", "required": False, "choices": ["current", "paid"]},
        {"name": "guaranteed", "type": "flag", "required": False},
        {"name": "purpose", "type": "text", "required": False, "maximum_length": 5},
    ],
}
GOOD = "loan_id,amount,rate\nL-1,100.00,10.5\nL-2,0,\n"


def problems(content: str | bytes, tmp_path: Path, period: str = "", **changes: Any) -> list[RowProblem]:
    path = tmp_path / "book.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return list(FileCheck(Contract.from_json({**CONTRACT, **changes}), path, period).problems())


def cell(column: str, value: str, tmp_path: Path) -> tuple[str, str] | None:
    """Code and expectation of one cell beside good ones."""
    cells = {"loan_id": "L-1", "amount": "1", "rate": "1", column: value}
    content = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    found = problems(content, tmp_path)
    assert [(problem.row, problem.field) for problem in found] == ([(1, column)] if found else [])
    return (found[0].code, found[0].expected) if found else None


def test_a_good_file_has_no_problem(tmp_path: Path):
    path = tmp_path / "book.csv"
    path.write_text(GOOD)
    checking = FileCheck(Contract.from_json(CONTRACT), path)
    assert list(checking.problems()) == []
    assert (checking.rows, checking.bad_rows) == (2, 0)


@pytest.mark.parametrize(
    "content", [GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, GOOD + "\n\n", GOOD.rstrip("\n")]
)
def test_line_ends_byte_order_mark_and_blank_end_are_fine(content: str, tmp_path: Path):
    assert problems(content, tmp_path) == []


def test_gzip_is_read_too(tmp_path: Path):
    assert problems(gzip.compress(GOOD.encode()), tmp_path) == []


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("loan_id", "", ("value.missing", "")),
        ("loan_id", "L 1", ("text.pattern", TOKEN)),
        ("loan_id", "=1", ("text.formula", "")),
        ("borrower_token", "13800138000", ("text.personal", "")),
        ("borrower_token", "bt-9f3c", None),
        ("borrower_token", "", None),
        ("amount", "", ("value.missing", "")),
        ("amount", "-0.01", ("value.below_minimum", "0")),
        ("amount", "1.005", ("number.decimals", "2")),
        ("amount", "9999999999999999.99", None),
        ("amount", "10000000000000000", ("number.digits", "16")),
        ("amount", "1e5", ("number.exponent", "")),
        ("amount", "NaN", ("number.not_finite", "")),
        ("amount", "１２", ("number.fullwidth", "")),
        ("amount", " 1", ("value.spaces", "")),
        ("amount", "1_000", ("number.thousands", "")),
        ("amount", "+1", ("number.form", "")),
        ("amount", "1.", ("number.form", "")),
        ("rate", "100", None),
        ("rate", "100.0001", ("value.above_maximum", "100")),
        ("term", "12", None),
        ("term", "12.5", ("number.decimals", "0")),
        ("contract_date", "2017-06-30", None),
        ("contract_date", "2017-06-31", ("date.unknown_day", "")),
        ("contract_date", "2017/06/30", ("date.form", "")),
        ("contract_date", "20170630", ("date.form", "")),
        ("issue_month", "2017-06", None),
        ("issue_month", "2017-13", ("month.form", "")),
        ("status", "paid", None),
        ("status", "PAID", ("value.not_listed", "current, paid")),
        ("status", "paid ", ("value.spaces", "")),
        ("guaranteed", "true", None),
        ("guaranteed", "1", ("flag.form", "")),
        ("purpose", "装修", None),
        ("purpose", "abcdef", ("text.too_long", "5")),
        ("purpose", "a\u200bb", ("text.control", "")),
    ],
)
def test_each_cell_is_judged(column: str, value: str, expected: tuple[str, str] | None, tmp_path: Path):
    assert cell(column, value, tmp_path) == expected


def test_a_personal_number_is_not_shown_back(tmp_path: Path):
    found = problems("loan_id,amount,rate,borrower_token\nL-1,1,1,13800138000\n", tmp_path)
    assert [problem.value for problem in found] == [""]


def test_rows_and_fields_are_named(tmp_path: Path):
    found = problems('loan_id,amount,rate\nL-1,1,1\nL-2,x\n\n"L-3,1,1\nL-1,2,2\n', tmp_path)
    assert [(problem.code, problem.row, problem.field) for problem in found] == [
        ("row.columns", 2, ""),
        ("row.blank", 3, ""),
        ("row.quotes", 4, ""),
        ("key.duplicate", 5, "loan_id"),
    ]
    assert found[0].message("en") == "2 cells instead of 3."
    assert found[3].message("zh") == "“L-1”再次出现。"


def test_a_quoted_comma_is_one_cell(tmp_path: Path):
    assert problems('loan_id,amount,rate,purpose\nL-1,1,1,"a,b"\n', tmp_path) == []


def test_the_header_is_judged_before_any_row(tmp_path: Path):
    found = problems("loan_id,rate,rate,colour\nnonsense\n", tmp_path)
    assert [(problem.code, problem.row, problem.field) for problem in found] == [
        ("header.duplicate_column", None, "rate"),
        ("header.unknown_column", None, "colour"),
        ("header.missing_column", None, "amount"),
    ]


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "file.empty", None),
        (b"loan_id,amount,rate\n", "file.no_rows", None),
        (b"loan_id;amount;rate\nL-1;1;1\n", "header.delimiter", None),
        (b'"loan_id,amount\n', "header.malformed", None),
        ("loan_id,amount,rate\nL-1,1,1\n平台,1,1\n".encode("gb18030"), "encoding.suspect", 2),
        ("loan_id,amount,rate\nL-1,1,1\n贷款,1,1\n".encode("gb18030"), "encoding.not_utf8", 2),
        (b"loan_id,amount,rate\nL-1,\x00,1\n", "file.nul", 1),
        (b"loan_id,amount,rate\nL-1\r,1,1\n", "file.line_ending", 1),
        (b"loan_id,amount,rate\n" + b"x" * (1024 * 1024 + 2), "file.line_too_long", 1),
        (b"PK\x03\x04rest", "media_type.mismatch", None),
        (gzip.compress(GOOD.encode(), mtime=0)[:-9], "gzip.corrupt", None),
    ],
)
def test_an_unreadable_file_ends_the_check(content: bytes, code: str, row: int | None, tmp_path: Path):
    found = problems(content, tmp_path)
    assert [(problem.code, problem.row) for problem in found][-1:] == [(code, row)]


def test_too_many_rows_are_told_once(tmp_path: Path):
    found = problems("loan_id,amount,rate\nL-1,1,1\nL-2,1,1\nL-3,1,1\n", tmp_path, max_rows=1)
    assert [(problem.code, problem.expected) for problem in found] == [("file.too_many_rows", "1")]


@pytest.mark.parametrize(
    ("kind", "period", "day", "fits"),
    [
        ("month", "2017-06", "2017-06-30", True),
        ("month", "2017-06", "2017-07-01", False),
        ("quarter", "2017Q2", "2017-04-01", True),
        ("quarter", "2017Q2", "2017-07-01", False),
        ("day", "2017-06-30", "2017-06-30", True),
        ("day", "2017-06-30", "2017-06-29", False),
    ],
)
def test_dates_must_lie_in_the_period(kind: str, period: str, day: str, fits: bool, tmp_path: Path):
    content = f"loan_id,amount,rate,contract_date\nL-1,1,1,{day}\n"
    found = problems(content, tmp_path, period, period_kind=kind)
    assert [problem.code for problem in found] == ([] if fits else ["period.mismatch"])


def test_a_period_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(FilerProblem) as caught:
        problems(GOOD, tmp_path, "2017Q2")
    assert caught.value.code == "filer.period"


def test_parquet_is_left_to_the_server(tmp_path: Path):
    with pytest.raises(FilerProblem) as caught:
        problems(b"PAR1...", tmp_path)
    assert caught.value.code == "filer.not_checkable"


@pytest.mark.parametrize("document", [None, {}, {"name": "a", "columns": [{}]}, {"name": "a", "columns": 1}])
def test_a_document_that_is_no_contract_is_refused(document: Any):
    with pytest.raises(FilerProblem) as caught:
        Contract.from_json(document)
    assert caught.value.code == "filer.contract"


def test_progress_counts_bytes(tmp_path: Path):
    path = tmp_path / "book.csv"
    path.write_text("loan_id,amount,rate\n" + "".join(f"L-{n},1,1\n" for n in range(4000)))
    steps: list[tuple[str, int, int]] = []
    checking = FileCheck(Contract.from_json(CONTRACT), path)
    assert list(checking.problems(lambda *step: steps.append(step))) == []
    size = path.stat().st_size
    assert len(steps) == 3
    assert steps[-1] == ("check", size, size)


def test_both_languages_say_everything():
    assert set(_EN) == set(_ZH)
    for code in _EN:
        for language in ("en", "zh"):
            for text in texts_of(code, language):
                assert text.format(value="v", expected="e")
