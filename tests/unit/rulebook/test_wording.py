"""A legal basis in words: instrument, article and how firm the source is, per language."""

from typing import Any

import pytest
from django.utils import translation

from rulebook.wording import article_label, basis_label, note_label, status_label

TITLES = {"GO15": {"zh": "指导意见", "en": "Guiding Opinions"}}


@pytest.mark.parametrize(
    ("article", "zh", "en"),
    [
        ("17", "第17条", "Art. 17"),
        ("2-5, 8", "第2-5, 8条", "Art. 2-5, 8"),
        ("10(3)", "第10条(3)", "Art. 10(3)"),
        ("26 (2015)", "第26条 (2015)", "Art. 26 (2015)"),
        ("逐业务点", "逐业务点", ""),
        (None, "", ""),
    ],
)
def test_an_article_in_each_language(article: str | None, zh: str, en: str):
    with translation.override("zh-hans"):
        assert article_label(article) == zh
    with translation.override("en"):
        assert article_label(article) == en


def test_a_basis_names_its_instrument_by_title_or_by_key():
    with translation.override("en"):
        assert basis_label({"instrument": "GO15", "article": "逐业务点"}, TITLES) == "Guiding Opinions"
        assert basis_label({"instrument": "GO15", "article": "8"}, {}) == "GO15 Art. 8"
        assert basis_label({}, TITLES) == ""


@pytest.mark.parametrize(
    ("basis", "zh", "en"),
    [
        ({"text_status": "final", "verified": True}, "正式文本 · 来源已核实", "Text in force · source confirmed"),
        ({"text_status": "final", "verified": False}, "正式文本 · 来源未核实", "Text in force · source not confirmed"),
        ({"text_status": "memory", "verified": False}, "凭记忆，未核对", "From memory, not confirmed"),
    ],
)
def test_how_firm_a_source_is(basis: dict[str, Any], zh: str, en: str):
    with translation.override("zh-hans"):
        assert status_label(basis) == zh
    with translation.override("en"):
        assert status_label({**basis, "note": None}) == en
        assert note_label({"note": None}) == ""
        assert note_label({"note": {"zh": "注", "en": "Seen."}}) == "Seen."
