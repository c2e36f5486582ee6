"""A pharmacy's program, as small as it can be: keys, sign-in, the week's changes, a supply, events.

    python examples/pharmacy_client.py make-keys pharmacy      (pharmacy.key and pharmacy.jwks)
    python -m medplan client add "Our pharmacy" --jwks pharmacy.jwks --scope "plans.read …"
    python examples/pharmacy_client.py week --client cli_… --key pharmacy.key
    python examples/pharmacy_client.py supply pln_… naproxen-tablet-250 14 --client … --key …
    python examples/pharmacy_client.py follow plan.stopped --client … --key …
    python examples/pharmacy_client.py listen plan.stopped --port 8099 --client … --key …

`follow` asks for the log of events until one of a kind comes; `listen` is told instead, by a
webhook whose signature it checks. It needs `requests`, `joserfc` and `standardwebhooks`.
"""

import argparse
import json
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import requests
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from standardwebhooks import Webhook

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TIMEOUT_S = 30


class Pharmacy:
    """A client of one server, signed in by its own key (SMART Backend Services)."""

    def __init__(self, server: str, client_id: str, key: ECKey) -> None:
        self._server, self._client_id, self._key = server, client_id, key
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {self._token()}"

    def _token(self) -> str:
        """Sign an assertion for this server, good once and for four minutes; give the token."""
        found = requests.get(f"{self._server}/.well-known/smart-configuration", timeout=TIMEOUT_S)
        token_url = found.json()["token_endpoint"]
        now = int(datetime.now(UTC).timestamp())
        claims = {
            "iss": self._client_id,
            "sub": self._client_id,
            "aud": token_url,
            "exp": now + 240,
            "jti": uuid.uuid4().hex,
        }
        header = {"alg": "ES384", "kid": self._key.kid}
        assertion = jwt.encode(header, claims, self._key, algorithms=["ES384"])
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
        }
        answer = requests.post(f"{self._server}/oauth/token", data=form, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def get(self, address: str) -> dict[str, Any]:
        """Read something."""
        answer = self._session.get(self._server + address, timeout=TIMEOUT_S)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def post(self, address: str, document: object) -> dict[str, Any]:
        """Store something once, however often this is sent again."""
        key = {"Idempotency-Key": uuid.uuid4().hex}
        answer = self._session.post(
            self._server + address, json=document, headers=key, timeout=TIMEOUT_S
        )
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def changes(self, first: date, last: date) -> Iterator[dict[str, Any]]:
        """Every product of every patient that is taken within some days, page by page."""
        address: str | None = f"/api/v1/changes?from={first}&to={last}"
        while address is not None:
            page = self.get(address)
            yield from page["items"]
            address = page["next"]

    def events(self) -> Iterator[dict[str, Any]]:
        """Every event from the first on; waits for those to come."""
        address = "/api/v1/events"
        while True:
            page = self.get(address)
            yield from page["items"]
            address = page["next"]
            if not page["items"]:
                time.sleep(1)


def make_keys(name: str) -> None:
    """Write a private key, and the set with its public half, which is what is registered."""
    key = ECKey.generate_key("P-384", {"kid": uuid.uuid4().hex, "use": "sig"})
    private = Path(f"{name}.key")
    private.touch(mode=0o600)
    private.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
    public = KeySet([key]).as_dict(private=False)
    Path(f"{name}.jwks").write_text(json.dumps(public), encoding="utf-8")


def listen(pharmacy: Pharmacy, kind: str, port: int) -> dict[str, Any]:
    """Have a kind of event told here, and give the first that comes with a good signature."""
    wish = {"url": f"http://127.0.0.1:{port}/events", "kinds": [kind]}
    secret = pharmacy.post("/api/v1/webhook-endpoints", wish)["secret"]
    come: list[dict[str, Any]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            come.append(Webhook(secret).verify(body, dict(self.headers.items())))
            self.send_response(204)
            self.end_headers()

    with HTTPServer(("127.0.0.1", port), Listener) as server:
        say("listening")
        while not come:
            server.handle_request()
    return come[0]


def say(text: object) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{text if isinstance(text, str) else json.dumps(text)}\n")
    sys.stdout.flush()


def main() -> None:
    """Do what the command line says."""
    options = _options()
    if options.act == "make-keys":
        make_keys(options.name)
        return
    key = ECKey.import_key(json.loads(Path(options.key).read_text(encoding="utf-8")))
    pharmacy = Pharmacy(options.server, options.client, key)
    if options.act == "week":
        for row in pharmacy.changes(options.first, options.first + timedelta(days=6)):
            say(row)
    elif options.act == "supply":
        item = {"product": options.product, "units": options.units}
        wish = {"day": str(options.day), "supplied": [item]}
        say(pharmacy.post(f"/api/v1/plans/{options.plan}/dispenses", wish))
    elif options.act == "follow":
        say(next(event for event in pharmacy.events() if event["type"] == options.kind))
    else:
        say(listen(pharmacy, options.kind, options.port))


def _options() -> argparse.Namespace:
    today = datetime.now(UTC).date()
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("make-keys").add_argument("name")
    known = argparse.ArgumentParser(add_help=False)
    known.add_argument("--server", default="http://127.0.0.1:8000")
    known.add_argument("--client", required=True)
    known.add_argument("--key", required=True)
    week = acts.add_parser("week", parents=[known])
    week.add_argument("--from", dest="first", type=date.fromisoformat, default=today)
    supply = acts.add_parser("supply", parents=[known])
    for name in ("plan", "product", "units"):
        supply.add_argument(name)
    supply.add_argument("--day", type=date.fromisoformat, default=today)
    acts.add_parser("follow", parents=[known]).add_argument("kind")
    told = acts.add_parser("listen", parents=[known])
    told.add_argument("kind")
    told.add_argument("--port", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
