"""Passwords: what one must be, how it is kept, and how one is checked.

Argon2id takes 64 MiB and a fifth of a second on purpose. So only a few are worked out at a time in
a process; who would wait too long is told to come back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from medplan.services.refusals import AccountError, BusyError

SHORTEST = 10
LONGEST = 1000
_AT_ONCE = 2
_PATIENCE_S = 5
_HASHER = PasswordHasher()  # argon2id at the library's defaults
_TURNS = BoundedSemaphore(_AT_ONCE)


def hash_password(password: str) -> str:
    """Work out what is kept of a password.

    Raises:
        BusyError: too many are being worked out.
    """
    with _turn():
        return _HASHER.hash(password)


def check_password(kept: str | None, password: str) -> bool:
    """Whether a password is the one of which `kept` is kept.

    Nothing kept costs the same work as a wrong password, so the time taken tells nothing.

    Raises:
        BusyError: too many are being worked out.
    """
    with _turn():
        try:
            _HASHER.verify(_nobodys_hash() if kept is None else kept, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def refuse_weak(password: str, email: str) -> None:
    """Refuse a password that is easily guessed.

    Raises:
        AccountError: it is too short, too long, of one letter, or the address itself.
    """
    if len(password) < SHORTEST:
        raise AccountError(f"A password has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise AccountError(f"A password has at most {LONGEST} characters.")
    if len(set(password)) == 1 or password.casefold() in {email, email.partition("@")[0]}:
        raise AccountError("This password is easily guessed. Take a sentence of your own.")


@contextmanager
def _turn() -> Iterator[None]:
    if not _TURNS.acquire(timeout=_PATIENCE_S):
        raise BusyError
    try:
        yield
    finally:
        _TURNS.release()


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash("a password that nobody has")
