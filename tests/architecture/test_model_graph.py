"""What import checkers cannot see: relations by string, get_model, and the dependencies of migrations."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
RANK = {
    "common": 0, "site_shell": 0, "rulebook": 2, "regulators": 3, "platforms": 4, "selfdiscipline": 5, "complaints": 5,
    "riskmodels": 6, "cases": 7, "lianxi_config": 8,
}


def points_upward(source: str, target: str) -> bool:
    """True when `source` reaches an app above it, or a neighbour of the same rank."""
    if source == target or source not in RANK or target not in RANK:
        return False
    return RANK[target] >= RANK[source] and not (RANK[target] == 0 == RANK[source])


def relations() -> Iterator[tuple[str, str, str]]:
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and field.related_model not in (None, "self"):
                yield model._meta.app_label, field.related_model._meta.app_label, f"{model.__name__}.{field.name}"


def test_relations_point_to_the_right():
    assert [name for source, target, name in relations() if points_upward(source, target)] == []


def test_the_check_sees_an_upward_relation():
    assert points_upward("regulators", "cases")
    assert points_upward("complaints", "selfdiscipline")
    assert not points_upward("cases", "platforms")


def test_migrations_depend_to_the_right():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    upward = [
        f"{label}.{name} → {needed}"
        for (label, name), migration in loader.disk_migrations.items()
        for needed, _ in migration.dependencies
        if points_upward(label, needed)
    ]
    assert upward == []


def test_migrations_are_named_for_what_they_do():
    loader = MigrationLoader(None, ignore_no_migrations=True)
    assert [key for key in loader.disk_migrations if key[0] in RANK and "auto" in key[1]] == []


def get_model_calls(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get_model":
            yield ast.unparse(node)


def _source_files() -> list[Path]:
    names = [name for name in RANK if (ROOT / name).is_dir()] + ["config", "analytics"]
    return [f for name in names for f in (ROOT / name).rglob("*.py") if "migrations" not in f.parts]


def test_no_get_model_by_string():
    found = [f"{f.name}: {call}" for f in _source_files() for call in get_model_calls(ast.parse(f.read_text("utf-8")))]
    assert found == []
    assert list(get_model_calls(ast.parse('apps.get_model("cases", "Case")'))) == ["apps.get_model('cases', 'Case')"]


def test_every_relation_to_another_app_is_written_as_a_string():
    for file in _source_files():
        if "models" not in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and ".models" in node.module:
                app = node.module.split(".")[0]
                assert app in (file.relative_to(ROOT).parts[0], "common", "django"), f"{file}: {node.module}"


SQL_WORDS = ("SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", "CREATE TABLE ")


def is_sql(text: str) -> bool:
    """A statement, not a sentence that begins with the same word."""
    return text.lstrip().startswith(SQL_WORDS) and (" FROM " in text or " SET " in text or " VALUES " in text)


@pytest.mark.parametrize("app", [*sorted(n for n in RANK if n not in ("lianxi_config", "site_shell")), "config"])
def test_no_sql_strings_in_python(app: str):
    found = []
    for file in (ROOT / app).rglob("*.py"):
        if "migrations" in file.parts:
            continue
        tree = ast.parse(file.read_text("utf-8"))
        docstrings = {ast.get_docstring(n, clean=False) for n in ast.walk(tree) if isinstance(n, DOCUMENTED)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and text not in docstrings and is_sql(text):
                found.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert found == []


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
