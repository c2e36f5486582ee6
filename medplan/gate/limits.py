"""How much may be asked for: per account, per feed, per address that somebody signs in with.

Counted in the process's memory, so nothing is written for a poll; each process counts for itself.
Who asks is known by account or by a token's hash, never by where they are: a hospital shares one
address. The numbers and the headers follow draft-ietf-httpapi-ratelimit-headers.
"""

import hashlib
import math
import time
from dataclasses import dataclass
from http import HTTPStatus

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from medplan.gate.refusals import TooManyError
from medplan.services.access import Caller, Role

LEFT = "medplan.left"
"""What the feeds' door says in the WSGI environment of a poll that was one too many."""
_NAME = "medplan.limits"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Quota:
    """So much of one thing in a while."""

    name: str
    item: RateLimitItem


WRITES = Quota("writes", RateLimitItemPerMinute(60))
CALLS = Quota("calls", RateLimitItemPerMinute(600))
FEED = Quota("feed", RateLimitItemPerHour(30))
SIGN_INS = Quota("sign-ins", RateLimitItemPerMinute(10))
RESETS = Quota("resets", RateLimitItemPerHour(5))


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a quota, and in how many seconds it is whole again."""

    quota: Quota
    remaining: int
    reset_s: int


class Limits:
    """This process's counters, shared by its threads; `on` False counts nothing."""

    def __init__(self, *, on: bool) -> None:
        self._on = on
        self._counters = FixedWindowRateLimiter(MemoryStorage())

    def holds(self, quota: Quota, who: str) -> bool:
        """Count one more of somebody: whether their quota still holds."""
        return not self._on or self._counters.hit(quota.item, quota.name, who)

    def left(self, quota: Quota, who: str) -> Left | None:
        """Say what somebody has left; None when nothing is counted."""
        if not self._on:
            return None
        window = self._counters.get_window_stats(quota.item, quota.name, who)
        return Left(quota, window.remaining, max(1, math.ceil(window.reset_time - time.time())))


def install_limits(app: Flask, limits: Limits) -> None:
    """Tell with every answer that was counted what is left."""
    app.extensions[_NAME] = limits
    app.after_request(_tell)


def count_request(caller: Caller) -> None:
    """Count a request of a known caller: all of a program's, a person's writes and readings apart.

    Raises:
        TooManyError: the quota is used up.
    """
    writes = request.method not in _SAFE and caller.role is not Role.CLIENT
    _count(WRITES if writes else CALLS, caller.user_id.hex)


def count_address(quota: Quota, email: str) -> None:
    """Count what somebody tries with an address, known or not.

    Raises:
        TooManyError: the quota is used up.
    """
    _count(quota, hashlib.sha256(email.encode(errors="replace")).hexdigest())


def _count(quota: Quota, who: str) -> None:
    limits = current_app.extensions[_NAME]
    assert isinstance(limits, Limits)  # noqa: S101 - tells the type checker what install_limits put
    holds = limits.holds(quota, who)
    g.rate_left = limits.left(quota, who)
    if not holds:
        raise TooManyError


def _tell(response: Response) -> Response:
    """Say what is left, and to whom nothing is, when to come back."""
    left = g.get("rate_left") or request.environ.get(LEFT)
    if isinstance(left, Left):
        quota = left.quota
        if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(left.reset_s)
        per = quota.item.get_expiry()
        response.headers["RateLimit-Policy"] = f'"{quota.name}";q={quota.item.amount};w={per}'
        response.headers["RateLimit"] = f'"{quota.name}";r={left.remaining};t={left.reset_s}'
    return response
