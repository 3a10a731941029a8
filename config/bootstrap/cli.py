"""The commands of `manage.py`: demo and test are ours, everything else goes to Django inside `.venv`."""

from __future__ import annotations

import importlib
import io
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from config.bootstrap import paths, postgres, settings_env, valkey, venv
from config.bootstrap.demo import demo
from config.bootstrap.errors import BootstrapError

NO_DATABASE = frozenset(
    {"check", "compilemessages", "diffsettings", "findstatic", "help", "makemessages", "spectacular"}
    | {"startapp", "version", "--help", "--version", "-h"}
)
NO_DATABASE_VERBS = frozenset({("rulebook", "check"), ("rulebook", "--help"), ("rulebook", "-h")})
OWNER_COMMANDS = frozenset({"migrate", "sqlflush"})


def main(arguments: list[str]) -> int:
    """Entry point of manage.py (arguments without the program name). Returns the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    command, rest = (arguments[0] if arguments else "help"), arguments[1:]
    try:
        if command == "demo":
            return demo(rest)
        if command == "test":
            return run_tests(rest)
        return pass_through(command, rest)
    except BootstrapError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"\n{error}. Is the folder of another user? Set LIANXI_RUN_DIR to one of yours.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def pytest_arguments(arguments: list[str]) -> list[str]:
    """Our defaults, then the caller's own words (which win); `--faults` runs the slow fault tests instead.

    With them run the properties that are checked on few generated cases each day, here on many.
    """
    words = [word for word in arguments if word != "--faults"]
    if "--faults" in arguments:
        return ["-n", "0", "-m", "faults or thorough", *words]
    return ["-n", "2", "-q", "-m", "not faults", *words]


def run_tests(arguments: list[str]) -> int:
    """Install the test extras, start PostgreSQL, run pytest, stop what was started here."""
    venv.ensure_venv("test")
    os.environ[postgres.THROWAWAY] = "1"
    os.environ["LIANXI_THOROUGH"] = str(int("--faults" in arguments))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a suite of many processes compiles each file once, not in each
    server = postgres.ensure_server()
    variables = {**settings_env.common_variables(), "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    if not postgres.external():
        variables.pop("DATABASE_URL", None)
        variables.pop("LIANXI_OWNER_DATABASE_URL", None)
    try:
        command = [str(paths.venv_python()), "-m", "pytest", *pytest_arguments(arguments)]
        return run_child(command, variables, folder=paths.project_dir())
    finally:
        if server.started_by_us:
            postgres.stop_server(if_unused=True)


def pass_through(command: str, rest: list[str]) -> int:
    """Hand a command to Django. Without DATABASE_URL the embedded database `lianxi_demo` is started."""
    given = bool(os.environ.get("DATABASE_URL"))
    is_alone = needs_no_database(command, rest)
    if inside_venv() and (given or is_alone):
        return _django(command, rest)
    if not inside_venv():
        venv.ensure_venv("base")
    words = [str(paths.venv_python()), str(paths.project_dir() / "manage.py"), command, *rest]
    if given or is_alone:
        return run_child(words, os.environ)
    server = settings_env.ensure_database()
    variables = {**settings_env.common_variables(), **settings_env.database_variables()}
    variables.setdefault("LIANXI_DEMO", "1")
    if valkey.is_running():
        variables.setdefault("LIANXI_BROKER_URL", valkey.broker_url())
    try:
        return run_child(words, variables)
    finally:
        if server.started_by_us:
            postgres.stop_server(if_unused=True)


def needs_no_database(command: str, rest: list[str]) -> bool:
    """Whether a command reads files only, so that nothing is started for it; some do so in one of their verbs."""
    return command in NO_DATABASE or (command, *rest[:1]) in NO_DATABASE_VERBS


def inside_venv() -> bool:
    """True when this interpreter is the one of the project's environment."""
    return Path(sys.prefix).resolve() == paths.venv_dir().resolve()


def run_child(command: list[str], variables: Mapping[str, str], *, folder: Path | None = None) -> int:
    """Run one program in the foreground and wait; Ctrl-C and SIGTERM are for it, we only pass them on.

    Returns its exit code; 128 + n when signal n ended it.
    """
    process = subprocess.Popen(command, env=dict(variables), cwd=folder)
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda number, frame: process.terminate()),
    }
    try:
        code = process.wait()
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    return code if code >= 0 else 128 - code


def _django(command: str, rest: list[str]) -> int:
    """Run Django's own command line in this process, reached by name: it exists only inside `.venv`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    if command in OWNER_COMMANDS and os.environ.get("LIANXI_OWNER_DATABASE_URL"):
        os.environ.setdefault("LIANXI_AS_OWNER", "1")
    management = importlib.import_module("django.core.management")
    management.execute_from_command_line([str(paths.project_dir() / "manage.py"), command, *rest])
    return 0
