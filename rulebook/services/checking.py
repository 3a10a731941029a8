"""Check a pack without touching the database: form, names, dates, SQL and every example."""

from __future__ import annotations

from pathlib import Path

from rulebook import packs
from rulebook.compiler.examples import example_problems
from rulebook.sources import PackInvalid, Problem


def pack_check(path: Path | str) -> list[Problem]:
    """Return every problem of a pack (a folder, or the name of a shipped pack); an empty list means it may be loaded.

    A pack whose files are not well-formed is not run; otherwise each rule's examples run on the engine.
    """
    try:
        pack = packs.read_pack(path)
    except PackInvalid as invalid:
        return invalid.problems
    except ValueError as error:  # no shipped pack of that name; the text lists those there are
        return [Problem(str(path), 1, str(error), "Give a known name, or the path of a folder.")]
    return [problem for rule in pack.rules for problem in example_problems(pack, rule)]
