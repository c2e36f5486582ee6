"""OWASP API9, improper inventory management: nothing answers that is not known.

Routes against the description: `tests/api/test_description.py`. Doors that open without a caller:
`tests/access/test_role_matrix.py`. What is withdrawn says so: `tests/api/test_conduct.py`.
"""

import pytest

from tests.api.practice import Practice

LEFT_BEHIND = (
    "/.git/config",
    "/.env",
    "/admin",
    "/console",
    "/debug",
    "/server-status",
    "/actuator/env",
    "/swagger.json",
    "/graphql",
    "/api",
    "/api/v0/plans",
    "/api/v2/plans",
    "/api/v1/debug",
    "/wp-login.php",
    "/static/page.css",
    "/medplan.db",
    "/var/medplan.db",
    "/config.py",
    "/backup.sql",
    "/robots.txt",
)


@pytest.mark.parametrize("path", LEFT_BEHIND)
def test_nothing_was_left_behind(practice: Practice, path: str) -> None:
    answer = practice.prescriber.get(path)

    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_every_route_belongs_to_a_known_room(practice: Practice) -> None:
    rooms = (
        "/api/v1/",
        "/fhir/R4/",
        "/p/",
        "/f/",
        "/plans",
        "/account",
        "/login",
        "/password/",
        "/assets/",
        "/docs",
        "/problems",
        "/cds-services",
        "/.well-known/",
    )
    alone = {
        "/",
        "/f",
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/oauth/token",
        "/logout",
        "/worklist",
    }
    rules = [rule.rule for rule in practice.app.url_map.iter_rules()]

    assert [rule for rule in rules if not rule.startswith(rooms) and rule not in alone] == []
    assert practice.app.debug is False
    assert practice.app.testing is False
