"""The embedded PostgreSQL: start, attach, roles, databases. Needs no database driver (it calls psql).

Only the programs of the installed wheel are used. The server listens on a unix socket that other users
cannot reach, asks for scram-sha-256 passwords, and runs as user nobody when we are root.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from config.bootstrap import paths, pg_binaries
from config.bootstrap.errors import BootstrapError
from config.bootstrap.processes import UseMark, command_of, file_lock
from config.bootstrap.secrets_files import secret_file, write_private

PORT = 5432
SUPERUSER = "postgres"
ROLES = {"owner": "lianxi_owner", "app": "lianxi_app"}
START_SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "timezone": "UTC",
    "password_encryption": "scram-sha-256",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
THROWAWAY = "LIANXI_THROWAWAY_DATABASES"
_NAME = re.compile(r"^[a-z][a-z0-9_]{0,62}$")
_users = UseMark()


@dataclass(frozen=True)
class Server:
    """A reachable server. `socket_dir` is empty when DATABASE_URL names another one."""

    socket_dir: str
    port: int
    started_by_us: bool


@dataclass(frozen=True)
class Cluster:
    """The places of the embedded cluster."""

    home: Path
    data: Path
    work: Path
    socket: Path

    @property
    def log(self) -> Path:
        """The server's own log."""
        return self.work / "postgres.log"

    @property
    def keep(self) -> Path:
        """When this file exists, `stop_server(if_unused=True)` leaves the server running."""
        return self.home / "keep"


def external() -> bool:
    """True when DATABASE_URL names a server that is not the embedded one."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return False
    host = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query).get("host", [""])[0]
    return host != str(cluster().socket)


def cluster() -> Cluster:
    """The places of the embedded cluster for this run folder (folders of the service user not yet made).

    The test suite sets `LIANXI_THROWAWAY_DATABASES=1` and gets another cluster, which does not wait for the disk.
    """
    purpose = "postgres-tests" if is_throwaway() else "postgres"
    home = paths.service_home(purpose, other_user=paths.service_owner() is not None)
    socket = paths.socket_home(home, f".s.PGSQL.{PORT}.lock")
    return Cluster(home=home, data=home / "data", work=home / "work", socket=socket)


def is_throwaway() -> bool:
    """Whether this process wants the cluster of the test suite, whose databases may be lost at any time."""
    return os.environ.get(THROWAWAY) == "1"


def ensure_server(*, embedded: bool = False) -> Server:
    """Start the embedded server, or attach when it runs already; with an external DATABASE_URL do nothing.

    `embedded=True` ignores DATABASE_URL. Safe to call from many processes at once; a process file left
    behind by a killed server is removed. Refuses (BootstrapError) with the end of the server's log.
    """
    if not embedded and external():
        return Server("", 0, False)
    place = cluster()
    with file_lock(place.home / "lock"):
        _users.hold(place.home / "users")
        started = _start_if_needed(place)
        if started:
            _prepare_roles(place)
    return Server(str(place.socket), PORT, started)


def stop_server(*, if_unused: bool = False) -> bool:
    """Stop the embedded server (fast shutdown). Returns whether it was stopped.

    With `if_unused`, leave it alone while another process uses it or a developer asked to keep it.
    """
    place = cluster()
    if not (place.data / "postmaster.pid").exists():
        return False
    with file_lock(place.home / "lock"):
        if if_unused and (place.keep.exists() or not _users.alone(place.home / "users")):
            return False
        place.keep.unlink(missing_ok=True)
        if _running_pid(place) is None:
            return False
        done = _pg_ctl(place, "stop", "-m", "fast", "-t", "30")
    if done.returncode != 0:
        raise BootstrapError(f"PostgreSQL did not stop: {done.stderr}")
    return True


def database_exists(name: str) -> bool:
    """Whether the embedded server has this database."""
    return _psql("database_exists", {"NAME": _checked(name)}).strip() == "1"


def create_database(name: str, template: str | None = None) -> None:
    """Make a database of role lianxi_owner that lianxi_app may enter, from `template` when given.

    It has btree_gist and pg_trgm and the default privileges of the application role. Refuses
    (BootstrapError) a name that exists, and a template that has open connections.
    """
    _psql("create_database", {"NAME": _checked(name), "TEMPLATE": _checked(template or "template1")})


def drop_database(name: str) -> None:
    """Drop a database if it exists, closing its connections."""
    _psql("drop_database", {"NAME": _checked(name)})


def dsn(name: str, role: str = "app") -> str:
    """`postgresql://user:password@/name?host=/socket/dir&port=5432` for role "app" or "owner"."""
    user = ROLES[role]
    host = urllib.parse.quote(str(cluster().socket), safe="/")
    password = urllib.parse.quote(_password(cluster(), user), safe="")
    return f"postgresql://{user}:{password}@/{_checked(name)}?host={host}&port={PORT}"


def keep_running() -> None:
    """Ask that the server outlive the processes that use it now."""
    cluster().keep.touch(mode=0o600)


# --- inside ---------------------------------------------------------------------------------------


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise BootstrapError(f"Not a database name: {name!r}. Use lower-case letters, digits and _ .")
    return name


def _password(place: Cluster, user: str) -> str:
    return secret_file(place.home / "passwords" / user, size=24)


def _start_if_needed(place: Cluster) -> bool:
    """True when the server had to be started."""
    for folder in (place.work, place.socket):
        _service_dir(folder)
    if not (place.data / "PG_VERSION").exists():
        _init(place)
    if _running_pid(place) is not None:
        _wait_ready(place)
        return False
    _start(place)
    return True


def _service_dir(folder: Path) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = paths.service_owner()
    if owner and folder.lstat().st_uid != owner[0]:
        os.chown(folder, *owner, follow_symlinks=False)


def _init(place: Cluster) -> None:
    draft = place.home / "data.new"
    shutil.rmtree(draft, ignore_errors=True)
    _service_dir(draft)
    password_file = place.work / "password"
    write_private(password_file, _password(place, SUPERUSER) + "\n")
    if owner := paths.service_owner():
        os.chown(password_file, *owner)
    command = ["initdb", "-D", str(draft), "-U", SUPERUSER, "--locale=C.UTF-8", "-E", "UTF8"]
    command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
    try:
        done = _as_service(command)
    finally:
        password_file.unlink(missing_ok=True)
    if done.returncode != 0:
        raise BootstrapError(f"initdb failed:\n{done.stdout}{done.stderr}")
    draft.rename(place.data)


def _start(place: Cluster) -> None:
    """Start; right after a kill -9 the old backends may need a moment to leave their shared memory."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        _clear_leftovers(place, deadline)
        done = _pg_ctl(place, "start", "-w", "-t", "60", "-l", str(place.log), "-o", _options(place))
        if done.returncode == 0:
            return
        tail = "\n".join(_log_lines(place)[-15:])
        if "still in use" not in tail or time.monotonic() > deadline:
            raise BootstrapError(f"PostgreSQL did not start:\n{done.stderr}{tail}")
        time.sleep(0.3)


def _clear_leftovers(place: Cluster, deadline: float) -> None:
    """Remove lock files whose process number now belongs to a zombie or to another program.

    Files of a number that is free are left: PostgreSQL clears them after its own shared memory check. The
    check is replaced here by waiting until no process has its working folder in the data folder.
    """
    note = place.data / "postmaster.pid"
    pid = _noted_pid(note)
    if pid is None or not Path(f"/proc/{pid}").exists():
        return
    while _backends_left(place) and time.monotonic() < deadline:
        time.sleep(0.1)
    for file in (note, place.socket / f".s.PGSQL.{PORT}.lock", place.socket / f".s.PGSQL.{PORT}"):
        file.unlink(missing_ok=True)


def _backends_left(place: Cluster) -> bool:
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) == os.path.realpath(place.data):
                return True
        except OSError:
            continue
    return False


def _options(place: Cluster) -> str:
    settings = {**SETTINGS, **(NOT_DURABLE if is_throwaway() else {}), "unix_socket_directories": str(place.socket)}
    return " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items())


def _log_lines(place: Cluster) -> list[str]:
    try:
        return place.log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _noted_pid(note: Path) -> int | None:
    try:
        return int(note.read_bytes().split(b"\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def _running_pid(place: Cluster) -> int | None:
    """Process id of the living server of this cluster (no zombie, no other program of that number)."""
    pid = _noted_pid(place.data / "postmaster.pid")
    return pid if pid is not None and str(place.data) in command_of(pid) else None


def _wait_ready(place: Cluster) -> None:
    """Wait while a server that another process started recovers; the last line of its file says when."""
    deadline = time.monotonic() + START_SECONDS
    note = place.data / "postmaster.pid"
    while note.exists() and not note.read_bytes().rstrip().endswith(b"ready"):
        if time.monotonic() > deadline:
            raise BootstrapError(f"PostgreSQL runs but is not ready; see {place.log}")
        time.sleep(0.1)


def _prepare_roles(place: Cluster) -> None:
    values = {f"{key.upper()}_PASSWORD": _password(place, user) for key, user in ROLES.items()}
    _psql("roles", values, database="template1")


def _psql(file: str, values: Mapping[str, str], *, database: str = "postgres") -> str:
    """Run one of our SQL files as superuser; the values travel in the environment, not in the arguments."""
    place = cluster()
    script = Path(__file__).with_name("sql") / f"{file}.sql"
    command = [str(pg_binaries.find_bin() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
    command += ["-h", str(place.socket), "-p", str(PORT), "-U", SUPERUSER, "-d", database, "-f", str(script)]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment |= {f"LIANXI_SQL_{key}": value for key, value in values.items()}
    environment |= {"PGPASSWORD": _password(place, SUPERUSER), "PGCLIENTENCODING": "UTF8"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        raise BootstrapError(f"{file}.sql failed: {done.stderr.strip()}")
    return done.stdout


def _pg_ctl(place: Cluster, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _as_service(["pg_ctl", "-D", str(place.data), *arguments])


def _as_service(command: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a PostgreSQL program; when we are root, as user nobody without further groups."""
    owner = paths.service_owner()
    binaries = pg_binaries.find_bin()
    environment = {"PATH": f"{binaries}:/usr/bin:/bin", "LC_ALL": "C.UTF-8"}
    who: dict[str, object] = {}
    if owner:
        who = {"user": owner[0], "group": owner[1], "extra_groups": []}
    return subprocess.run(  # type: ignore[call-overload]
        [str(binaries / command[0]), *command[1:]],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
        umask=0o077,
        start_new_session=True,
        check=False,
        **who,
    )
