"""Messages about a text in Chinese: every pattern is one, and the editor's usual ones have a translation."""

import re

import pytest
from django.utils import translation

from rulebook.services import draft_examples, draft_report
from rulebook.wording import _patterns, problem_said
from tests.factories.rulebook import cn_loaded
from tests.unit.rulebook.test_editing import BAD, TEXT

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def test_patterns_and_their_places_agree():
    for pattern, chinese in _patterns():
        assert CHINESE.search(chinese), chinese
        assert chinese.format(*["x"] * pattern.groups)


@pytest.mark.django_db
@pytest.mark.parametrize(("_what", "text", "_words"), BAD, ids=[what for what, _text, _words in BAD])
def test_the_editor_speaks_chinese(_what, text, _words):
    cn_loaded()
    with translation.override("zh-hans"):
        said = [(problem_said(item.message), problem_said(item.cure)) for item in draft_report(text).problems]
    assert said
    assert [pair for pair in said if not all(CHINESE.search(words) for words in pair)] == []


@pytest.mark.django_db
def test_a_wrong_example_is_said_in_chinese():
    cn_loaded()
    wrong = TEXT.replace("row_numbers: [2]", "row_numbers: [1]").replace("[{term_months: 36}]", "[{term_months: 40}]")
    rule = draft_report(wrong).rule
    assert rule is not None
    texts = [text for outcome in draft_examples(rule) for text in outcome.differences]
    with translation.override("zh-hans"):
        assert [problem_said(text) for text in texts] == ["预期通过，实际不通过", "row_numbers：预期 [1]，实际 [2]"]
    with translation.override("en"):
        assert [problem_said(text) for text in texts] == texts
