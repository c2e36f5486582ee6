"""An EHR that signs its calls is shown findings with sources and a proved schedule."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any

import pytest
from werkzeug.test import TestResponse

from medplan.services.clients.registered import revoke_client
from medplan.store.ids import CLIENT, read_id
from tests.api.practice import ACUTE, BEGUN, PUBLIC_URL, Practice
from tests.fhir.orders import simple_order
from tests.oauth.clients import EC, OTHERS_EC, Client, added

ISSUER = "https://ehr.example.org"
SERVICE = "/cds-services/medplan-order-sign"
PATIENT = {
    "resourceType": "Patient",
    "id": "p1",
    "birthDate": "1985-03-01",
    "gender": "female",
    "address": [{"country": "NZ"}],
}


@pytest.fixture
def ehr(practice: Practice) -> Client:
    """An EHR whose name as an issuer is registered."""
    return added(practice, "cds.use", name="Invented EHR", issuer=ISSUER)


def orders(practice: Practice, request: dict[str, Any] = ACUTE) -> list[Any]:
    """The orders of a plan as our own FHIR has them."""
    practice.prescriber.issued(request)
    found = practice.prescriber.get("/fhir/R4/MedicationRequest").get_json()
    return [{"resource": entry["resource"]} for entry in found["entry"]]


def call(
    ehr: Client,
    entries: list[Any],
    *,
    path: str = SERVICE,
    hook: str = "order-sign",
    said: Mapping[str, object] | None = None,
) -> TestResponse:
    claims = ehr.claims(iss=ISSUER, sub=None, aud=PUBLIC_URL + path) | dict(said or {})
    document = {
        "hook": hook,
        "hookInstance": "8f1c7a6e-0000-4000-8000-000000000000",
        "context": {
            "userId": "Practitioner/1",
            "patientId": "p1",
            "draftOrders": {"resourceType": "Bundle", "entry": entries},
        },
        "prefetch": {"patient": PATIENT},
    }
    bearer = {"Authorization": f"Bearer {ehr.signed(claims)}"}
    return ehr.app.test_client().post(path, json=document, headers=bearer)


def test_discovery_names_both_hooks(practice: Practice) -> None:
    found = practice.nobody.get("/cds-services").get_json()["services"]

    assert [service["hook"] for service in found] == ["order-select", "order-sign"]


def test_findings_come_with_sources_and_the_schedule_as_a_suggestion(
    practice: Practice, ehr: Client
) -> None:
    answer = call(ehr, orders(practice))

    assert answer.status_code == 200, answer.text
    found = answer.get_json()
    assert set(found) == {"cards"}
    for card in found["cards"]:
        assert "suggests nothing" not in card["summary"], card["detail"]
        assert card["indicator"] in {"info", "warning", "critical"}
        assert len(card["summary"]) <= 140
        assert card["source"]["label"] == "medplan, NZ formulary (draft)"
    suggested = [card for card in found["cards"] if "suggestions" in card]
    resources = [a["resource"] for c in suggested for s in c["suggestions"] for a in s["actions"]]
    assert {r["resourceType"] for r in resources} == {"MedicationRequest"}
    assert all(r["dosageInstruction"] for r in resources)
    names = [card["uuid"] for card in found["cards"]]
    assert len(set(names)) == len(names)


def test_a_suggestion_leads_to_the_plan_that_its_orders_are_of(
    practice: Practice, ehr: Client
) -> None:
    ours = orders(practice)
    plan = ours[0]["resource"]["groupIdentifier"]["value"]
    theirs = [{"resource": simple_order(subject={"reference": "Patient/p1"})}]

    links = [
        [card["links"] for card in call(ehr, entries).get_json()["cards"] if "links" in card]
        for entries in (ours, theirs)
    ]

    assert links == [
        [[{"label": "Open the plan", "url": f"{PUBLIC_URL}/plans/pln_{plan}", "type": "absolute"}]],
        [[{"label": "Write a plan", "url": f"{PUBLIC_URL}/plans/new", "type": "absolute"}]],
    ]
    page = practice.prescriber.get(f"/plans/pln_{plan}")
    assert page.status_code in {200, 302, 303}


def test_what_is_to_be_minded_stands_on_the_schedules_card(ehr: Client) -> None:
    order = simple_order(status="on-hold", subject={"reference": "Patient/p1"})

    (card,) = (
        card
        for card in call(ehr, [{"resource": order}]).get_json()["cards"]
        if "suggestions" in card
    )

    assert "it is on hold" in card["detail"]


def test_orders_that_are_not_understood_suggest_nothing(ehr: Client) -> None:
    strange = {
        "resource": {
            "resourceType": "MedicationRequest",
            "status": "draft",
            "intent": "order",
            "subject": {"reference": "Patient/p1"},
            "medicationCodeableConcept": {"text": "something invented"},
            "dosageInstruction": [{"text": "as directed"}],
        }
    }
    (card,) = call(ehr, [strange]).get_json()["cards"]

    assert card["summary"] == "medplan did not understand these orders and suggests nothing"
    assert "suggestions" not in card


@pytest.mark.parametrize(
    "said",
    [
        {"iss": "https://other.example.org"},
        {"aud": PUBLIC_URL},
        {"aud": f"{PUBLIC_URL}/cds-services/medplan-order-select"},
        {"exp": 1},
        {"exp": 4102444800},
        {"iss": None},
        {"jti": ""},
    ],
    ids=str,
)
def test_a_call_that_is_not_signed_for_this_address_is_refused(
    practice: Practice, ehr: Client, said: dict[str, object]
) -> None:
    assert practice.nobody.post(SERVICE, {}).status_code == 401
    assert call(ehr, [], said=said).status_code == 401


def test_an_issuer_that_is_not_registered_or_no_longer_is_refused(
    practice: Practice, ehr: Client
) -> None:
    without = added(practice, "cds.use", name="Not an EHR")
    other = added(practice, "plans.read", name="Another", issuer="https://other.example.org")
    theirs = {"iss": "https://other.example.org"}

    assert call(without, [], said={"iss": without.id}).status_code == 401
    assert call(other, [], said=theirs).status_code == 403
    assert call(ehr, []).status_code == 200
    revoke_client(practice.database, read_id(CLIENT, ehr.id), BEGUN)
    assert call(ehr, []).status_code == 401


@pytest.mark.parametrize(
    "header", [{"alg": "none"}, {"alg": "HS384"}, {"jku": "https://x.example"}]
)
def test_tricks_with_the_header_are_refused(ehr: Client, header: dict[str, str]) -> None:
    claims = ehr.claims(iss=ISSUER, sub=None, aud=PUBLIC_URL + SERVICE)
    whole, body, signature = ehr.signed(claims).split(".")
    padded = whole + "=" * (-len(whole) % 4)
    altered = json.loads(urlsafe_b64decode(padded)) | header
    forged = urlsafe_b64encode(json.dumps(altered).encode()).decode().rstrip("=")
    bearer = {"Authorization": f"Bearer {forged}.{body}.{signature}"}

    assert ehr.app.test_client().post(SERVICE, json={}, headers=bearer).status_code == 401


def test_another_key_and_a_repeated_call_are_refused(ehr: Client) -> None:
    claims = ehr.claims(iss=ISSUER, sub=None, aud=PUBLIC_URL + SERVICE)
    send = ehr.app.test_client().post
    document = {"hook": "order-sign", "context": {"draftOrders": {"entry": []}}}
    wrong = {"Authorization": f"Bearer {ehr.signed(claims, OTHERS_EC)}"}
    right = {"Authorization": f"Bearer {ehr.signed(claims, EC)}"}

    assert send(SERVICE, json=document, headers=wrong).status_code == 401
    assert send(SERVICE, json=document, headers=right).status_code == 200
    assert send(SERVICE, json=document, headers=right).status_code == 401


def test_a_call_without_orders_says_what_lacks(ehr: Client) -> None:
    answer = call(ehr, [], hook="order-select")

    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.get_json()["errors"]] == ["#/hook"]
    assert call(ehr, [], path="/cds-services/other").status_code == 404


def test_feedback_is_kept_sealed(practice: Practice, ehr: Client) -> None:
    path = f"{SERVICE}/feedback"
    said = {"card": "c1", "outcome": "overridden", "overrideReasons": ["a reason to look for"]}

    def tell(entries: list[Any]) -> TestResponse:
        claims = ehr.claims(iss=ISSUER, sub=None, aud=PUBLIC_URL + path)
        bearer = {"Authorization": f"Bearer {ehr.signed(claims)}"}
        return ehr.app.test_client().post(path, json={"feedback": entries}, headers=bearer)

    assert tell([said]).status_code == 200
    assert tell([said, {"card": 7}]).status_code == 422
    assert b"a reason to look for" not in practice.contents()
