"""manage.py itself: no package needed, clear words for old interpreters, and the variables children get."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from config.bootstrap import cli, demo, paths, pg_binaries, postgres, settings_env, supervisor
from config.bootstrap.errors import BootstrapError


def _run(code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-S", "-W", "ignore", "-c", code]
    return subprocess.run(command, cwd=paths.project_dir(), capture_output=True, text=True, check=False)


def test_everything_imports_without_installed_packages() -> None:
    names = sorted(path.stem for path in Path(cli.__file__).parent.glob("*.py") if path.stem != "__init__")
    assert "cli" in names
    code = "import sys, importlib\n" + "".join(f"importlib.import_module('config.bootstrap.{n}')\n" for n in names)
    done = _run(code + "print(any('site-packages' in str(getattr(m, '__file__', '')) for m in sys.modules.values()))")
    assert (done.stdout.strip(), done.returncode) == ("False", 0), done.stderr


def test_an_old_interpreter_is_told_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    manage = runpy.run_path(str(paths.project_dir() / "manage.py"))
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    assert manage["main"]() == 1
    assert "needs Python 3.11 or newer; this is 3.9" in capsys.readouterr().err


def test_a_refusal_is_one_message_and_code_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(arguments: list[str]) -> int:
        raise BootstrapError("No room.")

    monkeypatch.setattr(cli, "demo", refuse)
    assert cli.main(["demo"]) == 1
    assert capsys.readouterr().err == "\nNo room.\n"


def test_services_never_see_the_owning_role(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*settings_env.SECRETS, "DATABASE_URL", "LIANXI_OWNER_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIANXI_AS_OWNER", "1")
    found = settings_env.service_variables(base_url="http://127.0.0.1:8003", broker_url="redis+socket:///x")
    assert found["DATABASE_URL"].startswith("postgresql://lianxi_app:")
    assert "/lianxi_demo?" in found["DATABASE_URL"]
    assert not {"LIANXI_OWNER_DATABASE_URL", "LIANXI_AS_OWNER"} & found.keys()
    assert (found["LIANXI_BASE_URL"], found["LIANXI_BROKER_URL"]) == ("http://127.0.0.1:8003", "redis+socket:///x")
    assert (found["OMP_NUM_THREADS"], found["DJANGO_SETTINGS_MODULE"]) == ("1", "config.settings.dev")
    assert len({found[name] for name in settings_env.SECRETS}) == 4
    again = settings_env.service_variables(base_url="", broker_url="")
    assert [again[name] for name in settings_env.SECRETS] == [found[name] for name in settings_env.SECRETS]
    assert {path.stat().st_mode & 0o777 for path in (run_dir / "secrets").iterdir()} == {0o600}


def test_a_given_database_and_given_secrets_win(run_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@db.example/x")
    monkeypatch.delenv("LIANXI_OWNER_DATABASE_URL", raising=False)
    monkeypatch.setenv("LIANXI_SECRET_KEY", "given")
    assert settings_env.database_variables() == {
        "DATABASE_URL": "postgresql://u:p@db.example/x",
        "LIANXI_OWNER_DATABASE_URL": "postgresql://u:p@db.example/x",
    }
    assert settings_env.secret_variables()["LIANXI_SECRET_KEY"] == "given"
    assert settings_env.ensure_database() == postgres.Server("", 0, False)
    assert not (run_dir / "postgres" / "data").exists()


def test_the_web_server_inherits_the_socket_and_opens_no_control_socket() -> None:
    child = supervisor.web_child({}, 7)
    assert child.pass_fds == (7,)
    assert child.command[child.command.index("--bind") + 1] == "fd://7"
    assert "--no-control-socket" in child.command
    worker = supervisor.service_children({})[0]
    assert worker.command[worker.command.index("-Q") + 1] == "relay,filing,score,notice"


def test_a_second_demo_is_refused_while_the_first_runs(run_dir: Path) -> None:
    folder = paths.run_dir()
    with demo._only_one(folder):
        code = (
            "import pathlib, sys\nfrom config.bootstrap import demo\n"
            f"with demo._only_one(pathlib.Path({str(folder)!r})): print('entered')"
        )
        done = _run(code)
    assert done.returncode == 1
    assert "running already" in done.stderr
    assert _run(code).stdout == "entered\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts services as another user")
def test_programs_below_a_closed_folder_are_copied_for_the_service_user(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site-packages"
    for name in (
        *(f"engine/pg/bin/{name}" for name in pg_binaries.NEEDED),
        "engine.libs/libpq.so",
        "engine/pg/lib/x.so",
    ):
        file = site / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        file.chmod(0o700)
    (site / "engine" / "pg" / "share").mkdir()
    tmp_path.chmod(0o700)
    monkeypatch.setenv("PG_BIN", str(site / "engine" / "pg" / "bin"))
    found = pg_binaries.find_bin()
    assert paths.reachable_by_others(found)
    assert (found / "postgres").stat().st_mode & 0o777 == 0o755
    assert (found / "../../../engine.libs/libpq.so").read_text() == "engine.libs/libpq.so"
    assert pg_binaries.find_bin() == found
    assert tmp_path.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("command", "words", "alone"),
    [
        ("rulebook", ["check", "in"], True), ("rulebook", ["check"], True), ("rulebook", ["load"], False),
        ("rulebook", [], False), ("check", [], True), ("migrate", [], False),
    ],
)  # fmt: skip
def test_what_reads_files_only_starts_no_database(command: str, words: list[str], alone: bool) -> None:
    assert cli.needs_no_database(command, words) is alone


def test_checking_a_pack_runs_without_a_database_and_leaves_nothing_behind(run_dir: Path) -> None:
    names = ("DATABASE_URL", "LIANXI_OWNER_DATABASE_URL")
    variables = {key: value for key, value in os.environ.items() if key not in names}
    done = subprocess.run(
        [sys.executable, "manage.py", "rulebook", "check", "id", "--without-examples"],
        cwd=paths.project_dir(), env={**variables, "LIANXI_RUN_DIR": str(run_dir)}, capture_output=True, text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "id: 0 errors, 0 warnings"), done.stderr
    assert not run_dir.exists() or not any(run_dir.iterdir())
