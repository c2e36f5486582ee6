"""A browser without scripts: it keeps cookies, and posts the forms that a page shows."""

import re
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.practice import PUBLIC_URL

PASSWORD = "an invented password"
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Browser:
    """Somebody with a browser of their own."""

    app: Flask
    client: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.app.test_client()

    def get(self, path: str) -> TestResponse:
        """Open a page."""
        return self.client.get(path, base_url=PUBLIC_URL)

    def post(self, path: str, page: str, **fields: str) -> TestResponse:
        """Fill in the form of a page (its path) and send it to `path`."""
        found = _TOKEN.search(self.get(page).text)
        assert found is not None, f"{page} has no form"
        return self.send(path, csrf_token=found[1], **fields)

    def send(self, path: str, **fields: str) -> TestResponse:
        """Send a form as it is."""
        return self.client.post(path, data=fields, base_url=PUBLIC_URL)

    def sign_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Sign in as one of the practice's people."""
        return self.post("/login", "/login", email=f"{name}@example.org", password=password)
