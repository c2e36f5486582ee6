"""Everything that reads what strangers send, each as something that takes bytes.

A target refuses in its own words or takes what it is given; whatever else it raises is a fault.
"""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

from joserfc import jwt
from joserfc.jwk import ECKey
from werkzeug.datastructures import MultiDict

from medplan.cds.requests import read_feedback, read_orders
from medplan.documents.json_text import read_json
from medplan.documents.plan import dump_plan
from medplan.documents.plan_reading import document_to_plan
from medplan.documents.request import read_request
from medplan.errors import InvalidRequestError
from medplan.fhir.asked.handed import read_handed
from medplan.fhir.asked.reading import read_asked
from medplan.fhir.back.plans import plan_of
from medplan.fhir.out.bundles import Place, collection, plan_resources
from medplan.fhir.packs import load_packs
from medplan.fhir.routes.searching import read_spot
from medplan.fhir.values import write_json
from medplan.formulary.loader import load_formulary
from medplan.formulary.model import Formulary
from medplan.formulary.reading import read_formulary
from medplan.gate.cursors import read_cursor, write_cursor
from medplan.ical import writer
from medplan.oauth.token_request import TokenRequestError, read_token_request
from medplan.outside.addresses import OutsideError, check_address, check_url
from medplan.proof.prove import prove
from medplan.services import tokens
from medplan.services.clients.keys import prove as prove_assertion
from medplan.services.clients.keys import read_claimed, read_keys
from medplan.services.planning import plan_and_prove
from medplan.services.refusals import ClientRefusedError
from medplan.store.ids import PLAN, new_id, read_id, write_id
from medplan.web.practice.form_tree import fields_from, request_from
from tests.fhir.orders import tapering_order
from tests.fhir.plans import shown
from tests.formulary.folders import FIXTURE, changed
from tests.fuzz.mutation import Source, json_from, text_from

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 3, 30, tzinfo=UTC)
SECRET = "known-to-everybody-so-for-tests-only"
MANY_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads, and how many inputs of a hundred thousand it gets."""

    name: str
    read: Callable[[bytes], None]
    share: int


@cache
def formularies() -> Mapping[str, Formulary]:
    """The formularies as they are shipped."""
    return {name: load_formulary(name) for name in ("NZ", "GB")}


@cache
def examples() -> Sequence[str]:
    """The requests that come with medplan."""
    return [path.read_text() for path in sorted((ROOT / "examples").glob("*.json"))]


@cache
def stored_plans() -> Sequence[str]:
    """A finished plan of two of them."""
    found = formularies()
    requests = [read_request(text, found) for text in examples()[:2]]
    return [dump_plan(plan_and_prove(one, found[one.jurisdiction])) for one in requests]


SUPPLY = {
    "resourceType": "MedicationDispense",
    "status": "completed",
    "authorizingPrescription": [{"reference": "MedicationRequest/068z0000000000000000000000-1"}],
    "quantity": {"value": 20},
    "whenHandedOver": "2026-11-23",
}


@cache
def bundles() -> Sequence[str]:
    """Prescriptions and supplies as other systems send them, and a plan of ours."""
    found = formularies()
    plan = plan_and_prove(read_request(examples()[0], found), found["NZ"])
    ours = collection(plan_resources(shown(plan, found)), Place("https://plans.example.org"))
    return [json.dumps(tapering_order()), json.dumps(SUPPLY), write_json(ours)]


def a_request(data: bytes) -> None:
    """What is read is planned, and the plan proved."""
    _planned(json_from(examples(), data))


def a_stored_plan(data: bytes) -> None:
    text = json_from(stored_plans(), data)
    try:
        plan = document_to_plan(read_json(text, MANY_BYTES))
    except InvalidRequestError:
        return
    formulary = formularies().get(plan.formulary.jurisdiction)
    if formulary is not None:
        prove(plan, formulary)


def a_prescription(data: bytes) -> None:
    try:
        resource = read_json(json_from(bundles(), data))
        asked = read_asked(resource, formularies(), load_packs())
    except InvalidRequestError:
        return
    if asked.document is not None:
        _planned(json.dumps(asked.document, default=str).encode())


def a_supply(data: bytes) -> None:
    try:
        resource = read_json(json_from(bundles(), data))
        read_handed(resource)
        plan_of([resource])
    except InvalidRequestError:
        return


def an_ehrs_call(data: bytes) -> None:
    hook = {"hook": "order-sign", "context": {"draftOrders": {"entry": []}}, "prefetch": {}}
    became = {"feedback": [{"card": "1", "outcome": "accepted", "acceptedSuggestions": []}]}
    for read in (lambda found: read_orders(found, "order-sign"), read_feedback):
        try:
            read(read_json(json_from([json.dumps(hook), json.dumps(became)], data)))
        except InvalidRequestError:
            continue


@cache
def _overlay() -> Path:
    return changed(Path(tempfile.mkdtemp(prefix="medplan-fuzz-")))


def an_overlay(data: bytes) -> None:
    """One file of a small formulary is otherwise."""
    files = sorted(FIXTURE.rglob("*.toml"))
    source = Source(data)
    file = files[source.below(len(files))]
    place = _overlay() / file.relative_to(FIXTURE)
    whole = file.read_text()
    place.write_text(text_from([whole], source.rest()), encoding="utf-8", errors="replace")
    try:
        read_formulary("NZ", _overlay())
    finally:
        place.write_text(whole)


def a_calendars_text(data: bytes) -> None:
    """However it reads, it is one line of its own, in pieces of whole letters."""
    said = text_from(["Paracetamol 500 mg; 2 tablets, with food\\n", "X"], data)
    lines = [f"SUMMARY:{writer.text(said)}", "UID:1"]
    written = writer.to_bytes(writer.component("VEVENT", lines))
    pieces = written.split(b"\r\n")
    assert all(
        len(piece) <= writer.LINE_OCTETS and piece.decode() == piece.decode() for piece in pieces
    )
    whole = written.replace(b"\r\n ", b"").decode().split("\r\n")
    assert [line.partition(":")[0] for line in whole] == ["BEGIN", "SUMMARY", "UID", "END", ""]
    assert not set("\n\r\x85\u2028") & set("".join(whole))


def a_cursor(data: bytes) -> None:
    good = write_cursor(SECRET, ["plans"], new_id(NOW))
    sent = text_from([good, f"3.{good}", f"0.{good}"], data)
    for read in (read_cursor, read_spot):
        try:
            read(SECRET, ["plans"], sent)
        except InvalidRequestError:
            continue


@cache
def _tokens() -> Sequence[str]:
    kinds = (tokens.API, tokens.SESSION, tokens.RESET, tokens.CLIENT_TOKEN, tokens.CLIENT_SECRET)
    links = [tokens.new_link_token(kind, 7) for kind in (tokens.FEED, tokens.PATIENT)]
    return [*map(tokens.new_token, kinds), *links, write_id(PLAN, new_id(NOW))]


def a_token(data: bytes) -> None:
    """Only what was given out is one."""
    sent = text_from(_tokens(), data)
    for kind in (tokens.API, tokens.FEED, tokens.PATIENT, tokens.CLIENT_TOKEN):
        assert not tokens.is_token(kind, sent) or sent in _tokens()
    tokens.shard_of(sent)
    try:
        read_id(PLAN, sent)
    except ValueError:
        return


@cache
def _key() -> ECKey:
    return ECKey.generate_key("P-384", {"kid": "one"})


def an_assertion(data: bytes) -> None:
    """Whatever a client signs, or leaves unsigned."""
    source, expires = Source(data), int((NOW + timedelta(minutes=3)).timestamp())
    signs = bool(source.below(2))
    claims = {"iss": "me", "sub": "me", "aud": "here", "exp": expires, "jti": "1", "nbf": 0}
    sent = json_from([json.dumps(claims)], source.rest())
    good = jwt.encode({"alg": "ES384", "kid": "one"}, claims, _key(), algorithms=["ES384"])
    try:
        found = json.loads(sent)
        text = jwt.encode({"alg": "ES384", "kid": "one"}, found, _key(), algorithms=["ES384"])
    except (ValueError, TypeError, RecursionError, AttributeError):
        signs, text = False, ""
    assertion = text if signs else text_from([good], data)
    try:
        read_claimed(assertion)
        prove_assertion(assertion, [_key()], issuer="me", subject="me", audiences=["here"], now=NOW)
    except ClientRefusedError:
        return


def a_key_set(data: bytes) -> None:
    public = json.dumps({"keys": [_key().as_dict(private=False)]})
    try:
        read_keys(json_from([public], data).decode("utf-8", "replace"))
    except ValueError:
        return


def a_token_request(data: bytes) -> None:
    form = "grant_type=client_credentials&client_id=cli_1&client_secret=mpk_1&scope=plans.read"
    source = Source(data)
    header = text_from(["Basic YTpi", "Bearer x", "Basic ====", ""], source.rest()) or None
    fields = parse_qsl(text_from([form], data), errors="replace", max_num_fields=None)
    try:
        read_token_request(MultiDict(fields), header)
    except TokenRequestError:
        return


@cache
def _filled_in() -> Sequence[list[tuple[str, str]]]:
    trees = [read_json(text) for text in examples()]
    forms = [fields_from(tree) for tree in trees if isinstance(tree, dict)]
    return [[(name, value) for name, values in form.items() for value in values] for form in forms]


def a_form(data: bytes) -> None:
    """A page's form, with fields of any name."""
    source = Source(data)
    pairs = list(_filled_in()[source.below(len(_filled_in()))])
    for _ in range(1 + source.below(4)):
        place = source.below(len(pairs))
        name, value = pairs[place]
        changed_name = text_from([name], source.text().encode("utf-8", "replace"))
        pairs[place] = (changed_name, value) if source.below(2) else (name, source.text())
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    _planned(json.dumps(request_from(fields), default=str).encode("utf-8", "replace"))


def an_address(data: bytes) -> None:
    sent = text_from(["https://hooks.example.org/in?x=1", "https://[::ffff:10.0.0.1]/"], data)
    for loopback in (False, True):
        try:
            found = check_url(sent, allow_loopback=loopback)
            check_address(found.hostname or "", allow_loopback=loopback)
        except (OutsideError, ValueError):
            continue


def _planned(text: bytes) -> None:
    found = formularies()
    try:
        request = read_request(text, found)
        plan_and_prove(request, found[request.jurisdiction])
    except InvalidRequestError:
        return


TARGETS = (
    Target("request", a_request, 14_000),
    Target("stored-plan", a_stored_plan, 6_000),
    Target("overlay", an_overlay, 3_000),
    Target("prescription", a_prescription, 10_000),
    Target("supply", a_supply, 6_000),
    Target("ehr", an_ehrs_call, 6_000),
    Target("calendar-text", a_calendars_text, 12_000),
    Target("cursor", a_cursor, 8_000),
    Target("token", a_token, 8_000),
    Target("assertion", an_assertion, 5_000),
    Target("key-set", a_key_set, 5_000),
    Target("token-request", a_token_request, 6_000),
    Target("form", a_form, 5_000),
    Target("address", an_address, 6_000),
)
