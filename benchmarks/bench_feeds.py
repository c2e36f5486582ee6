"""How fast a feed is answered, beside a bare Flask view and Radicale with the same events.

All three run in one go under the same gunicorn settings, each for a fifth of a second in turn and
then in the opposite order, on this machine only. A ratio is the middle one of those of all rounds,
so that what else the machine does hits both alike. Radicale is looked for under the Python that is
given as the argument; without one it is left out. Nothing here passes or fails: `make bench`
prints, a person judges.
"""

import base64
import json
import logging
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from socket import create_connection

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from benchmarks.load import Answered, Asked, load, once
from benchmarks.requests import everyday_plan, long_taper
from benchmarks.servers import Server, served
from config import Config
from medplan.app import create_app
from medplan.building import build_parts
from medplan.gate.context import system_clock
from medplan.gate.logs import configure_logs
from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from medplan.store.migrate import upgrade

_ROUNDS = 16
_SECONDS = 0.2
_STEPS = 52
_LOGIN = base64.b64encode(b"mum:mum").decode()


def made_feeds(url: str, requests: Sequence[str]) -> list[str]:
    """A new database with issued plans in it; the path of each one's feed."""
    config = Config(database_url=url)
    parts = build_parts(config)
    upgrade(parts.database)
    now = system_clock()
    somebody = {"email": "bench@example.org", "password": secrets.token_urlsafe()}
    add_user(parts.database, **somebody, role=Role.PRESCRIBER, organisation="Invented", now=now)
    token = add_token(parts.database, email=somebody["email"], name="bench", now=now)
    parts.database.close()
    client = create_app(config).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    return [_made_feed(client, request) for request in requests]


def _made_feed(client: FlaskClient, request: str) -> str:
    drafted = _post(client, "/api/v1/plans", request)
    path = drafted.headers["Location"]
    majors = [f["code"] for f in drafted.get_json()["findings"] if f["severity"] == "major"]
    reasons = [{"code": code, "reason": "To be measured."} for code in majors]
    body = json.dumps({"acknowledged": reasons})
    _post(client, f"{path}/issue", body, {"If-Match": drafted.headers["ETag"]})
    wish = json.dumps({"name": "bench", "detail": "full", "alarms": True})
    address: str = _post(client, f"{path}/feeds", wish).get_json()["url"]
    return address[address.index("/f/") :]


def _post(
    client: FlaskClient, path: str, body: str, headers: Mapping[str, str] | None = None
) -> TestResponse:
    """Store something.

    Raises:
        ValueError: it was refused.
    """
    sent = {"Idempotency-Key": secrets.token_hex(), "Content-Type": "application/json"}
    answer = client.post(path, data=body, headers=sent | dict(headers or {}))
    if answer.status_code not in {200, 201}:
        raise ValueError(answer.text)
    return answer


def etag_of(asked: Asked) -> str:
    """The tag that a server gives what is asked for."""
    head, _ = once(asked)
    return head.partition(b"ETag: ")[2].partition(b"\r\n")[0].decode()


def again(asked: Asked) -> Asked:
    """The same by somebody who has it already."""
    known = ("If-None-Match", etag_of(asked))
    return replace(asked, name=f"{asked.name} 304", status=304, headers=(*asked.headers, known))


@contextmanager
def radicale(python: str, folder: Path, calendar: bytes) -> Iterator[Asked]:
    """Radicale with the feed's events in a collection."""
    config = folder / "radicale.conf"
    config.write_text(
        f"[auth]\ntype = none\n[storage]\nfilesystem_folder = {folder / 'collections'}\n"
        "[logging]\nlevel = error\n",
        encoding="utf-8",
    )
    with served(python, "radicale", {"RADICALE_CONFIG": str(config)}) as server:
        login = (("Authorization", f"Basic {_LOGIN}"),)
        _put(server.port, "/mum/plan/", calendar)
        yield Asked("Radicale 200", server.port, "/mum/plan/", 200, login, server.processes)


def _put(port: int, path: str, calendar: bytes) -> None:
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {_LOGIN}\r\n"
        f"Content-Type: text/calendar\r\nContent-Length: {len(calendar)}\r\n"
        "Connection: close\r\n\r\n"
    )
    with create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(head.encode() + calendar)
        answer = connection.recv(65536)
    if b" 201 " not in answer[:20]:
        msg = f"Radicale did not take the calendar: {answer[:80]!r}"
        raise ValueError(msg)


def in_turn(things: Sequence[Asked]) -> dict[str, Sequence[Answered]]:
    """Ask for each in turn, some rounds, there and back; what each answered in every round."""
    found: dict[str, list[Answered]] = {thing.name: [] for thing in things}
    for thing in things:
        once(thing)
        load(thing, _SECONDS / 4)
    for _ in range(_ROUNDS // 2):
        for thing in (*things, *reversed(things)):
            found[thing.name].append(load(thing, _SECONDS))
    return dict(found)


def print_ratio(name: str, ours: Sequence[Answered], theirs: Sequence[Answered], goal: str) -> None:
    """How many times theirs ours is: the middle round's answers, and all rounds' processor time."""
    rounds = zip(ours, theirs, strict=True)
    answers = statistics.median(one.per_second / other.per_second for one, other in rounds)
    processor = together(theirs).processor_us / together(ours).processor_us
    print(f"{name:<24}{answers:>9.2f} x answers{processor:>9.2f} x processor   goal {goal}")


def together(rounds: Sequence[Answered]) -> Answered:
    """All rounds as one: a single one is too short for the clock of the processor's time."""
    return Answered(
        sum(r.answers for r in rounds),
        sum(r.seconds for r in rounds),
        sum(r.processor_s for r in rounds),
    )


def measure(folder: Path, python: str | None) -> None:
    """Start everything, ask for a usual plan and for a long one, and print."""
    configure_logs()
    logging.disable(logging.INFO)
    url = f"sqlite:///{folder / 'medplan.db'}"
    with ExitStack() as stack:
        paths = made_feeds(url, [everyday_plan(), long_taper(_STEPS)])
        ours = stack.enter_context(
            served(
                sys.executable,
                "wsgi:app",
                {"MEDPLAN_DATABASE_URL": url, "MEDPLAN_RATE_LIMITS": "off"},
            )
        )
        for number, path in enumerate(paths):
            apart = folder / str(number)
            apart.mkdir()
            _measure_one(ours, path, apart, python)


def _measure_one(ours: Server, path: str, folder: Path, python: str | None) -> None:
    feed = Asked("feed 200", ours.port, path, 200, (), ours.processes)
    _, calendar = once(feed)
    body = folder / "feed.ics"
    body.write_bytes(calendar)
    with ExitStack() as stack:
        environment = {"MEDPLAN_BENCH_BODY": str(body)}
        plain = stack.enter_context(served(sys.executable, "benchmarks.bare:app", environment))
        bare = Asked("bare 200", plain.port, "/whole.ics", 200, (), plain.processes)
        known = replace(again(replace(bare, path="/known.ics")), name="bare 304")
        things = [feed, bare, replace(again(feed), name="feed 304"), known]
        if python is not None:
            things.append(stack.enter_context(radicale(python, folder, calendar)))
        tell(in_turn(things), calendar)


def tell(found: Mapping[str, Sequence[Answered]], calendar: bytes) -> None:
    """Print the table."""
    events = calendar.count(b"BEGIN:VEVENT")
    print(f"\nA feed of {events} events, {len(calendar)} bytes; one gunicorn worker, 8 threads")
    for name, rounds in found.items():
        a_second = statistics.median(r.per_second for r in rounds)
        print(f"{name:<24}{a_second:>9.0f} a second{together(rounds).processor_us:>9.0f} µs each")
    print_ratio("feed 200 to bare 200", found["feed 200"], found["bare 200"], ">= 0.80")
    print_ratio("feed 304 to bare 304", found["feed 304"], found["bare 304"], ">= 0.80")
    if "Radicale 200" in found:
        print_ratio("feed 200 to Radicale", found["feed 200"], found["Radicale 200"], ">= 20")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        measure(Path(made), sys.argv[1] if len(sys.argv) > 1 else None)
