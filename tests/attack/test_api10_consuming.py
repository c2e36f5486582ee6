"""OWASP API10, unsafe consumption of APIs: other people's servers say what they like.

Redirects, endless and slow answers, proxies: `tests/outside/test_calls.py`. Receivers of webhooks:
`tests/api/test_webhooks.py`. A provider's lies: `tests/web/test_outside.py`.
"""

import json

import pytest

from medplan.services.clients.keys import read_keys

KEY = {"kty": "EC", "crv": "P-384", "kid": "a", "x": "A" * 64, "y": "A" * 64}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"keys": 5}',
        '{"keys": [5]}',
        '{"keys": {"a": 1}}',
        "[" * 5000,
        json.dumps({"keys": [KEY]}),
        json.dumps({"keys": [KEY | {"x": None}]}),
        json.dumps({"keys": [KEY | {"crv": ["P-384"]}]}),
        json.dumps({"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}),
        json.dumps({"keys": [{"kty": "RSA", "n": "AQAB" * 200, "e": "\u0130", "kid": "a"}]}),
        json.dumps({"keys": [{"kty": "RSA", "n": "AQAB" * 20, "e": "AQAB", "kid": "a"}]}),
        json.dumps({"keys": [KEY] * 21}),
    ],
)
def test_a_key_set_that_is_none_gives_no_key(said: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - cryptography's have no words
        read_keys(said)
