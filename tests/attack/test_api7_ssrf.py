"""OWASP API7, server side request forgery: every address that a stranger can make us call.

Which addresses are called at all: `tests/outside/test_addresses.py` and `test_calls.py` (loopback,
own nets, wrapped IPv4, names that change their mind, redirects, odd ports, proxies).
"""

import json

import pytest

from tests.api.machines import allow_loopback
from tests.api.practice import ACUTE, Practice
from tests.attack.target import machine
from tests.outside.servers import receiver

INSIDE = (
    "http://169.254.169.254/latest/meta-data/",
    "https://127.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://0x7f000001/",
    "https://2130706433/",
    "https://10.1.2.3/",
    "https://localhost/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/",
    "https://user:pass@example.org/",
    "https://example.org:22/",
)


@pytest.mark.parametrize("url", INSIDE)
def test_a_webhook_leads_nowhere_inside(practice: Practice, url: str) -> None:
    caller = machine(practice)
    answer = caller.post("/api/v1/webhook-endpoints", {"url": url})
    listed = caller.get("/api/v1/webhook-endpoints").get_json()["items"]

    odd = url.startswith(("https://0x", "https://2130"))  # names, judged when they are looked up
    assert (answer.status_code, len(listed)) == ((201, 1) if odd else (422, 0))


def test_an_address_in_what_is_sent_is_only_text(practice: Practice) -> None:
    """FHIR references, JSON strings and notes are full of addresses; none of them is fetched."""
    allow_loopback(practice)
    with receiver() as listening:
        url = listening.url()
        order = {
            "resourceType": "MedicationRequest",
            "medicationReference": {"reference": url},
            "subject": {"reference": url},
            "instantiatesUri": [url],
        }
        patient = ACUTE["patient"] | {"reference": url}
        headers = {"Content_Type": "application/fhir+json"}
        practice.prescriber.send("POST", "/fhir/R4/$plan", order, **headers)
        practice.prescriber.send("POST", "/api/v1/previews", ACUTE | {"patient": patient})
        practice.nobody.send("POST", "/oauth/token", json.loads(f'{{"jku": "{url}"}}'))

        assert listening.got == []
