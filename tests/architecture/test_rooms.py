"""The same rooms in every app; an extra room needs a reason here."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "models", "choices", "workflow", "services", "selectors", "facts", "permissions", "events", "subscribers", "api",
    "admin", "public", "tasks", "jobs", "apps", "migrations", "locale", "templates", "static", "management", "sql",
    "__init__", "__pycache__",
}
EXTRA = {
    "rulebook": {
        "coverage": "lines × subjects with rules, gaps, overlaps; pure",
        "home": "the pack this installation lives by, pure",
        "timeline": "clocks read from event logs, pure",
        "clocks": "the deadline engine, pure", "calendars": "working days, pure", "packs": "pack data and its reader",
        "compiler": "rule + parameters → check", "schema": "JSON Schemas of pack files",
        "entries": "parsed pack entries",
        "sources": "YAML with line numbers",
        "wording": "a legal basis in words", "pictures": "findings before and after a draft, inline SVG",
    },
    "regulators": {
        "charter": "rules of the joint meeting from the pack, pure", "evaluation": "before and after, pure",
        "svg": "the evaluation of a rule as a picture", "pictures": "the tree of authorities as a picture",
        "showing": "context shared by staff and public pages",
    },
    "riskmodels": {
        "features": "pure features", "coordinate": "pure risk coordinate", "training": "fitting, no Django",
        "fitting": "fitting sets, no Django", "scoring": "pure scoring", "panel": "column mapping of the 2017 panel",
        "modelfile": "model files with a registered hash", "reasons": "reason texts", "winsor": "robust scaling",
        "svg": "the risk map as a picture",
    },
    "platforms": {"pictures": "readings as bars, inline SVG", "wording": "words for codes and figures"},
    "cases": {"desk": "the officer's desk, home page of the admin"},
}
APPS = ("rulebook", "regulators", "platforms", "selfdiscipline", "complaints", "riskmodels", "cases")


@pytest.mark.parametrize("app", APPS)
def test_rooms_are_known(app: str):
    found = {p.stem if p.is_file() else p.name for p in (ROOT / app).iterdir()}
    assert found - ROOMS - set(EXTRA.get(app, {})) == set()


@pytest.mark.parametrize("app", APPS)
def test_files_stay_readable(app: str):
    long = [
        f"{f.relative_to(ROOT)}: {n}" for f in (ROOT / app).rglob("*.py")
        if "migrations" not in f.parts and (n := len(f.read_text("utf-8").splitlines())) > 500
    ]
    assert long == []


def test_tasks_are_short():
    for file in ROOT.glob("*/tasks.py"):
        assert len(file.read_text("utf-8").splitlines()) < 60, file
