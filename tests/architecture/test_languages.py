"""Both languages, complete: every text of gettext has a Chinese form, and what is compiled is current."""

import ast
import re
import subprocess
from collections.abc import Iterator
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext, pgettext

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("*/locale/*/LC_MESSAGES/django.po", "*/site/locale/*/LC_MESSAGES/django.po")
CATALOGUES = sorted(file for place in PLACES for file in ROOT.glob(place))
APPS = (
    "common", "rulebook", "regulators", "platforms", "selfdiscipline", "complaints", "riskmodels", "cases", "config",
)
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}
SAME_IN_BOTH = re.compile(r"[\W\d_]*|API|CSV|PDF|JSON|Lianxi.*|English|ID|URL|OpenAPI.*|p|%s|SHA-256|sha-256")
TAG = re.compile(r"{%\s*(?:trans|translate)\s+(\"[^\"]*\"|'[^']*')")


def in_python(file: Path) -> Iterator[tuple[str, str]]:
    """(context, text) of every gettext call with a literal."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name not in CALLS or not all(isinstance(part, ast.Constant) for part in node.args):
            continue
        values = [part.value for part in node.args]
        yield (values[0], values[1]) if name.startswith("pgettext") else ("", values[0])


def texts(app: str) -> set[tuple[str, str]]:
    found: set[tuple[str, str]] = set()
    for file in (ROOT / app).rglob("*.py"):
        if "migrations" not in file.parts:
            found.update(in_python(file))
    for file in (ROOT / app).rglob("*.html"):
        found.update(("", match[1:-1]) for match in TAG.findall(file.read_text("utf-8")))
    return found


def in_chinese(context: str, text: str) -> str:
    return pgettext(context, text) if context else gettext(text)


@pytest.mark.parametrize("app", APPS)
def test_every_text_has_a_chinese_form(app: str):
    with translation.override("zh-hans"):
        missing = sorted(t for c, t in texts(app) if in_chinese(c, t) == t and not SAME_IN_BOTH.fullmatch(t))
    assert missing == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT).parts[:-4]))
def test_catalogues_are_complete_and_compiled(catalogue: Path, tmp_path: Path):
    text = catalogue.read_text("utf-8")
    assert "#, fuzzy" not in text
    assert re.findall(r'msgid "(.+)"\nmsgstr ""\n(?!")', text) == []
    compiled = tmp_path / "django.mo"
    try:
        subprocess.run(["msgfmt", "-o", str(compiled), str(catalogue)], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("msgfmt (gettext) is not installed, so the compiled catalogue cannot be compared")
    assert compiled.read_bytes() == catalogue.with_suffix(".mo").read_bytes()


def said_by_app() -> dict[tuple[str, str], dict[str, str]]:
    """Every (context, text) with the Chinese form each catalogue gives it."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for catalogue in CATALOGUES:
        with catalogue.with_suffix(".mo").open("rb") as file:
            known = GNUTranslations(file)._catalog  # type: ignore[attr-defined]
        for key, said in known.items():
            text = key[0] if isinstance(key, tuple) else key
            context, _mark, plain = text.rpartition("\x04")
            if plain and not (isinstance(key, tuple) and key[1]):
                found.setdefault((context, plain), {})[str(catalogue.relative_to(ROOT).parts[:-4])] = said
    return found


def test_no_text_has_two_chinese_forms_in_different_apps():
    """Django merges the catalogues, so one app's word would silently stand on another app's page."""
    torn = {key: said for key, said in said_by_app().items() if len(set(said.values())) > 1}
    assert torn == {}, "Choose one word, or give one of them a context (pgettext)."


def test_words_whose_meaning_depends_on_the_place_have_contexts():
    with translation.override("zh-hans"):
        assert (gettext("Open"), pgettext("filing", "Open")) == ("待办", "待上传")
        assert (gettext("Closed"), pgettext("finding", "Closed")) == ("已结案", "已关闭")
        assert (gettext("name"), pgettext("person", "name")) == ("名称", "姓名")
        assert (gettext("subject"), pgettext("area of law", "subject")) == ("事项", "监管事项")
        assert (gettext("persons"), pgettext("unit", "persons")) == ("人数", "人")
