"""Ten thousand generated attacks on the rule sandbox: what is accepted is really run, and nothing gets out."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rulebook.compiler import NotCompilable, ParametersOn, compile_rule
from rulebook.compiler.language import as_query, parse
from rulebook.packs import read_pack
from tests.faults.sql_attacks import Attacks
from tests.faults.sql_trial import Outcome, Trial, texts

SEED = 20170710
ATTACKS = int(os.environ.get("LIANXI_FUZZ_ATTACKS", "10000"))  # `.ci/run` takes fewer, to stay below its time
ON = date(2018, 6, 30)


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    """Canaries and a jail."""
    made = Trial(tmp_path / "t")
    yield made
    made.close()


def rules() -> list[str]:
    """The SQL of real rules, row conditions as the queries they are vetted as."""
    pack, found = read_pack("cn"), []
    calendar = next(iter(pack.calendars.values()), None)
    for rule in pack.rules:
        if rule.form not in ("row", "sql") or rule.template not in ("loan_book", "fund_ledger"):
            continue
        try:
            check = compile_rule(rule, ParametersOn(ON, pack.parameters, with_unconfirmed=True), calendar)
        except NotCompilable:
            continue
        tree = parse(check["sql"])
        found.append((as_query(tree, rule.template) if rule.form == "row" else tree).sql(dialect="duckdb"))
    return texts(found)


def report(outcome: Outcome) -> None:
    """Prints the figures and asserts that nothing got out."""
    print("\n" + "\n".join(outcome.lines()))
    assert outcome.escapes == []


def test_three_hundred_attacks_leave_no_escape(trial: Trial) -> None:
    outcome = trial.run(Attacks(SEED + 1, rules()), 300)
    report(outcome)
    assert sum(outcome.refused.values()) > 200
    assert outcome.ended["answered"] > 10


@pytest.mark.faults
def test_ten_thousand_attacks_leave_no_escape(trial: Trial) -> None:
    outcome = trial.run(Attacks(SEED, rules()), ATTACKS)
    report(outcome)
    assert sum(outcome.refused.values()) + sum(outcome.accepted.values()) == ATTACKS
    assert min(outcome.refused[kind] for kind in outcome.refused) > 0
    assert outcome.ended["answered"] > ATTACKS // 20


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("SELECT * FROM hidden_secret", "canary"),
        ("CREATE MACRO abs(x) AS 42", "changed"),
        ("SET VARIABLE x = 1", "changed"),
        ("SELECT * FROM read_csv('{files}/canary.csv')", "lock"),
        ("SELECT version() AS a", "machine"),
    ],
)
def test_the_trial_would_notice(trial: Trial, sql: str, word: str) -> None:
    """Each canary sings when the vetting is left out: a fuzz that cannot fail proves nothing."""
    made = sql.replace("{files}", str(trial.files))
    assert word in trial._told(trial.jail.run("raw_query", trial._asked(made)))


def test_the_trial_would_notice_another_table_or_statement(trial: Trial) -> None:
    assert "hidden_secret" in trial._parsed_otherwise("SELECT * FROM hidden_secret")
    assert "something else" in trial._parsed_otherwise("DROP VIEW loan_book")
    assert trial._parsed_otherwise("WITH a AS (SELECT loan_id FROM loan_book) SELECT loan_id FROM a") == ""
