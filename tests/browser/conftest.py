"""A real server on loopback and a real browser, which can reach nothing else."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright
from werkzeug.serving import make_server

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.database import Database
from tests.api.practice import BEGUN, PUBLIC_URL, Practice, close_practice, open_practice
from tests.databases.kinds import SQLiteDatabases, migrate

CHROMIUM = os.environ.get("MEDPLAN_CHROMIUM", "/usr/bin/chromium")
EMAIL, PASSWORD = "prescriber@example.org", "an invented password"


@dataclass
class House:
    """A practice whose server runs, and what browsers asked for that is not its own."""

    practice: Practice
    address: str
    outside: list[str] = field(default_factory=list)
    found: dict[str, str] = field(default_factory=dict)

    def at(self, path: str) -> str:
        """The full address of a path, or of an address that the practice gave out."""
        return self.address + path.removeprefix(PUBLIC_URL)

    def own(self, route: Route) -> None:
        """Let a request pass to this server; stop and remember any other."""
        if urlsplit(route.request.url).netloc == urlsplit(self.address).netloc:
            route.continue_()
        else:
            self.outside.append(route.request.url)
            route.abort()


Visitor = Callable[..., Page]


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A practice with a prescriber, served as long as the tests run."""
    databases = SQLiteDatabases(tmp_path_factory.mktemp("browser"))
    address = databases.make()
    migrate(address)
    practice = open_practice(databases, address, _people(databases.used(address)))
    with _served(practice) as where:
        yield House(practice, where)
    close_practice(practice)


def _people(address: str) -> dict[str, str]:
    database = Database(address)
    tokens = {}
    for name, role in (("prescriber", Role.PRESCRIBER), ("pharmacist", Role.PHARMACIST)):
        email = f"{name}@example.org"
        add_user(
            database,
            email=email,
            password=PASSWORD,
            role=role,
            organisation="Invented Practice",
            now=BEGUN,
        )
        tokens[name] = add_token(database, email=email, name="test", now=BEGUN)
    database.close()
    return tokens | {"stranger": tokens["pharmacist"]}


@contextmanager
def _served(practice: Practice) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, practice.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.exit(f"There is no {CHROMIUM}: run `make test-browser` as root, or install it.")
    with sync_playwright() as playwright:
        # Containers run as root, where Chromium has no sandbox; it meets our own pages only.
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visitor(house: House, browser: Browser) -> Iterator[Visitor]:
    """Open a browser's page of a width in CSS pixels, with or without scripts.

    After the test nothing may have been asked of another host, and no page may have complained.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def come(width: int = 1280, height: int = 900, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, java_script_enabled=scripts
        )
        contexts.append(context)
        context.route("**/*", house.own)
        page = context.new_page()
        page.on("console", lambda said: _hear(complaints, said.type, said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield come
    for context in contexts:
        context.close()
    assert house.outside == []
    assert complaints == []


def _hear(complaints: list[str], kind: str, text: str) -> None:
    """Remember what a page complains of, but for a status that the test itself looks at."""
    if kind == "error" and "the server responded with a status of" not in text:
        complaints.append(text)
