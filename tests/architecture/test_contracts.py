"""The house rules that import checkers hold, and the proof that each of them can fail."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINT = [sys.executable, "-m", "importlinter.cli", "lint", "--no-cache", "--config"]
PACKAGES = (
    "common", "analytics", "rulebook", "regulators", "platforms", "selfdiscipline", "complaints", "riskmodels", "cases",
    "config",
)
# contract → (file, planted line that breaks it)
PLANTED = {
    "layers": ("common/money.py", "import platforms"),
    "pure": ("platforms/workflow.py", "import django"),
    "analytics": ("analytics/lake.py", "import django"),
    "bootstrap": ("config/bootstrap/paths.py", "import yaml"),
    "doors": ("platforms/selectors/__init__.py", "import rest_framework"),
    "tasks": ("complaints/tasks.py", "import complaints.models"),
    "models-rulebook": ("regulators/choices.py", "import rulebook.models"),
    "models-regulators": ("platforms/choices.py", "import regulators.models"),
    "models-platforms": ("cases/choices.py", "import platforms.models"),
    "models-selfdiscipline": ("riskmodels/choices.py", "import selfdiscipline.models"),
    "models-complaints": ("cases/choices.py", "import complaints.models"),
    "models-riskmodels": ("cases/choices.py", "import riskmodels.models"),
    "models-cases": ("config/context.py", "import cases.models"),
}


def run_linter(folder: Path) -> subprocess.CompletedProcess[str]:
    """import-linter on a copy of the house."""
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()",
         "--no-cache", "--config", str(folder / ".importlinter")],
        cwd=folder, capture_output=True, text=True, check=False,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings.test"},
    )


@pytest.fixture(scope="module")
def copy_of_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for name in PACKAGES:
        shutil.copytree(
            ROOT / name, folder / name, ignore=lambda _dir, names: [n for n in names if not _is_code(n, Path(_dir))]
        )
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def _is_code(name: str, parent: Path) -> bool:
    is_room = (parent / name).is_dir() and name not in ("__pycache__", "static", "locale")
    return is_room or name.endswith(".py")


def test_every_contract_has_a_planted_violation():
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    contracts = {section.split(":")[-1] for section in parser.sections() if ":contract:" in section}
    assert contracts == set(PLANTED)


def test_the_contracts_hold(copy_of_house: Path):
    done = run_linter(copy_of_house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("contract", sorted(PLANTED))
def test_a_planted_violation_breaks_its_contract(contract: str, copy_of_house: Path):
    file, line = PLANTED[contract]
    target = copy_of_house / file
    if not target.exists():
        target = copy_of_house / file.replace("/__init__.py", ".py")
    before = target.read_text(encoding="utf-8")
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    name = parser[f"importlinter:contract:{contract}"]["name"]
    try:
        target.write_text(f"{before}\n{line}\n", encoding="utf-8")
        done = run_linter(copy_of_house)
    finally:
        target.write_text(before, encoding="utf-8")
    assert done.returncode == 1
    assert f"{name} BROKEN" in " ".join(done.stdout.split())
