"""The Python client is what the description says, and works against the running service."""

import importlib.util
import inspect
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

import pytest
from werkzeug.serving import make_server

from tests.api.conftest import peopled, practice
from tests.api.playing import Player
from tests.api.practice import Practice

__all__ = ["peopled", "practice"]
ROOT = Path(__file__).resolve().parents[2]
CLIENT = ROOT / "clients" / "python"


def load(name: str) -> ModuleType:
    """Load a module of the client, which is a project of its own."""
    sys.path.insert(0, str(CLIENT))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(CLIENT))


@contextmanager
def served(practice: Practice) -> Iterator[str]:
    """Serve the application on loopback; its address."""
    server = make_server("127.0.0.1", 0, practice.app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_client_is_what_its_generator_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("generate", CLIENT / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    description = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))

    for name, text in (
        ("operations", generate.operations(description)),
        ("shapes", generate.shapes(description)),
    ):
        written = tmp_path / f"{name}.py"
        written.write_text(text, encoding="utf-8")
        settings = str(ROOT / "pyproject.toml")
        ruff = [sys.executable, "-m", "ruff", "format", "-q", "--config", settings]
        subprocess.run([*ruff, str(written)], check=True)
        there = (CLIENT / "medplan_client" / f"{name}.py").read_text(encoding="utf-8")
        assert written.read_text(encoding="utf-8") == there, "run: make api-docs"


def test_every_operation_is_a_method(practice: Practice) -> None:
    medplan = load("medplan_client").Medplan
    methods = {name for name, _ in inspect.getmembers(medplan, inspect.isfunction)}

    assert {o["operationId"] for _, _, o in Player(practice).operations()} <= methods


def test_a_plan_lives_through_the_client(practice: Practice) -> None:
    client = load("medplan_client")
    request: Any = Player(practice).example("create_plan")
    with served(practice) as address:
        medplan = client.Medplan(address, practice.prescriber.token)
        preview = medplan.preview_plan(request)
        tried = medplan.create_plan(request, dry_run=True)
        draft = medplan.create_plan(request, key="mine")
        again = medplan.create_plan(request, key="mine")
        issued = medplan.issue_plan(draft.body["id"], {"acknowledged": []}, etag=draft.etag)
        plan_id = issued.body["id"]
        with pytest.raises(client.Problem) as stale:
            medplan.hold_plan(plan_id, etag=draft.etag)
        days = medplan.read_doses(plan_id, from_="2026-11-23", to_="2026-11-24")
        calendar = medplan.read_calendar(plan_id)
        listed = medplan.list_plans(status="active", limit=1)
        with pytest.raises(client.Problem) as nobody:
            client.Medplan(address).read_plan(plan_id)

    assert preview.body["courses"] == draft.body["courses"] == tried.body["courses"]
    assert (draft.status, draft.replayed, again.replayed) == (201, False, True)
    assert again.body["id"] == draft.body["id"]
    assert (stale.value.status, stale.value.code) == (412, "stale-version")
    assert (nobody.value.status, nobody.value.code) == (401, "not-authenticated")
    assert {dose["day"] for dose in days.body["items"]} == {"2026-11-23", "2026-11-24"}
    assert calendar.body.startswith("BEGIN:VCALENDAR")
    assert [plan["id"] for plan in listed.body["items"]] == [plan_id]
