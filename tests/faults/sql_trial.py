"""Runs accepted attacks in the jail, with canaries on every way out, and says what came of each."""

import contextlib
import os
import socket
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.contracts import template
from analytics.jail import Jail, JailFailure, JailLimits
from analytics.sandbox import SqlRefused, vet
from tests.faults.sql_attacks import Attacks
from tests.sql.books import book

CANARY = "CANARY-7c1f-escaped"
TABLES = ("loan_book", "fund_ledger")
LIMITS = JailLimits(wall_seconds=0.8, cpu_seconds=1, memory_mb=512, file_mb=1, answer_mb=1)
ROWS = 200
# the engine's words when its own lock is what stopped a query: the allow-list should have
LOCKED = ("disabled by configuration", "permission", "file system", "cannot open file", "io error")


@dataclass
class Outcome:
    """What came of a run of the fuzz."""

    refused: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    escapes: list[tuple[str, str, str]] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The figures in words."""
        kinds = sorted(self.refused | self.accepted)
        refused, accepted = sum(self.refused.values()), sum(self.accepted.values())
        head = f"{refused} refused, {accepted} accepted and run: {dict(self.ended)}"
        return [head, *(f"  {kind}: {self.refused[kind]} refused, {self.accepted[kind]} accepted" for kind in kinds),
                f"  escapes: {len(self.escapes)}"]  # fmt: skip


class Trial:
    """Canary files, sockets, an environment and a hidden table; a jail with a task for raw SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self._plant()
        self.paths = {name: [book(folder / "lake" / name, name, rows=ROWS, seed=7)] for name in TABLES}
        self.columns = {name: [*template(name).column_names, "row_number"] for name in TABLES}
        self.listener, self.unix = socket.socket(), socket.socket(socket.AF_UNIX)
        self.listener.bind(("127.0.0.1", 0))
        self.unix.bind(str(folder / "s"))
        self.calls: list[str] = []
        for one in (self.listener, self.unix):
            one.listen()
            threading.Thread(target=self._listen, args=(one,), daemon=True).start()
        self.jail = Jail("tests.unit.analytics.trial")
        self.oracle = duckdb.connect(config={"threads": 1})
        self.quiet = self.jail.run("raw_query", self._asked("SELECT 1"))["state"]
        self.seen = self._files()

    def _plant(self) -> None:
        (self.files / "canary.csv").write_text(f"content\n{CANARY}\n", encoding="utf-8")
        (self.files / "canary.json").write_text(f'{{"content": "{CANARY}"}}\n', encoding="utf-8")
        pq.write_table(pa.table({"content": [CANARY]}), self.files / "canary.parquet")
        with duckdb.connect(str(self.files / "canary.db")) as connection:
            connection.from_arrow(pa.table({"content": [CANARY]})).create("canary")

    def _listen(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                one.accept()
                self.calls.append(str(one.getsockname()))

    def _files(self) -> set[str]:
        return {str(path) for path in self.folder.rglob("*")}

    def close(self) -> None:
        """Ends the jail and the listeners."""
        self.jail.close()
        self.oracle.close()
        self.listener.close()
        self.unix.close()

    def run(self, attacks: Attacks, count: int) -> Outcome:
        """Vets so many attacks and really runs those that pass; two children at a time."""
        outcome = Outcome()
        with ThreadPoolExecutor(2) as pool:
            judged = pool.map(lambda given: self._one(*given), self._passed(attacks.attacks(count), outcome))
            for kind, sql, ended, escape in judged:
                outcome.ended[ended] += 1
                if escape:
                    outcome.escapes.append((kind, escape, sql))
        for path in self._files() - self.seen:
            outcome.escapes.append(("file", "a file appeared", path))
        for call in self.calls:
            outcome.escapes.append(("network", "a connection arrived", call))
        return outcome

    def _passed(self, attacks: Iterable[tuple[str, str]], outcome: Outcome) -> list[tuple[str, str, str]]:
        passed = []
        port = str(self.listener.getsockname()[1])
        for kind, text in attacks:
            sent = text.replace("{files}", str(self.files)).replace("{port}", port)
            sent = sent.replace("{socket}", str(self.folder / "s"))
            try:
                made = vet(sent, self.columns).sql
            except SqlRefused as refused:
                outcome.refused[kind] += 1
                if not (refused.reason and refused.cure):
                    outcome.escapes.append((kind, "a refusal without reason or cure", sent))
            else:
                outcome.accepted[kind] += 1
                passed.append((kind, sent, made))
                wrong = self._parsed_otherwise(made)
                if wrong:
                    outcome.escapes.append((kind, wrong, sent))
        return passed

    def _one(self, kind: str, sent: str, made: str) -> tuple[str, str, str, str]:
        """(class, SQL, how it ended, why it is an escape or "")."""
        try:
            found = self.jail.run("raw_query", self._asked(made), limits=LIMITS)
        except JailFailure as failure:
            crashed = failure.code == "crash" and "exit" in failure.detail
            return kind, sent, f"stopped ({failure.code})", "the child crashed" if crashed else ""
        ended = "refused by the engine" if found["refused"] else "answered"
        return kind, sent, ended, self._told(found)

    def _asked(self, sql: str) -> dict[str, Any]:
        return {"tables": self.paths, "sql": sql, "hidden": {"hidden_secret": [CANARY]}}

    def _parsed_otherwise(self, made: str) -> str:
        """The engine's own parser must see one SELECT over the given tables, as the allow-list did."""
        try:
            kinds = [statement.type for statement in self.oracle.extract_statements(made)]
        except duckdb.Error:
            return ""  # what the engine cannot read, it cannot run
        if kinds != [duckdb.StatementType.SELECT]:
            return "the engine sees something else than one SELECT"
        try:
            names = {name.lower() for name in self.oracle.get_table_names(made)}
        except duckdb.Error:
            return ""  # nor can it run what it cannot bind
        return "" if names <= set(TABLES) else f"the engine sees the tables {sorted(names)}"

    def _told(self, found: dict[str, Any]) -> str:
        text = str(found["rows"])
        if CANARY in text:
            return "a canary came out"
        machine = (f"v{duckdb.__version__}", os.environ.get("HOME", CANARY) + "/", "enable_external_access")
        if any(word in text for word in machine):
            return "something of the machine came out"
        if found["state"] != self.quiet:
            return "the session changed"
        refused = (found["refused"] or "").lower()
        return "only the engine's lock stopped it" if any(word in refused for word in LOCKED) else ""


def texts(rules: Sequence[str]) -> list[str]:
    """Rules over the trial's tables only."""
    return [rule for rule in rules if "_market" not in rule and any(name in rule for name in TABLES)]
