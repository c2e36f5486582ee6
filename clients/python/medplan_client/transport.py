"""How a request is sent and an answer read: tokens, keys, versions, problems."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

import requests

T = TypeVar("T")

_TIMEOUT_S = 30


@dataclass(frozen=True)
class Answered(Generic[T]):
    """An answer: its body, the version that it shows, and whether it repeats an earlier one."""

    body: T
    status: int
    etag: str | None
    replayed: bool
    location: str | None


class Problem(Exception):
    """Something that was refused, with the service's own document (RFC 9457)."""

    def __init__(self, status: int, document: Mapping[str, object]) -> None:
        self.status, self.document = status, document
        self.code = str(document.get("type", "")).rpartition("/")[2]
        super().__init__(f"{status} {self.code}: {document.get('detail', '')}")


class Transport:
    """Sends requests to one service with one token."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self._address = address.rstrip("/")
        self._session = requests.Session()
        if token is not None:
            self._session.headers["Authorization"] = f"Bearer {token}"

    def send(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, object] | None = None,
        key: str | None = None,
        etag: str | None = None,
    ) -> requests.Response:
        """Send a request; `key` empty makes a new one.

        Raises:
            Problem: the service refused.
        """
        headers = {} if etag is None else {"If-Match": etag}
        if key is not None:
            headers["Idempotency-Key"] = key or str(uuid.uuid4())
        asked = {
            name: _written(value) for name, value in (query or {}).items() if value is not None
        }
        answer = self._session.request(
            method,
            self._address + path,
            params=asked,
            json=body,
            headers=headers,
            timeout=_TIMEOUT_S,
            allow_redirects=False,
        )
        if answer.status_code >= requests.codes.bad_request:
            raise Problem(answer.status_code, _document(answer))
        return answer


def answered(answer: requests.Response, body: T) -> Answered[T]:
    """Put an answer's body and headers together."""
    return Answered(
        body,
        answer.status_code,
        answer.headers.get("ETag"),
        answer.headers.get("Idempotent-Replayed") == "true",
        answer.headers.get("Location"),
    )


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _document(answer: requests.Response) -> Mapping[str, object]:
    try:
        found = answer.json()
    except requests.JSONDecodeError:
        found = None
    return found if isinstance(found, dict) else {"detail": answer.reason}
