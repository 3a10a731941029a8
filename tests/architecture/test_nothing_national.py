"""Nothing of one country is wired into code: bodies, money, calendars, zones and places come from packs.

The words are not listed here; they are read from every shipped pack. Docstrings and comments may name examples. What is
unavoidable stands below with its reason.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
CODE = (
    "common", "analytics", "rulebook", "regulators", "platforms", "selfdiscipline", "complaints", "riskmodels",
    "cases", "config", "filer",
)
SKIPPED = {"packs", "demo", "migrations", "tests", "__pycache__", "build"}
WHOLE_COUNTRY = "000000"  # the system's own mark for "everywhere in the pack"
EXAMPLE = "an example in a message that says which form is wanted"
PANEL = "maps or names one published data set of one market, in that market's money; no rule depends on it"
COLUMN = "a column's default as the first migration wrote it; services give the money of the home pack"
ALLOWED: dict[str, tuple[set[str], str]] = {
    "common/money.py": ({"CNY"}, EXAMPLE),
    "complaints/models/complaint.py": ({"CNY"}, COLUMN),
    "complaints/services/filing.py": ({"110000"}, EXAMPLE),
    "filer/src/lianxi_filer/command/main.py": ({"110000"}, EXAMPLE),
    "platforms/services/registration.py": ({"110000"}, EXAMPLE),
    "regulators/api/views.py": ({"110000"}, EXAMPLE),
    "riskmodels/coordinate.py": ({"CNY"}, PANEL),
    "riskmodels/features.py": ({"CNY"}, PANEL),
    "riskmodels/fitting.py": ({"CNY"}, PANEL),
    "riskmodels/models/scores.py": ({"CNY"}, PANEL),
    "riskmodels/panel.py": ({"CNY"}, PANEL),
    "riskmodels/selectors.py": ({"CNY"}, PANEL),
    "riskmodels/services/scores.py": ({"CNY"}, PANEL),
    "riskmodels/svg.py": ({"CNY"}, PANEL),
    "riskmodels/training.py": ({"CNY"}, PANEL),
    "rulebook/management/calendar_export.py": (
        {"Asia/Shanghai", "cn-working-days"}, "a maintainer's tool that writes the calendar of one pack from a library",
    ),
    "rulebook/public/showing.py": ({"CNY"}, "the word for a unit; a unit without a word shows its code"),
    "selfdiscipline/models.py": ({"CNY"}, COLUMN),
}


@cache
def national_words() -> frozenset[str]:
    """Codes of bodies, regions, currencies, calendars and zones in all shipped packs."""
    found: set[str] = set()
    for folder in (path.parent for path in (ROOT / "rulebook/packs").glob("*/pack.yaml")):
        card = _yaml(folder / "pack.yaml")
        found |= {card["currency"], card["calendar"], card["zone"]}
        found |= {path.stem for path in (folder / "calendars").glob("*.yaml")}
        found |= {row["code"] for row in _yaml(folder / "regions.yaml")["regions"]}
        bodies = _yaml(folder / "authorities.yaml")
        found |= {row["code"] for row in bodies["authorities"]}
        found |= {row["code"].partition("-")[0] for row in bodies.get("generated", ())}
    return frozenset(found - {WHOLE_COUNTRY})


@cache
def currencies() -> set[str]:
    """The money of every shipped pack."""
    return {_yaml(path)["currency"] for path in (ROOT / "rulebook/packs").glob("*/pack.yaml")}


def _yaml(path: Path) -> dict:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def modules() -> Iterator[Path]:
    for package in CODE:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not SKIPPED & set(path.relative_to(ROOT).parts):
                yield path


def named(path: Path) -> set[str]:
    """National words in the strings of a module (docstrings left out) and in the parts of its names."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            found |= set(re.findall(r"[A-Za-z0-9_/-]+", node.value)) & national_words()
        names = [getattr(node, field, None) for field in ("id", "attr", "name", "arg")]
        for name in filter(lambda one: isinstance(one, str), names):
            found |= {part.upper() for part in str(name).split("_")} & currencies()
            found |= {str(name)} & national_words()
    return found


def test_no_module_names_a_country():
    found = {path.relative_to(ROOT).as_posix(): words for path in modules() if (words := named(path))}
    foreign = {name: words - ALLOWED.get(name, (set(), ""))[0] for name, words in found.items()}
    assert {name: words for name, words in foreign.items() if words} == {}


def test_every_exception_is_needed_and_has_a_reason():
    for name, (words, reason) in ALLOWED.items():
        assert words <= named(ROOT / name), name
        assert len(reason) > 20, name


def test_the_words_come_from_every_pack():
    packs = {path.parent.name for path in (ROOT / "rulebook/packs").glob("*/pack.yaml")}
    assert packs >= {"cn"}
    assert {"CNY", "Asia/Shanghai", "PBOC", "110000", "cn-working-days"} <= national_words()
