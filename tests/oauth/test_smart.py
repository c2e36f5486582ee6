"""SMART Backend Services: the right key comes in, and everything else stays out."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from medplan.outside.calls import Outside
from medplan.services.access import MATRIX, Role
from medplan.services.refusals import AccountError
from tests.api.practice import PUBLIC_URL, Caller, Practice
from tests.oauth.clients import (
    EC,
    OTHERS_EC,
    OURS,
    RSA,
    THEIRS,
    TOKEN_URL,
    Client,
    added,
    public_set,
)
from tests.outside.servers import receiver, saying

PAGES = (Path("docs/how-to/connect-a-pharmacy.md"), Path("docs/reference/fhir.md"))


def refused(client: Client, assertion: str, error: str = "invalid_client") -> str:
    """The reason for which an assertion is refused."""
    answer = client.ask(assertion)
    assert (answer.status_code, answer.mimetype) == (400, "application/json"), answer.text
    assert answer.get_json()["error"] == error
    return str(answer.get_json()["error_description"])


@pytest.mark.parametrize(("key", "alg"), [(EC, "ES384"), (RSA, "RS384")])
@pytest.mark.parametrize("audience", [PUBLIC_URL, TOKEN_URL, [TOKEN_URL, "https://other.example"]])
def test_a_registered_key_opens_the_door(
    house: Practice, key: ECKey | RSAKey, alg: str, audience: object
) -> None:
    client = added(house, "plans.read", "formulary.read")

    answer = client.ask(client.assertion(key, alg, aud=audience), scope="plans.read")
    found = answer.get_json()

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert {k: v for k, v in found.items() if k != "access_token"} == {
        "token_type": "bearer",
        "expires_in": 300,
        "scope": "plans.read",
    }
    bearer = Caller(house.app, found["access_token"])
    assert bearer.get("/api/v1/plans").status_code == 200
    assert bearer.get("/api/v1/formulary/medicines").status_code == 403


def test_a_token_ends_after_five_minutes_and_with_its_client(house: Practice) -> None:
    from medplan.services.clients.registered import revoke_client
    from medplan.store.ids import CLIENT, read_id

    client = added(house)
    first = Caller(house.app, client.token())
    house.clock.now += timedelta(seconds=299)
    second = Caller(house.app, client.token())
    assert first.get("/api/v1/plans").status_code == 200
    house.clock.now += timedelta(seconds=1)

    assert first.get("/api/v1/plans").status_code == 401
    assert second.get("/api/v1/plans").status_code == 200
    revoke_client(house.database, read_id(CLIENT, client.id), house.clock.now)
    assert second.get("/api/v1/plans").status_code == 401
    assert refused(client, client.assertion()) == "The client or its secret is not known."


def test_tokens_secrets_and_jtis_are_kept_as_hashes_only(house: Practice) -> None:
    client = added(house)
    token = client.ask(client.assertion(jti="a-jti-to-look-for")).get_json()["access_token"]
    simple = added(house, name="simple", by_secret=True)

    kept = house.contents()

    for secret in (token, str(simple.secret), "a-jti-to-look-for"):
        assert secret.encode() not in kept


def test_an_assertion_is_taken_once(house: Practice) -> None:
    client = added(house)
    assertion = client.assertion()

    assert client.ask(assertion).status_code == 200
    assert refused(client, assertion) == "The assertion was used before."
    assert refused(client, client.assertion(RSA, "RS384", jti=client_jti(assertion))) == (
        "The assertion was used before."
    )


def client_jti(assertion: str) -> str:
    body = assertion.split(".")[1]
    return str(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))["jti"])


def test_of_many_at_once_one_is_taken(house: Practice) -> None:
    client = added(house)
    assertion = client.assertion()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: client.ask(assertion).status_code, range(16)))

    assert sorted(answers) == [200] + [400] * 15


def test_a_jti_of_another_client_is_another_jti(house: Practice) -> None:
    one, other = added(house, name="one"), added(house, name="other")

    assert one.ask(one.assertion(jti="the-same")).status_code == 200
    assert other.ask(other.assertion(jti="the-same")).status_code == 200


@pytest.mark.parametrize(
    ("ahead", "taken"),
    [
        (-61, False),
        (-60, False),
        (-59, True),
        (0, True),
        (300, True),
        (360, True),
        (361, False),
        (86_400, False),
    ],
)
def test_an_assertion_ends_within_five_minutes_give_or_take_one(
    house: Practice,
    ahead: int,
    taken: bool,  # noqa: FBT001 - a column of the table
) -> None:
    client = added(house)
    now = int(house.clock.now.timestamp())

    assert (client.ask(client.assertion(exp=now + ahead)).status_code == 200) is taken


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "https://elsewhere.example.org/oauth/token"},
        {"aud": []},
        {"aud": None},
        {"aud": f"{TOKEN_URL}/"},
        {"iss": "cli_01m80n8dx0frsvjy2aw4htpwqw"},
        {"iss": "https://elsewhere.example.org"},
        {"iss": None},
        {"sub": None},
        {"sub": "cli_01m80n8dx0frsvjy2aw4htpwqw"},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 1e300},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 256},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
    ],
    ids=str,
)
def test_an_assertion_that_says_something_else_is_refused(
    house: Practice, claims: dict[str, object]
) -> None:
    client = added(house)

    refused(client, client.signed(client.claims(**claims)))


def test_another_key_of_the_same_name_is_refused(house: Practice) -> None:
    client = added(house)

    assert (
        refused(client, client.assertion(OTHERS_EC))
        == "No key of the client's made this signature."
    )


def test_another_organisations_key_opens_nothing_here(house: Practice) -> None:
    ours = added(house)
    theirs = added(house, organisation=THEIRS, jwks=public_set(OTHERS_EC))

    refused(ours, ours.assertion(OTHERS_EC))
    token = theirs.ask(theirs.assertion(OTHERS_EC)).get_json()["access_token"]
    bearer = Caller(house.app, token)
    path = house.prescriber.issued()
    assert bearer.get(path).status_code == 404
    assert bearer.get("/api/v1/plans").get_json()["items"] == []


@pytest.mark.parametrize(
    "kid",
    [
        "unknown",
        "../../etc/passwd",
        "ec-1' OR '1'='1",
        "",
        "EC-1",
        "ec-1 ",
        "https://evil.example/k",
        "x" * 5_000,
    ],
)
def test_a_key_id_is_a_name_and_nothing_else(house: Practice, kid: str) -> None:
    client = added(house)

    refused(client, signed({"alg": "ES384", "kid": kid}, client.claims()))


def test_keys_that_an_assertion_brings_along_are_not_looked_at(house: Practice) -> None:
    client = added(house)
    brought = {
        "alg": "ES384",
        "kid": "ec-1",
        "jwk": OTHERS_EC.as_dict(private=False),
        "jku": "https://evil.example/keys",
        "x5u": "https://evil.example/cert",
    }

    refused(client, signed(brought, client.claims(), OTHERS_EC))


def signed(header: Mapping[str, object], claims: Mapping[str, object], key: ECKey = EC) -> str:
    """Sign with ES384 whatever the header says, as no library would."""
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA384

    text = ".".join(encoded(part) for part in (header, claims))
    private = key.private_key
    assert private is not None
    der = private.sign(text.encode(), ec.ECDSA(SHA384()))
    r, s = utils.decode_dss_signature(der)
    raw = r.to_bytes(48, "big") + s.to_bytes(48, "big")
    return f"{text}.{base64.urlsafe_b64encode(raw).rstrip(b'=').decode()}"


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, 384, ["ES384"]])
def test_an_assertion_without_a_signature_is_refused(house: Practice, alg: object) -> None:
    client = added(house)
    text = f"{encoded({'alg': alg, 'kid': 'ec-1'})}.{encoded(client.claims())}."

    refused(client, text)
    refused(client, text + "AAAA")


@pytest.mark.parametrize("alg", ["ES256", "RS256", "PS384", "ES512", "EdDSA", "HS256"])
def test_another_algorithm_is_refused(house: Practice, alg: str) -> None:
    client = added(house)
    keys: dict[str, RSAKey | OctKey] = {"RS": RSA, "PS": RSA, "HS": OctKey.generate_key(384)}
    key = keys.get(alg[:2])
    if key is None:
        refused(client, signed({"alg": alg, "kid": "ec-1"}, client.claims()))
        return
    from joserfc import jwt

    text = jwt.encode({"alg": alg, "kid": "ec-1"}, client.claims(), key, algorithms=[alg])
    assert refused(client, text) == "Sign with RS384 or ES384."


def test_a_public_key_used_as_a_shared_secret_is_refused(house: Practice) -> None:
    client = added(house)
    for key in (EC, RSA):
        text = f"{encoded({'alg': 'HS384', 'kid': key.kid})}.{encoded(client.claims())}"
        for secret in (key.as_pem(private=False), public_set(key).encode()):
            mac = hmac.new(secret, text.encode(), hashlib.sha384).digest()
            refused(client, f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}")


@pytest.mark.parametrize(
    "text", ["", "a", "a.b", "a.b.c", "...", "\x00", "é.é.é", "a.b.c.d.e", "x" * 9_000]
)
def test_rubbish_is_refused(house: Practice, text: str) -> None:
    client = added(house)

    answer = client.ask(text)

    assert answer.status_code == 400
    assert answer.get_json()["error"] in {"invalid_client", "invalid_request"}


def test_keys_at_an_address_are_fetched_and_follow_a_rotation(practice: Practice) -> None:
    outside = Outside(allow_loopback=True)
    allow_loopback(practice)
    served = {"keys": public_set(OTHERS_EC)}

    def serve(request: BaseHTTPRequestHandler) -> None:
        saying(200, served["keys"].encode())(request)

    with receiver(serve) as there:
        client = added(practice, outside=outside, jwks_url=there.url("/jwks"))
        assert client.ask(client.assertion(OTHERS_EC)).status_code == 200
        assert client.ask(client.assertion(OTHERS_EC)).status_code == 200
        assert len(there.got) == 1
        served["keys"] = public_set(RSA)
        refused(client, client.assertion(RSA, "RS384"))
        assert len(there.got) == 1
        practice.clock.now += timedelta(minutes=1)
        assert client.ask(client.assertion(RSA, "RS384")).status_code == 200
        refused(client, client.assertion(OTHERS_EC))
        assert len(there.got) == 2


def allow_loopback(practice: Practice) -> None:
    """Let this practice call this machine, as the development setting would."""
    from dataclasses import replace

    from medplan.gate.context import install_context

    here = practice.app.extensions["medplan"]
    parts = replace(here.parts, outside=Outside(allow_loopback=True, timeout_s=2))
    install_context(practice.app, replace(here, parts=parts))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"keys": []}', b"x" * 70_000])
def test_an_address_without_keys_lets_nobody_in(practice: Practice, body: bytes) -> None:
    allow_loopback(practice)
    with receiver(saying(200, body)) as there:
        client = added(practice, outside=Outside(allow_loopback=True), jwks_url=there.url())
        assert refused(client, client.assertion()) == "The client's keys can't be fetched."


def test_a_key_address_inside_is_not_called(house: Practice) -> None:
    with receiver(saying(200, public_set(EC).encode())) as there:
        with pytest.raises(AccountError):
            added(house, jwks_url=there.url())
        client = added(house, outside=Outside(allow_loopback=True), jwks_url=there.url())
        refused(client, client.assertion())

    assert there.got == []


@pytest.mark.parametrize(
    "jwks",
    [
        "",
        "{}",
        '{"keys": []}',
        '{"keys": 7}',
        '{"keys": [7]}',
        json.dumps({"keys": [EC.as_dict(private=True)]}),
        json.dumps({"keys": [{"kty": "oct", "k": "AAAA", "kid": "s"}]}),
        public_set(ECKey.generate_key("P-256", {"kid": "small"})),
        '{"keys": [{}]}',
    ],
)
def test_keys_that_must_not_be_used_are_not_registered(house: Practice, jwks: str) -> None:
    with pytest.raises(AccountError):
        added(house, jwks=jwks)


def test_a_simple_client_signs_in_with_its_secret(house: Practice) -> None:
    client = added(house, "plans.read", by_secret=True)
    form = {"grant_type": "client_credentials"}
    ask = house.app.test_client().post

    known = {"client_id": client.id, "client_secret": str(client.secret)}
    posted = ask("/oauth/token", data=form | known)
    known_pair = (client.id, str(client.secret))
    basic = ask("/oauth/token", data=form, auth=known_pair)
    wrong = ask("/oauth/token", data=form, auth=(client.id, "mpk_wrong"))
    both = ask("/oauth/token", data=form | known, auth=(client.id, "x"))
    named = ask("/oauth/token", data=form | {"client_id": "cli_another"}, auth=known_pair)

    assert (posted.status_code, basic.status_code) == (200, 200)
    assert (named.status_code, named.get_json()["error"]) == (400, "invalid_request")
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (
        401,
        'Basic realm="medplan"',
    )
    assert (both.status_code, both.get_json()["error"]) == (400, "invalid_request")
    assert refused(client, client.assertion()) == "The client has no keys."


def test_a_client_with_keys_has_no_secret(house: Practice) -> None:
    client = added(house)

    form = {"grant_type": "client_credentials"}
    told = (client.id, "a secret that nobody has")
    answer = house.app.test_client().post("/oauth/token", data=form, auth=told)

    assert (client.secret, answer.status_code) == (None, 401)


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "invalid_client"),
        ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request"),
        ({"grant_type": "client_credentials", "client_assertion": "a.b.c"}, "invalid_request"),
    ],
)
def test_other_requests_are_refused_in_oauths_words(
    house: Practice, form: dict[str, object], error: str
) -> None:
    answer = house.app.test_client().post("/oauth/token", data=form)

    assert (answer.status_code, answer.get_json()["error"]) == (400, error)


def test_a_scope_that_the_client_lacks_is_not_given(house: Practice) -> None:
    client = added(house, "plans.read")

    narrowed = client.ask(client.assertion(), scope="plans.read plans.write")
    assert narrowed.get_json()["scope"] == "plans.read"
    answer = client.ask(client.assertion(), scope="plans.write")
    assert (answer.status_code, answer.get_json()["error"]) == (400, "invalid_scope")
    for word in ("everything", "manage-users"):
        with pytest.raises(AccountError, match=f"Unknown scopes: {word}"):
            added(house, word)


def test_of_every_kind_of_resource_a_client_may_ask_for_one(house: Practice) -> None:
    client = added(house, "system/*.rs")

    narrowed = client.ask(
        client.assertion(), scope="system/CarePlan.rs system/Practitioner.rs plans.read"
    )
    assert narrowed.get_json()["scope"] == "system/CarePlan.rs"
    wider = client.ask(client.assertion(), scope="system/MedicationDispense.crs")
    assert (wider.status_code, wider.get_json()["error"]) == (400, "invalid_scope")


def test_the_configuration_says_what_is_done(house: Practice) -> None:
    found = house.nobody.get("/.well-known/smart-configuration").get_json()

    below_fhir = house.nobody.get("/fhir/R4/.well-known/smart-configuration")
    assert below_fhir.get_json() == found
    assert found["token_endpoint"] == TOKEN_URL
    assert found["token_endpoint_auth_methods_supported"][0] == "private_key_jwt"
    assert found["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert house.nobody.get("/.well-known/jwks.json").get_json() == {"keys": []}
    assert OURS not in json.dumps(found)


def test_every_scope_that_is_named_is_given_and_lets_a_client_do_something(house: Practice) -> None:
    named = house.nobody.get("/.well-known/smart-configuration").get_json()["scopes_supported"]
    client = added(house, *named)

    granted = client.ask(client.assertion()).get_json()["scope"].split()

    assert granted == sorted(named)
    rights = {right for word in named for right in MATRIX.scopes[word]}
    assert rights == MATRIX.roles[Role.CLIENT].keys()
    ours = [word for word in named if not word.startswith("system/")]
    assert ours == [
        "cds.use", "counter-checks.write", "dispenses.write", "events.read", "feeds.manage",
        "formulary.read", "plans.read", "plans.write", "webhooks.manage",
    ]  # fmt: skip
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert [word for word in ours if f"`{word}`" not in pages] == []
