"""Sentences for the codes kept on a case."""

from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from analytics.contracts import template

_LOCALE = {"zh": "zh-hans", "en": "en"}


def template_title(name: str) -> str:
    """Title of a filing template in the reader's language; an unknown template stands for itself."""
    try:
        return in_reader_language(dict(template(name).title))
    except KeyError:
        return name


def indicator_title(name: str) -> str:
    """Title of a column of the monthly indicators in the reader's language; else its name."""
    titles = _indicator_titles()
    return in_reader_language(titles[name]) if name in titles else name


@cache
def _indicator_titles() -> dict[str, dict[str, str]]:
    return {column.name: dict(column.title) for column in template("monthly_indicators").columns}


def reason_text(entry: dict[str, Any]) -> str:
    """One reason of a case in the reader's language."""
    code = entry.get("code")
    if code == "findings":
        return _("Filing %(template)s of %(period)s: %(blocking)s blocking and %(major)s major findings.") % {
            "template": template_title(entry["template"]),
            "period": entry["period"],
            "blocking": entry["blocking"],
            "major": entry["major"],
        }
    if code == "area":
        return _area_text(entry)
    if code == "surge":
        return _("Complaints about this platform surged.")
    return str(entry.get("text", "")) or _("Opened by an officer.")


def _area_text(entry: dict[str, Any]) -> str:
    probability = entry.get("probability")
    if probability is None:
        return _("Risk area %(area)s: high probability and high impact.") % {"area": entry["area"]}
    return _("Risk area %(area)s: high impact, probability of failure %(probability)s %%.") % {
        "area": entry["area"],
        "probability": f"{100 * float(probability):.1f}",
    }


def reason_texts(summary: list[dict[str, Any]]) -> dict[str, str]:
    """All reasons of a case in both languages."""
    texts = {}
    for language, locale in _LOCALE.items():
        with translation.override(locale):
            texts[language] = (" " if language == "en" else "").join(reason_text(e) for e in summary)
    return texts


def in_reader_language(texts: dict[str, str]) -> str:
    """The zh or en text of a pair."""
    key = "zh" if (translation.get_language() or "").startswith("zh") else "en"
    return texts.get(key) or texts.get("en", "")
