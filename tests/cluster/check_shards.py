"""Two shards, each with a database of its own, behind one address: links find their own by a byte.

Run by `make test-cluster`, with `deploy/haproxy-shards.cfg` itself, filled in.
"""

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from string import Template

import pytest
import requests

from tests.programs import HOST, Program, free_port, own, own_file, until, without_rights

_ROOT = Path(__file__).parents[2]
_UP_S = 60


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that servers without rights may enter."""
    made = own(Path(tempfile.mkdtemp(prefix="medplan-shards-")))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def shards(folder: Path) -> Iterator[tuple[str, ...]]:
    """What each of two demos, on shard 0 and shard 1, printed as its calendar's address."""
    demos = [_demo(folder, number) for number in (0, 1)]
    for demo in demos:
        demo.start()
    try:
        for demo in demos:
            until(lambda demo=demo: "/p/mpp_" in _log(folder, demo), seconds=_UP_S, what=demo.name)  # type: ignore[misc] # mypy sees no default there
        yield tuple(_log(folder, demo) for demo in demos)
    finally:
        for demo in demos:
            demo.stop()


@pytest.fixture(scope="module")
def router(folder: Path, shards: tuple[str, ...]) -> Iterator[str]:
    """HAProxy before both."""
    doors = [re.findall(r"serves on http://(\S+)", said)[0] for said in shards]
    port = free_port()
    text = (_ROOT / "deploy" / "haproxy-shards.cfg").read_text(encoding="utf-8")
    values = {"LISTEN_HOST": HOST, "LISTEN_PORT": port}
    filled = Template(text).substitute(values, SHARD_ZERO=doors[0], SHARD_ONE=doors[1])
    file = own_file(folder / "haproxy-shards.cfg", filled)
    program = Program("haproxy", without_rights(["haproxy", "-f", str(file)]), folder)
    program.start()
    url = f"http://{HOST}:{port}"
    try:
        until(lambda: _answers(url), seconds=_UP_S, what="HAProxy")
        yield url
    finally:
        program.stop()


def test_a_calendar_and_a_patients_page_are_found_on_their_own_shard(
    shards: tuple[str, ...], router: str
) -> None:
    for number, said in enumerate(shards):
        for path in (re.findall(r"/f/mpf_\S+\.ics", said)[0], re.findall(r"/p/mpp_\S+", said)[0]):
            assert path[7:9] == f"{number:02x}"
            assert requests.get(router + path, timeout=30).status_code == 200


def test_a_link_is_not_found_on_another_shard_nor_anything_else_here(
    shards: tuple[str, ...], router: str
) -> None:
    path = re.findall(r"/f/mpf_\S+\.ics", shards[1])[0]
    elsewhere = path.replace("mpf_01", "mpf_00")

    assert requests.get(router + elsewhere, timeout=30).status_code == 404
    assert requests.get(f"{router}/api/v1/plans", timeout=30).status_code == 404


def _demo(folder: Path, number: int) -> Program:
    port = free_port()
    settings = {
        "PYTHONPATH": str(_ROOT),
        "MEDPLAN_DATABASE_URL": f"sqlite:///{folder}/shard-{number}/medplan.db",
        "MEDPLAN_PUBLIC_URL": f"http://{HOST}:{port}",
        "MEDPLAN_SHARD": str(number),
    }
    command = [sys.executable, "-m", "medplan", "serve", "--demo", "--port", str(port)]
    return Program(f"shard-{number}", command, folder, settings)


def _log(folder: Path, demo: Program) -> str:
    file = folder / f"{demo.name}.log"
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 404
    except requests.RequestException:
        return False
