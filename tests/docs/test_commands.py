"""Every command that a page tells its readers is run here, or stands in a list with the reason."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

from medplan.cli import main
from tests.docs.commands import ROOT, commands, every_page, loose_commands, words_set_as_code
from tests.programs import Program, free_port, until

LEFT_OUT = {
    one["begins"]: one["why"]
    for one in tomllib.loads((Path(__file__).parent / "left_out.toml").read_text("utf-8"))[
        "command"
    ]
}
NEEDS_AN_ANSWER = {"python -m medplan privacy erase": "yes | "}
# Erasing comes last: the other pages ask about the same patient.
LAST = "docs/how-to/export-or-erase-a-patient.md"


@dataclass(frozen=True)
class Demo:
    """A running demo, in a folder that looks like the checkout's."""

    folder: Path
    port: int
    environment: Mapping[str, str]

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Run commands as one reader in one terminal would."""
        return subprocess.run(
            ["sh", "-eu"],
            input=script.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}"),
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """What `make run` starts, elsewhere."""
    folder, port = tmp_path_factory.mktemp("reader"), free_port()
    for name in ("examples", "deploy", "tests", "medplan", "migrations"):
        (folder / name).symlink_to(ROOT / name)
    settings = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "MEDPLAN_DATABASE_URL": f"sqlite:///{folder}/var/medplan.db",
        "MEDPLAN_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MEDPLAN_PASSWORD": "an invented password",
    }
    command = [sys.executable, "-m", "medplan", "serve", "--demo", "--port", str(port)]
    server = Program("server", command, folder, settings)
    server.start()
    try:
        until(lambda: "/p/mpp_" in log(folder), seconds=90, what="the demo")
        yield Demo(folder, port, settings | told(folder, settings, port))
    finally:
        server.stop()


def log(folder: Path) -> str:
    return (folder / "server.log").read_text(encoding="utf-8")


def told(folder: Path, settings: Mapping[str, str], port: int) -> dict[str, str]:
    """What a reader takes over from what was printed."""
    token = re.findall(r"mpa_[\w-]+", log(folder))[0]
    ask = ["curl", "-s", "-H", f"Authorization: Bearer {token}"]
    listed = subprocess.run(
        [*ask, f"http://127.0.0.1:{port}/api/v1/plans"], capture_output=True, text=True, check=True
    )
    plan = re.findall(r"pln_[0-9a-z]+", listed.stdout)[0]
    medplan = [sys.executable, "-m", "medplan"]
    user = ["user", "add", "auditor@example.org", "--role", "auditor"]
    house = ["--organisation", "Demonstration Practice"]
    subprocess.run([*medplan, *user, *house], env=dict(settings), check=True, timeout=60)
    made = subprocess.run(
        [*medplan, "token", "add", "auditor@example.org", "--name", "audit"],
        env=dict(settings),
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return {"TOKEN": token, "PLAN_ID": plan, "AUDITOR": made.stdout.splitlines()[-1]}


def left_out(command: str) -> bool:
    return any(command.startswith(begins) for begins in LEFT_OUT)


def script_of(told: list[str], done: set[str]) -> str:
    """What of a page's commands is run; a question is answered with yes. What another page has told
    to the letter is done already: its files are in the same folder."""
    kept = [c for c in told if not left_out(c) and not (c in done and c.startswith("python "))]
    done.update(kept)
    for begins, answer in NEEDS_AN_ANSWER.items():
        kept = [f"{answer}{one}" if one.startswith(begins) else one for one in kept]
    return "\n".join(kept) + "\n"


def test_every_command_of_every_page_does_what_it_should(demo: Demo) -> None:
    pages = dict(sorted(commands().items(), key=lambda one: one[0] == LAST))
    failed: dict[str, str] = {}
    run_before: set[str] = set()
    for page, commands_told in pages.items():
        done = demo.run(script_of(commands_told, run_before))
        if done.returncode != 0:
            failed[page] = done.stdout[-600:] + done.stderr[-600:]

    assert failed == {}


def test_every_command_that_is_left_out_is_still_told() -> None:
    every = [command for page in commands().values() for command in page]

    assert [one for one in LEFT_OUT if not any(c.startswith(one) for c in every)] == []
    assert all(why for why in LEFT_OUT.values())


def test_no_command_hides_outside_the_blocks_that_are_run() -> None:
    found = {str(p.relative_to(ROOT)): list(loose_commands(p.read_text("utf-8"))) for p in PAGES}

    assert {page: lines for page, lines in found.items() if lines} == {}


def test_a_hidden_command_is_found() -> None:
    assert list(loose_commands("text\n\n    make run\n\n```text\ncurl x\n```\n")) == [
        "    make run",
        "curl x",
    ]


def test_every_command_named_in_passing_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wrong = []
    for page in PAGES:
        for words in words_set_as_code(page.read_text(encoding="utf-8")):
            spoken = re.sub(r"^(?:MEDPLAN_\w+=\S+ )*(?:python -m )?", "", words)
            if spoken.startswith("medplan ") and not resolves(spoken):
                wrong.append(f"{page.name}: {words}")
            if spoken.startswith("make ") and spoken.split()[1] not in targets:
                wrong.append(f"{page.name}: {words}")

    assert wrong == []


def resolves(words: str) -> bool:
    """Whether a command, with the options that it names, is one of ours."""
    command: click.Command | None = main
    for word in shlex.split(words)[1:]:
        if isinstance(command, click.Group) and not word.startswith("-"):
            command = command.get_command(click.Context(command), word)
        elif word.startswith("--") and command is not None:
            known = {name for option in command.params for name in option.opts}
            if word not in known | {"--help"}:
                return False
    return command is not None


def test_a_command_that_does_not_exist_is_missed() -> None:
    assert resolves("medplan formulary diff OLD NEW --cases FOLDER")
    assert not resolves("medplan formulary fly")
    assert not resolves("medplan formulary diff --fly")


def links_of(page: Path) -> list[str]:
    """Give the files that a page links to."""
    return re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))


def test_every_link_to_a_file_leads_somewhere() -> None:
    led = [(page, target) for page in PAGES for target in links_of(page)]

    assert [f"{page.name}: {to}" for page, to in led if not (page.parent / to).exists()] == []


def test_every_page_can_be_reached_from_the_map() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        waiting += [(page.parent / one).resolve() for one in links_of(page)]

    assert [str(page.relative_to(ROOT)) for page in PAGES if page not in seen] == []


PAGES = every_page()
