"""vdirsyncer takes in a feed over HTTP, finds nothing new the second time, and follows the plan.

It is installed apart from the rest (`make test-readers`), so this file has a name that a plain
run of the tests does not pick up.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from tests.api.conftest import peopled, practice
from tests.api.practice import Practice, path_of
from tests.api.test_life import done

__all__ = ["peopled", "practice"]

CONFIG = """
[general]
status_path = "{folder}/status/"

[pair plan]
a = "feed"
b = "disk"
collections = null
conflict_resolution = "a wins"

[storage feed]
type = "http"
url = "{url}"

[storage disk]
type = "filesystem"
path = "{folder}/events/"
fileext = ".ics"
"""


@pytest.fixture
def port(practice: Practice) -> Iterator[int]:
    """The practice's application, served on a free port of this machine."""
    server = make_server("127.0.0.1", 0, practice.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def sync(folder: Path) -> str:
    """Run vdirsyncer; give what it says."""
    command = [os.environ["VDIRSYNCER"], "-c", str(folder / "config"), "sync"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    return run.stdout + run.stderr


def events(folder: Path) -> dict[str, tuple[bytes, int]]:
    """What is on disk: each file's bytes and when it was written."""
    return {
        file.name: (file.read_bytes(), file.stat().st_mtime_ns)
        for file in (folder / "events").iterdir()
    }


def test_a_second_sync_changes_nothing_and_a_later_one_follows_the_plan(
    practice: Practice, port: int, tmp_path: Path
) -> None:
    plan = practice.prescriber.issued()
    address = path_of(practice.prescriber.feed(plan, detail="full", alarms=True)["url"])
    (tmp_path / "events").mkdir()
    url = f"http://127.0.0.1:{port}{address}"
    (tmp_path / "config").write_text(CONFIG.format(folder=tmp_path, url=url), encoding="utf-8")
    discover = [os.environ["VDIRSYNCER"], "-c", str(tmp_path / "config"), "discover"]
    subprocess.run(discover, check=True, capture_output=True, input="y\n", text=True)

    sync(tmp_path)
    first = events(tmp_path)
    said = sync(tmp_path)

    assert len(first) == practice.nobody.get(address).text.count("BEGIN:VEVENT")
    assert events(tmp_path) == first
    assert "opying" not in said
    done(practice, plan, "errors", {"reason": "Meant for somebody else."})
    sync(tmp_path)
    assert [b"No current schedule" in body for body, _ in events(tmp_path).values()] == [True]
