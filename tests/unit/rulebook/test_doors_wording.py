"""Messages about a text in Chinese: every pattern is one, and the editor's usual ones have a translation."""

import re

import pytest
from django.utils import translation

from analytics.contracts import templates
from rulebook.packs import shipped_bodies
from rulebook.services import draft_examples, draft_report
from rulebook.wording import _patterns, choice_word, issuers_said, problem_said
from tests.factories.rulebook import cn_loaded, cn_pack
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


def test_every_choice_of_every_template_has_words_in_both_languages():
    choices = [column.choices for one in templates() for column in one.columns if column.type == "choice"]
    codes = {code for group in choices for code in group}
    silent = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            silent += [code for code in sorted(codes) if not choice_word(code) or (
                choice_word(code) == code and language == "zh-hans")]  # fmt: skip
    assert silent == []
    assert choice_word("CNY") == "CNY"


def test_an_issuer_is_named_and_an_unknown_one_stands_by_its_code():
    with translation.override("zh-hans"):
        assert issuers_said(["PBOC", "NPCSC", "XYZ"], "cn") == "中国人民银行, 全国人民代表大会常务委员会, XYZ"
    issuers = {code for row in cn_pack().instruments.values() for code in row.issuers}
    assert issuers - set(shipped_bodies("cn")) == set()
