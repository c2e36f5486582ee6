"""Prescribers who go on writing plans while machines fail, and remember what they were told."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import pairwise
from urllib.parse import urlsplit

import requests

from medplan.gate.consistency import HEADER as CONSISTENCY

_TIMEOUT_S = 15
_PAUSE_S = 0.05
_RETRY_S = 0.5


@dataclass
class Prescriber:
    """Drafts and issues plan after plan; tries each change again until it is answered."""

    name: str
    url: str
    token: str
    request: Mapping[str, object]
    over: threading.Event = field(default_factory=threading.Event)
    issued: list[str] = field(default_factory=list)
    moments: list[float] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    listed: int = 0
    missed: list[str] = field(default_factory=list)

    def work(self) -> None:
        """Write plans until told to stop; the last one is finished."""
        number = 0
        while not self.over.is_set():
            number += 1
            self._write_plan(f"{self.name}-{number}")
            time.sleep(_PAUSE_S)

    def read(self, path: str, headers: Mapping[str, str] | None = None) -> requests.Response:
        """Read something, once."""
        sent = {**self._headers(), **(headers or {})}
        return requests.get(f"{self.url}{path}", headers=sent, timeout=_TIMEOUT_S)

    def with_calendar(self) -> dict[str, str]:
        """Issue a plan; give what its calendar was made with, and the plan."""
        self._write_plan(f"{self.name}-calendar")
        path = f"/api/v1/plans/{self.issued[-1]}/feeds"
        key = f"feed-{self.name}"
        made = self._post(path, key, {"name": "Mum's phone"}, HTTPStatus.CREATED).json()
        here = urlsplit(made["url"])._replace(scheme="", netloc="").geturl()
        return {"url": f"{self.url}{here}", "path": f"{path}/{made['id']}"}

    def revoke(self, made: Mapping[str, str]) -> None:
        """Revoke a calendar."""
        url = f"{self.url}{made['path']}"
        answer = requests.delete(url, headers=self._headers(), timeout=_TIMEOUT_S)
        assert answer.status_code == HTTPStatus.NO_CONTENT, answer.text

    def _write_plan(self, key: str) -> None:
        draft = self._post("/api/v1/plans", f"draft-{key}", self.request, HTTPStatus.CREATED)
        plan = str(draft.json()["id"])
        etag = draft.headers["ETag"]
        path = f"/api/v1/plans/{plan}/issue"
        issued = self._post(path, f"issue-{key}", {}, HTTPStatus.OK, {"If-Match": etag})
        self.issued.append(plan)
        self.moments.append(time.monotonic())
        self._look_for(plan, issued.headers.get(CONSISTENCY, ""))

    def _look_for(self, plan: str, written: str) -> None:
        """List the plans, as a replica may have them: the one just issued must be there."""
        try:
            answer = self.read("/api/v1/plans?limit=50", {CONSISTENCY: written})
        except requests.RequestException:
            return
        if answer.ok:
            self.listed += 1
            statuses = {item["id"]: item["status"] for item in answer.json()["items"]}
            if statuses.get(plan) != "active":
                self.missed.append(plan)

    def _post(
        self,
        path: str,
        key: str,
        body: Mapping[str, object],
        wanted: HTTPStatus,
        headers: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Post until it is answered as wanted; a machine's fault is tried again under its key."""
        sent = {**self._headers(), **(headers or {}), "Idempotency-Key": key}
        while True:
            try:
                answer = requests.post(
                    f"{self.url}{path}", json=body, headers=sent, timeout=_TIMEOUT_S
                )
            except requests.RequestException:
                time.sleep(_RETRY_S)
                continue
            if answer.status_code == wanted:
                return answer
            busy = {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.CONFLICT}
            if answer.status_code not in busy or "Retry-After" not in answer.headers:
                self.unexpected.append(f"{path} {answer.status_code} {answer.text[:200]}")
            time.sleep(_RETRY_S)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def longest_wait(moments: list[float], since: float, until: float) -> float:
    """The longest time between two moments, in seconds, that has some of `since` to `until`."""
    pairs = pairwise(sorted(moments))
    return max(later - earlier for earlier, later in pairs if later > since and earlier < until)
