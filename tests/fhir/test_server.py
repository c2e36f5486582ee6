"""The FHIR server: what a pharmacy or a practice system asks for, and what it gets."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from medplan.services.access import Role
from medplan.services.people.accounts import add_user
from medplan.services.people.api_tokens import add_token
from tests.api.practice import ACUTE, BEGUN, PUBLIC_URL, Caller, Practice
from tests.fhir.orders import dosage, simple_order, tapering_order, with_parameters

BASE = "/fhir/R4"
PATIENT = ACUTE["patient"]["reference"]
STEPPING_UP = ACUTE | {
    "indication": "sciatica",
    "courses": [{"medicine": "amitriptyline", "regimen": "titration"}],
}
Json = Any


def get(caller: Caller, path: str, status: int = 200) -> Json:
    """Read something as FHIR JSON."""
    answer = caller.get(f"{BASE}{path}")
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/fhir+json"
    return answer.get_json()


def key(plan_path: str) -> str:
    """What the ids of a plan's resources begin with."""
    return plan_path.rsplit("/", 1)[1].removeprefix("pln_")


def ids(bundle: Json) -> list[str]:
    """The ids of a Bundle's resources."""
    return [entry["resource"]["id"] for entry in bundle.get("entry", [])]


def pages(caller: Caller, path: str) -> Iterator[Json]:
    """A search and every page that follows it."""
    onward: str | None = path
    while onward is not None:
        found = get(caller, onward)
        yield found
        links = {link["relation"]: link["url"] for link in found["link"]}
        onward = links.get("next", "").removeprefix(f"{PUBLIC_URL}{BASE}") or None


def test_what_the_server_says_it_can_it_can(practice: Practice) -> None:
    practice.prescriber.issued()

    said = get(practice.nobody, "/metadata")

    assert said["fhirVersion"] == "4.0.1"
    for resource in said["rest"][0]["resource"]:
        if resource["type"] in {"AuditEvent", "MedicationDispense"}:
            continue  # tried below, as somebody who may
        found = get(practice.prescriber, f"/{resource['type']}")
        name = ids(found)[0]
        assert get(practice.prescriber, f"/{resource['type']}/{name}")["id"] == name
        assert get(practice.prescriber, f"/{resource['type']}/{name}/_history")["total"] == 1
        assert get(practice.prescriber, f"/{resource['type']}/{name}/_history/1")["id"] == name


def test_each_revision_stays_readable_with_the_status_it_had(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued(STEPPING_UP)
    etag = prescriber.get(path).headers["ETag"]
    held = prescriber.post(
        f"{path}/holds", {"days": 7, "reason": "A week away.", "effective": "2026-11-25"}, etag=etag
    )
    assert held.status_code == 200, held.text

    now = get(prescriber, f"/CarePlan/{key(path)}")
    first = get(prescriber, f"/CarePlan/{key(path)}/_history/1")
    versions = get(prescriber, f"/CarePlan/{key(path)}/_history")

    assert (now["status"], now["meta"]["versionId"]) == ("on-hold", "2")
    assert (first["status"], first["meta"]["versionId"]) == ("active", "1")
    assert [e["resource"] for e in versions["entry"]] == [now, first]
    made = get(prescriber, f"/Provenance/{key(path)}-r2")
    assert made["activity"]["coding"][0]["code"] == "HOLD"
    assert made["reason"] == [{"text": "A week away."}]
    assert made["entity"][0]["what"]["reference"] == f"CarePlan/{key(path)}/_history/1"


def test_requests_keep_their_ids_over_revisions(practice: Practice) -> None:
    prescriber = practice.prescriber
    path = prescriber.issued()
    before = ids(get(prescriber, "/MedicationRequest"))
    etag = prescriber.get(path).headers["ETag"]
    stopped = prescriber.post(
        f"{path}/stops", {"reason": "Enough of it.", "effective": "2026-11-25"}, etag=etag
    )
    assert stopped.status_code == 200, stopped.text

    after = get(prescriber, "/MedicationRequest?status=stopped")

    assert set(ids(after)) <= set(before)
    assert {e["resource"]["statusReason"]["text"] for e in after["entry"]} == {"Enough of it."}


def test_a_draft_is_shown_as_one(practice: Practice) -> None:
    drafted = practice.prescriber.draft()

    plan = get(practice.prescriber, f"/CarePlan/{key(drafted.headers['Location'])}")

    assert (plan["status"], plan["meta"]["versionId"]) == ("draft", "draft-1")


def test_pages_of_a_search_hold_everything_once(practice: Practice) -> None:
    for _ in range(3):
        practice.prescriber.issued()
    whole = ids(get(practice.prescriber, "/MedicationRequest"))

    for count in (1, 2, 4):
        read = list(pages(practice.prescriber, f"/MedicationRequest?_count={count}"))
        assert [name for found in read for name in ids(found)] == whole
        assert all(len(ids(found)) <= count for found in read)
    assert len(whole) == len(set(whole)) == 6


SEARCHES = [
    (f"patient={PATIENT}", 1),
    (f"subject=Patient/{PATIENT}", 1),
    (f"patient:identifier=urn:medplan:fhir:patient-reference|{PATIENT}", 1),
    ("patient=invented:somebody-else", 0),
    ("status=active", 1),
    ("status=draft,active", 1),
    ("status=on-hold", 0),
    ("date=2026-11-25", 1),
    ("date=ge2026-11-23&date=le2026-11-24", 1),
    ("date=lt2026-11-23", 0),
    ("date=gt2027-06-01", 0),
    ("_lastUpdated=ge2026-11-22T00:00:00Z", 1),
    ("_lastUpdated=gt2026-11-22", 0),
]


def test_a_search_narrows(practice: Practice) -> None:
    practice.prescriber.issued()

    counts = {
        query: len(ids(get(practice.prescriber, f"/CarePlan?{query}"))) for query, _ in SEARCHES
    }

    assert counts == dict(SEARCHES)


def test_a_resource_can_be_asked_for_by_its_id(practice: Practice) -> None:
    practice.prescriber.issued()
    name = ids(get(practice.prescriber, "/MedicationRequest"))[1]

    assert ids(get(practice.prescriber, f"/MedicationRequest?_id={name},nothing")) == [name]


def test_all_that_a_plan_holds_comes_at_once(practice: Practice) -> None:
    path = practice.prescriber.issued()

    whole = get(practice.prescriber, f"/CarePlan/{key(path)}/$everything")

    kinds = [entry["resource"]["resourceType"] for entry in whole["entry"]]
    assert kinds == ["CarePlan", *["MedicationRequest"] * 2, *kinds[3:-1], "Provenance"]
    for address in (
        f"/Patient/$everything?identifier=urn:medplan:fhir:patient-reference|{PATIENT}",
        f"/Patient/{PATIENT}/$everything",
    ):
        assert get(practice.prescriber, address)["entry"] == whole["entry"]


def test_all_of_a_patients_plans_come_page_by_page(practice: Practice) -> None:
    issued = [key(practice.prescriber.issued()) for _ in range(21)]

    found = [*pages(practice.prescriber, f"/Patient/{PATIENT}/$everything")]

    plans = [[name for name in ids(page) if len(name) == 26] for page in found]
    assert [len(page) for page in plans] == [20, 1]
    assert sorted(plans[0] + plans[1]) == sorted(issued)


def test_what_can_be_searched_for_is_declared(practice: Practice) -> None:
    said = get(practice.nobody, "/metadata")["rest"][0]["resource"]

    for resource in said:
        for parameter in resource["searchParam"]:
            value = "2026-11-25" if parameter["type"] == "date" else "active"
            asked = f"/{resource['type']}?{parameter['name']}={value}"
            who = practice.pharmacist
            expected = 403 if resource["type"] == "AuditEvent" else 200
            assert get(who, asked, expected)["resourceType"] in {"Bundle", "OperationOutcome"}


def test_somebody_elses_plan_is_not_there(practice: Practice) -> None:
    path = practice.prescriber.issued()
    request = ids(get(practice.prescriber, "/MedicationRequest"))[0]

    for address in (f"/CarePlan/{key(path)}", f"/MedicationRequest/{request}/_history"):
        theirs = get(practice.stranger, address, 404)["issue"][0]
        nobodys = get(practice.stranger, "/CarePlan/01m80mvdp0e26rrdf3ft68hsa8", 404)["issue"][0]
        assert theirs["code"] == nobodys["code"] == "not-found"
        assert theirs["details"] == nobodys["details"]
    assert ids(get(practice.stranger, "/MedicationRequest")) == []


REFUSALS = [
    ("/CarePlan/nothing", 404, "not-found"),
    ("/Observation/1", 404, "not-found"),
    ("/CarePlan?colour=red", 422, "processing"),
    ("/CarePlan?status=running", 422, "processing"),
    ("/CarePlan?_count=many", 422, "processing"),
    ("/CarePlan?_lastUpdated=yesterday", 422, "processing"),
    ("/CarePlan?_cursor=0.forged", 422, "processing"),
    ("/CarePlan?_format=xml", 406, "not-supported"),
    ("/CarePlan?patient=a&patient=b", 422, "processing"),
    ("/CarePlan?patient=a,b", 422, "processing"),
    ("/CarePlan?_id=a&_id=b", 422, "processing"),
    ("/Provenance?status=active", 422, "processing"),
    ("/DetectedIssue?date=2026-11-25", 422, "processing"),
    ("/MedicationDispense?status=completed", 422, "processing"),
    ("/MedicationDispense?_id=a", 422, "processing"),
    ("/AuditEvent", 403, "forbidden"),
    ("/Patient/$everything", 422, "processing"),
]


def test_every_refusal_is_an_operation_outcome(practice: Practice) -> None:
    for path, status, code in REFUSALS:
        told = get(practice.prescriber, path, status)

        assert told["resourceType"] == "OperationOutcome"
        assert [issue["code"] for issue in told["issue"]] == [code], path


def test_without_a_token_there_is_nothing_to_see(practice: Practice) -> None:
    assert get(practice.nobody, "/CarePlan", 401)["issue"][0]["code"] == "login"


def test_a_media_type_may_say_which_version_is_wanted(practice: Practice) -> None:
    for accept, status in (
        ("application/fhir+json; fhirVersion=4.0", 200),
        ("application/fhir+xml;q=0.9, application/fhir+json;charset=utf-8", 200),
        ("application/*", 200),
        ("application/fhir+json; fhirVersion=5.0", 406),
        ("application/fhir+json;q=0", 406),
        ("application/fhir+xml", 406),
    ):
        answer = practice.prescriber.get(f"{BASE}/CarePlan", Accept=accept)
        assert (answer.status_code, answer.content_type) == (status, "application/fhir+json")


def test_a_day_at_the_end_of_time_is_refused_and_no_fault(practice: Practice) -> None:
    for name, value in (
        ("date", "0001-01-01"),
        ("date", "lt0001-01-01"),
        ("date", "ge9999-12-31"),
        ("date", "2026-13"),
        ("date", "2026-02-30"),
        ("_lastUpdated", "ge0001-01-01T00:00:00%2B14:00"),
        ("_lastUpdated", "le9999-12-31T23:59:59-14:00"),
    ):
        said = get(practice.prescriber, f"/CarePlan?{name}={value}", 422)
        assert {issue["expression"][0] for issue in said["issue"]} == {f"http.{name}"}


def test_a_year_and_a_month_stand_for_their_days(practice: Practice) -> None:
    practice.prescriber.issued()

    found = {
        value: len(ids(get(practice.prescriber, f"/CarePlan?date={value}")))
        for value in ("2026", "2026-11", "ge2026-12", "lt2026-11", "2026-12", "2027")
    }

    assert found == {
        "2026": 1, "2026-11": 1, "ge2026-12": 0, "lt2026-11": 0, "2026-12": 0, "2027": 0,
    }  # fmt: skip


def test_what_has_not_changed_is_not_sent_again(practice: Practice) -> None:
    path = practice.prescriber.issued()
    address = f"{BASE}/CarePlan/{key(path)}"
    etag = practice.prescriber.get(address).headers["ETag"]

    again = practice.prescriber.get(address, If_None_Match=etag)

    assert (etag, again.status_code) == ('W/"1"', 304)


def test_the_audit_says_who_saw_which_patients_plan(practice: Practice) -> None:
    path = practice.prescriber.issued()
    get(practice.prescriber, f"/CarePlan/{key(path)}")
    add_user(
        practice.database,
        email="auditor@example.org",
        password="an invented password",
        role=Role.AUDITOR,
        organisation="Invented Practice",
        now=BEGUN,
    )
    token = add_token(practice.database, email="auditor@example.org", name="test", now=BEGUN)
    auditor = Caller(practice.app, token)
    practice.clock.now = BEGUN + timedelta(minutes=1)

    events = [e["resource"] for e in get(auditor, f"/AuditEvent?patient={PATIENT}")["entry"]]

    read = events[0]
    assert (read["action"], read["subtype"][0]["code"]) == ("R", "read")
    assert [entity["what"] for entity in read["entity"]] == [
        {"reference": f"CarePlan/{key(path)}"},
        {
            "type": "Patient",
            "identifier": {"system": "urn:medplan:fhir:patient-reference", "value": PATIENT},
        },
    ]
    assert [agent["requestor"] for agent in read["agent"]] == [False, False, True]
    assert get(auditor, f"/AuditEvent/{read['id']}") == read
    assert ids(get(auditor, "/AuditEvent?date=lt2026-11-22")) == []
    everything = [name for found in pages(auditor, "/AuditEvent?_count=2") for name in ids(found)]
    assert len(everything) == len(set(everything)) > len(events)


def test_a_published_taper_is_planned_with_its_dates(practice: Practice) -> None:
    answer = practice.prescriber.send(
        "POST",
        f"{BASE}/$plan",
        with_parameters(tapering_order()),
        Content_Type="application/fhir+json",
    )

    assert answer.status_code == 200, answer.text
    found = [entry["resource"] for entry in answer.get_json()["entry"]]
    assert found[0]["resourceType"] == "OperationOutcome"
    bounds = [
        tuple(dosage["timing"]["repeat"]["boundsPeriod"].values())
        for resource in found
        if resource["resourceType"] == "MedicationRequest"
        for dosage in resource["dosageInstruction"]
    ]
    assert bounds == [
        ("2015-01-16", "2015-01-20"),
        ("2015-01-23", "2015-01-30"),
        ("2015-01-31", "2015-02-06"),
    ]


def test_what_was_not_understood_is_not_planned(practice: Practice) -> None:
    order = simple_order(doNotPerform=True)

    answer = practice.prescriber.send("POST", f"{BASE}/$plan", with_parameters(order))

    assert answer.status_code == 422
    told = answer.get_json()["issue"]
    assert "Parameters.parameter[0].resource.doNotPerform" in told[0]["expression"]


def test_what_would_be_planned_can_be_tried_without_a_plan(practice: Practice) -> None:
    wrong = simple_order(doNotPerform=True)
    blocked = simple_order(
        dosageInstruction=[dosage(doseAndRate=[{"doseQuantity": {"value": 2000, "unit": "mg"}}])]
    )

    def tried(order: Json, path: str = "/MedicationRequest/$validate") -> list[str]:
        answer = practice.prescriber.send("POST", f"{BASE}{path}", with_parameters(order))
        assert (answer.status_code, answer.get_json()["resourceType"]) == (200, "OperationOutcome")
        return [issue["severity"] for issue in answer.get_json()["issue"]]

    assert "error" not in tried(simple_order())
    assert "error" in tried(wrong)
    assert "error" in tried(blocked, "/$validate")
    assert ids(get(practice.prescriber, "/CarePlan")) == []


def test_our_own_plan_can_be_planned_again(practice: Practice) -> None:
    path = practice.prescriber.issued()
    whole = get(practice.prescriber, f"/CarePlan/{key(path)}/$everything")

    answer = practice.prescriber.send("POST", f"{BASE}/$plan", whole)

    assert answer.status_code == 200, answer.text
    made = [e["resource"] for e in answer.get_json()["entry"]]
    assert dosed(made) == dosed([e["resource"] for e in whole["entry"]])


def dosed(resources: list[Json]) -> list[Json]:
    """When how much of what is taken."""
    return [
        (r["medicationCodeableConcept"]["text"], d["timing"]["repeat"], d["doseAndRate"])
        for r in resources
        if r["resourceType"] == "MedicationRequest"
        for d in r["dosageInstruction"]
    ]


def test_what_was_supplied_comes_in_and_is_read_with_its_prescription(
    practice: Practice,
) -> None:
    practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=1)
    requests = get(practice.prescriber, "/MedicationRequest")["entry"]
    naproxen = next(e["resource"]["id"] for e in requests if "Naproxen" in str(e["resource"]))
    supply = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "authorizingPrescription": [{"reference": f"MedicationRequest/{naproxen}"}],
        "quantity": {"value": 14, "unit": "tablet"},
        "whenHandedOver": "2026-11-23",
    }

    made = practice.pharmacist.send("POST", f"{BASE}/MedicationDispense", supply, key="once")
    again = practice.pharmacist.send("POST", f"{BASE}/MedicationDispense", supply, key="once")

    assert made.status_code == 201, made.text
    assert again.headers["Location"] == made.headers["Location"]
    (found,) = (e["resource"] for e in get(practice.pharmacist, "/MedicationDispense")["entry"])
    assert made.headers["Location"] == f"{PUBLIC_URL}{BASE}/MedicationDispense/{found['id']}"
    assert (found["quantity"]["value"], found["whenHandedOver"]) == (14, "2026-11-23")
    assert found["authorizingPrescription"] == supply["authorizingPrescription"]
    assert get(practice.pharmacist, f"/MedicationDispense/{found['id']}") == found
    assert ids(get(practice.pharmacist, f"/MedicationDispense?patient={PATIENT}"))
    assert ids(get(practice.pharmacist, "/MedicationDispense?patient=nobody")) == []
    assert ids(get(practice.stranger, "/MedicationDispense")) == []
    get(practice.stranger, f"/MedicationDispense/{found['id']}", 404)


def test_a_supply_at_an_instant_was_on_the_patients_own_day(practice: Practice) -> None:
    practice.prescriber.issued()
    practice.clock.now = BEGUN + timedelta(days=1)
    naproxen = ids(get(practice.prescriber, "/MedicationRequest"))[0]
    for when, status in (
        ("2026-11-22T11:30:00Z", 201),  # half past midnight in Auckland
        ("2026-11-23T00:30:00.5+13:00", 201),
        ("2026-11-23T10:00:00", 422),
        ("2026-11-23T25:00:00Z", 422),
        ("0001-01-01T00:00:00+14:00", 422),
    ):
        supply = {
            "resourceType": "MedicationDispense",
            "status": "completed",
            "authorizingPrescription": [{"reference": f"MedicationRequest/{naproxen}"}],
            "quantity": {"value": 14},
            "whenHandedOver": when,
        }
        answer = practice.pharmacist.send("POST", f"{BASE}/MedicationDispense", supply, key=when)
        assert answer.status_code == status, answer.text
        if status == 422:
            (issue,) = answer.get_json()["issue"]
            assert issue["expression"] == ["MedicationDispense.whenHandedOver"]
    found = [e["resource"] for e in get(practice.pharmacist, "/MedicationDispense")["entry"]]
    assert [supply["whenHandedOver"] for supply in found] == ["2026-11-23", "2026-11-23"]


OTHER_SUPPLIES: Mapping[str, Mapping[str, object]] = {
    "MedicationDispense.quantity.unit": {"quantity": {"value": 3500, "unit": "mg"}},
    "MedicationDispense.quantity": {"quantity": {"value": 14, "unit": "mL"}},
    "MedicationDispense.quantity.value": {"quantity": {"value": 0}},
    "MedicationDispense.medicationCodeableConcept": {
        "medicationCodeableConcept": {
            "coding": [{"system": "urn:medplan:fhir:product", "code": "naproxen-tablet-500"}]
        }
    },
}


def test_another_unit_or_another_product_is_not_recorded(practice: Practice) -> None:
    practice.prescriber.issued()
    naproxen = ids(get(practice.prescriber, "/MedicationRequest"))[0]
    for place, change in OTHER_SUPPLIES.items():
        supply: dict[str, object] = {
            "resourceType": "MedicationDispense",
            "status": "completed",
            "authorizingPrescription": [{"reference": f"MedicationRequest/{naproxen}"}],
            "quantity": {"value": 14, "unit": "tablet"},
            "whenHandedOver": "2026-11-23",
        } | dict(change)

        refused = practice.pharmacist.send("POST", f"{BASE}/MedicationDispense", supply, key=place)

        assert refused.status_code == 422
        assert place in {i["expression"][0] for i in refused.get_json()["issue"]}
    assert ids(get(practice.pharmacist, "/MedicationDispense")) == []


def test_a_supply_that_is_not_understood_is_not_recorded(practice: Practice) -> None:
    practice.prescriber.issued()
    supply = {"resourceType": "MedicationDispense", "status": "in-progress", "daysSupply": {}}

    refused = practice.pharmacist.send("POST", f"{BASE}/MedicationDispense", supply, key="once")

    assert refused.status_code == 422
    told = {issue["expression"][0] for issue in refused.get_json()["issue"]}
    assert "MedicationDispense.status" in told
    assert "MedicationDispense.authorizingPrescription" in told
    assert "MedicationDispense.daysSupply" in told
