"""How answers and problems look on the terminal."""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from lianxi_filer.checking import RowProblem
from lianxi_filer.checking.files import shown
from lianxi_filer.command.words import problem_texts, say
from lianxi_filer.problems import FilerProblem


def print_json(out: TextIO, document: object) -> None:
    """A document for scripts."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str), file=out)


def print_problem(err: TextIO, problem: FilerProblem, language: str) -> None:
    """A problem as sentence and cure, with its bad fields, code and reference."""
    title, original, cure = problem_texts(problem.code, problem.title, problem.cure, language)
    print(f"{say('Problem', language)}: {title}", file=err)
    for line in (original, problem.detail):
        if line and line not in {problem.title, problem.cure} - {original}:
            print(f"  {line}", file=err)
    for item in problem.errors:
        place = item.field if item.row is None else f"{item.field} ({say('row', language)} {item.row})"
        message = "" if item.message == problem.title else item.message
        print(" ".join(part for part in (f"  - {place}:", message, item.cure) if part), file=err)
    if cure and cure not in {item.cure for item in problem.errors}:
        print(f"{say('What to do', language)}: {cure}", file=err)
    reference = f"  {say('Reference', language)}: {problem.instance}" if problem.instance else ""
    print(f"{say('Code', language)}: {problem.code}{reference}", file=err)


def row_line(problem: RowProblem, language: str) -> Sequence[str]:
    """The cells of one dry-run problem: row, field, what is wrong, what to do."""
    place = say("file", language) if problem.row is None else str(problem.row)
    return place, shown(problem.field), problem.message(language), problem.cure(language)


def filing_line(filing: Mapping[str, Any], language: str) -> str:
    """A filing in one sentence."""
    return say(
        "{template} {period}, revision {revision}: {state}",
        language,
        template=filing.get("template", "?"),
        period=filing.get("period", "?"),
        revision=filing.get("revision", "?"),
        state=say(str(filing.get("state", "?")), language),
    )


def counts_line(filing: Mapping[str, Any], language: str) -> str:
    """Rows and findings of a decided filing in one sentence."""
    rows, found = filing.get("rows") or {}, filing.get("findings") or {}
    return say(
        "Rows: {total}, rejected {rejected}. Findings: {blocking} blocking, {major} major, {minor} minor.",
        language,
        **{name: rows.get(name, 0) for name in ("total", "rejected")},
        **{name: found.get(name, 0) for name in ("blocking", "major", "minor")},
    )


def finding_text(finding: Mapping[str, Any], language: str) -> str:
    """A finding in a few lines: rule and title, figures, legal basis, rows."""
    basis, numbers = finding.get("legal_basis") or {}, [str(row) for row in finding.get("row_numbers") or ()]
    source = " ".join(in_language(basis.get(part), language) for part in ("instrument", "article")).strip()
    figures = [f"{say(name, language)} {finding.get(name)}" for name in ("measured", "threshold")]
    if finding.get("subject"):
        figures.insert(0, str(finding["subject"]))
    rows = ", ".join(numbers) + (" …" if int(finding.get("count") or 0) > len(numbers) else "")
    lines = [
        f"[{finding.get('severity')}] {finding.get('rule')} {in_language(finding.get('title'), language)}",
        f"    {', '.join(figures)}",
        f"    {say('legal basis', language)}: {source}" if source else "",
        f"    {say('rows', language)} ({finding.get('count')}): {rows}" if numbers else "",
    ]
    return "\n".join(line for line in lines if line)


def in_language(text: object, language: str) -> str:
    """A plain text, or the right half of a {"zh", "en"} pair."""
    if isinstance(text, Mapping):
        return str(text.get(language) or text.get("en") or "")
    return "" if text is None else str(text)


def table(rows: Iterable[Sequence[str]]) -> str:
    """Columns side by side; Chinese characters count as two."""
    lines = [list(row) for row in rows]
    widths = [max(_width(cell) for cell in column) for column in zip(*lines, strict=True)]
    return "\n".join(_padded(line, widths) for line in lines)


def _padded(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True))
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
