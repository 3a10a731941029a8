"""`lianxi-filer check`: the dry run. Reads the contract, never sends the file."""

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from lianxi_filer.checking import Contract, FileCheck, RowProblem
from lianxi_filer.command.actions import DONE, NOT_IN_ORDER, Session
from lianxi_filer.command.output import row_line
from lianxi_filer.command.words import say
from lianxi_filer.problems import FilerProblem


def check(session: Session) -> int:
    """Check a file against its contract row by row; print row, field, problem, cure."""
    flags = session.flags
    document = _contract_file(flags.contract) if flags.contract else session.reader.template(flags.template)
    checking = FileCheck(Contract.from_json(document), flags.file, flags.period)
    with session.bar() as bar:
        found = list(islice(checking.problems(bar), flags.limit + 1))
    listed, is_more = found[: flags.limit], len(found) > flags.limit
    session.print_json(
        {
            "rows": checking.rows,
            "complete": not is_more,
            "problems": [_as_json(problem, session.language) for problem in listed],
        }
    )
    if not session.flags.json:
        _print_table(session, listed)
    if is_more:
        session.print("… and more: only the first {limit} problems are listed (--limit).", limit=flags.limit)
    if found:
        session.print(
            "Rows: {rows}. Problems: {count}. Nothing was sent.", rows=checking.rows, count=len(listed)
        )
        return NOT_IN_ORDER
    session.print("Rows: {rows}. Nothing to correct. Nothing was sent.", rows=checking.rows)
    session.print("Supervisory rules are checked on the server after submission.")
    return DONE


def _print_table(session: Session, problems: Iterable[RowProblem]) -> None:
    header = [say(name, session.language) for name in ("row", "field", "what is wrong", "what to do")]
    rows = [row_line(problem, session.language) for problem in problems]
    if rows:
        print("\t".join(header), file=session.out)
    for row in rows:
        print("\t".join(row), file=session.out)


def _as_json(problem: RowProblem, language: str) -> dict[str, Any]:
    return {
        "row": problem.row,
        "field": problem.field,
        "code": problem.code,
        "message": problem.message(language),
        "cure": problem.cure(language),
    }


def _contract_file(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FilerProblem(
            "filer.contract",
            f"{path} is no template contract",
            detail=str(error),
            cure="Save it with: lianxi-filer template NAME --out FILE",
        ) from error
