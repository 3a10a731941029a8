"""Every example of every rule runs on the engine that checks filings."""

import re
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from rulebook.compiler.examples import Compiled, differences, example_results
from rulebook.entries import Example, Rule
from rulebook.packs import read_pack
from tests.factories.rulebook import cn_pack

CASES = [(rule, example) for rule in cn_pack().rules for example in rule.examples]
COMPILED: dict[str, Compiled] = defaultdict(dict)


@cache
def results(rule_id: str, number: int) -> list[dict[str, Any]]:
    """What the engine says about an example of the shipped pack; examples of one day share the compiled check."""
    rule = cn_pack().rule(rule_id)
    return example_results(cn_pack(), rule, rule.examples[number], COMPILED[rule_id])


def results_of(rule: Rule, example: Example) -> list[dict[str, Any]]:
    """The same, for the example itself."""
    return results(rule.id, [one is example for one in rule.examples].index(True))


@pytest.mark.parametrize(
    ("rule", "example"), CASES, ids=[f"{rule.id}: {example.name['en']}" for rule, example in CASES]
)
def test_example(rule: Rule, example: Example):
    assert list(differences(example, results_of(rule, example))) == []


def test_every_executable_rule_shows_a_pass_and_a_failure():
    silent = [
        rule.id
        for rule in cn_pack().rules
        if rule.form != "question" and not {"passed", "failed"} <= {example.expect for example in rule.examples}
    ]
    assert silent == []


def test_the_examples_that_cannot_be_judged_say_why():
    reasons = [
        result["reason"]
        for rule, example in CASES
        if example.expect == "not_evaluable"
        for result in results_of(rule, example)
    ]
    assert len(reasons) >= 20
    assert all(reason["zh"] and reason["en"] for reason in reasons)


@pytest.mark.parametrize(("name", "examples"), [("cn", 396), ("id", 21), ("in", 16)])
def test_every_example_has_a_name_in_both_languages(name: str, examples: int):
    named = [(rule.id, example) for rule in read_pack(name).rules for example in rule.examples]
    assert len(named) == examples
    assert [one for one, example in named if not example.is_bilingual] == []
    in_chinese = re.compile("[\u4e00-\u9fff0-9]")
    assert [(one, example.name) for one, example in named if not in_chinese.search(example.name["zh"])] == []
    assert [(one, example.name) for one, example in named if not example.name["en"].isascii()] == []
    assert [(one, example.name) for one, example in named if example.name["zh"] == example.name["en"]] == []
