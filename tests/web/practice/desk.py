"""The browser of somebody who works at the practice."""

from collections.abc import Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.api.practice import PUBLIC_URL
from tests.web.browser import Browser
from tests.web.reading import Page, page_in


class Desk(Browser):
    """A signed-in prescriber's browser."""

    def read(self, path: str) -> Page:
        """Read a page."""
        answer = self.get(path)
        assert answer.status_code == 200, answer.text
        return page_in(answer)

    def fill(self, path: str, page: str, fields: Mapping[str, Any]) -> TestResponse:
        """Fill in a page's form and send it, following where it leads."""
        hidden = self.read(page).fields()
        return self.client.post(
            path, data={**hidden, **fields}, base_url=PUBLIC_URL, follow_redirects=True
        )
