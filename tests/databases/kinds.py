"""The two kinds of database that medplan runs on, made, copied and dropped for tests."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from medplan.store.database import Database
from medplan.store.migrate import upgrade
from medplan.store.walls import grant

OWNER, APPLICATION = "medplan_owner", "medplan_application"
_PASSWORD = "invented"


class Databases(Protocol):
    """Makes databases; each is named by the address that its owner uses."""

    def make(self) -> str:
        """Make an empty database."""

    def copy(self, address: str) -> str:
        """Copy a database that nobody is connected to."""

    def drop(self, address: str) -> None:
        """Drop a database, whoever is connected to it."""

    def used(self, address: str) -> str:
        """Give the address that medplan itself uses, by a role that owns nothing."""

    def seen(self, address: str) -> str:
        """Give the address of somebody whom no wall between organisations keeps out."""

    def contents(self, address: str) -> bytes:
        """Give every byte that is kept, in whatever form."""


def migrate(address: str) -> None:
    """Bring a database to the newest tables, and let the application's role use them."""
    database = Database(address)
    upgrade(database)
    if database.engine.dialect.name == "postgresql":
        with database.engine.begin() as connection:
            grant(connection, APPLICATION)
    database.close()


class SQLiteDatabases:
    """Files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def make(self) -> str:
        return f"sqlite:///{self._folder / secrets.token_hex(6) / 'medplan.db'}"

    def copy(self, address: str) -> str:
        made = self.make()
        Path(_file(made)).parent.mkdir(parents=True)
        shutil.copy(_file(address), _file(made))
        return made

    def drop(self, address: str) -> None:
        shutil.rmtree(Path(_file(address)).parent, ignore_errors=True)

    def used(self, address: str) -> str:
        return address

    def seen(self, address: str) -> str:
        return address

    def contents(self, address: str) -> bytes:
        file = Path(_file(address))
        return b"".join(part.read_bytes() for part in sorted(file.parent.glob(f"{file.name}*")))


class PostgreSQLDatabases:
    """Databases of one server; `administrator` may make databases and roles."""

    def __init__(self, administrator: str) -> None:
        self._administrator = make_url(administrator)
        with self._asking() as connection:
            for role in (OWNER, APPLICATION):
                _make_role(connection, role)

    def make(self) -> str:
        return self._make("template0")

    def copy(self, address: str) -> str:
        return self._make(str(make_url(address).database))

    def drop(self, address: str) -> None:
        with self._asking() as connection:
            name = sql.Identifier(str(make_url(address).database))
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def used(self, address: str) -> str:
        return _text(make_url(address).set(username=APPLICATION, password=_PASSWORD))

    def seen(self, address: str) -> str:
        return _text(self._administrator.set(database=make_url(address).database))

    def contents(self, address: str) -> bytes:
        with psycopg.connect(self.seen(address)) as connection:
            tables = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' "
                "AND relnamespace = current_schema()::regnamespace"
            )
            return b"".join(_rows(connection, str(name)) for (name,) in tables.fetchall())

    def _make(self, template: str) -> str:
        name = f"medplan_test_{secrets.token_hex(6)}"
        made = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} ENCODING 'UTF8'").format(
            sql.Identifier(name), sql.Identifier(OWNER), sql.Identifier(template)
        )
        with self._asking() as connection:
            connection.execute(made)
        return _text(self._administrator.set(username=OWNER, password=_PASSWORD, database=name))

    @contextmanager
    def _asking(self) -> Iterator[psycopg.Connection]:
        address = _text(self._administrator.set(drivername="postgresql"))
        with psycopg.connect(address, autocommit=True) as connection:
            yield connection


def _make_role(connection: psycopg.Connection, role: str) -> None:
    """Make a role that is no superuser, unless another process was quicker."""
    made = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD {}")
    try:
        connection.execute(made.format(sql.Identifier(role), sql.Literal(_PASSWORD)))
    except (psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
        return


def _rows(connection: psycopg.Connection, table: str) -> bytes:
    copied = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
    with connection.cursor().copy(copied) as rows:
        return b"".join(bytes(row) for row in rows)


def _text(address: URL) -> str:
    return address.render_as_string(hide_password=False)


def _file(address: str) -> str:
    return str(make_url(address).database)
