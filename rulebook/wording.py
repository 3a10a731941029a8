"""Words for one reader: a legal basis, how firm its source is, what is wrong with a text."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rulebook import packs
from rulebook.choices import TextStatus

# "26 (2015)" and "10(3)" have a number and a part behind it
_ARTICLE = re.compile(r"(?P<number>\d[\d\-, ]*?) ?(?P<part>\(.*\))?")


def said(text: Mapping[str, str] | None) -> str:
    """The reader's half of a pair of texts; empty when there is none."""
    key = "en" if (get_language() or "").startswith("en") else "zh"
    return (text or {}).get(key, "")


def article_label(article: str | None) -> str:
    """An article as the reader's language writes it; Chinese words stay out of an English text."""
    text = article or ""
    found = _ARTICLE.fullmatch(text)
    if found:
        part = found["part"] or ""
        label = _("Art. %(article)s") % {"article": found["number"]}
        is_year = bool(re.fullmatch(r"\(\d{4}\)", part))
        return f"{label} {part}" if is_year else f"{label}{part}"
    return text if text.isascii() or not (get_language() or "").startswith("en") else ""


def basis_label(basis: Mapping[str, Any], titles: Mapping[str, Mapping[str, str]]) -> str:
    """Title of the instrument (its key where the title is not known) and the article; empty for no basis."""
    key = str(basis.get("instrument") or "")
    return " ".join(filter(None, [said(titles.get(key)) or key, article_label(basis.get("article"))]))


def status_label(basis: Mapping[str, Any]) -> str:
    """Which kind of text the basis is, and whether somebody has seen it."""
    status = str(basis.get("text_status") or "")
    kind = str(TextStatus(status).label) if status in TextStatus.values else status
    if status in (TextStatus.CONVENTION, TextStatus.MEMORY):
        return kind
    seen = _("source confirmed") if basis.get("verified") else _("source not confirmed")
    return " · ".join(filter(None, [kind, seen]))


def note_label(basis: Mapping[str, Any]) -> str:
    """What the pack's writer adds to the basis; empty when nothing."""
    note = basis.get("note")
    return said(note) if isinstance(note, Mapping) else ""


def issuers_said(codes: Iterable[str], pack: str) -> str:
    """Issuing bodies by name; one that the pack does not list stands by its code."""
    names = packs.shipped_bodies(pack)
    return ", ".join(said(names.get(code)) or code for code in codes)


@cache
def _choice_words() -> Mapping[str, Mapping[str, str]]:
    path = Path(__file__).parent / "schema" / "choice_words.yaml"
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def choice_word(code: str) -> str:
    """The code of a choice column in words; one without a word, such as a currency, stands for itself."""
    return said(_choice_words().get(code)) or code


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = yaml.safe_load((Path(__file__).parent / "schema" / "problems_zh.yaml").read_text(encoding="utf-8"))
    return tuple((re.compile(row["en"], re.DOTALL), row["zh"]) for row in rows)


def problem_said(text: str) -> str:
    """A message about a text, made in English, in the reader's language; one nobody translated stays English."""
    if (get_language() or "").startswith("en"):
        return text
    for pattern, chinese in _patterns():
        found = pattern.fullmatch(text.strip())
        if found:
            return chinese.format(*(part or "" for part in found.groups()))
    return text
