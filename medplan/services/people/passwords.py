"""Passwords: what one must be, how it is kept, and how one is checked.

Argon2id takes 64 MiB and a fifth of a second on purpose. So only a few are worked out at a time in
a process; who would wait too long is told to come back.

How easily one is guessed is estimated by zxcvbn, which knows the thirty thousand commonest breached
passwords, words, names, keyboards, dates and what people do with them. There are no rules about
kinds of letters.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from medplan.services.refusals import AccountError, BusyError

SHORTEST = 12
LONGEST = 1000
_JUDGED = 40  # letters: the estimate takes ever longer, and what follows only adds
_FEW_GUESSES = 10**10
_OURS = ("medplan", "medication", "medicine", "taper", "prescriber", "pharmacist", "pharmacy")
_WORDS = re.compile(r"[a-z]{3,}")
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
    """Refuse a password that is easily guessed by somebody who knows whose it is, and where.

    Raises:
        AccountError: it is too short, too long, or found in fewer than 10^10 guesses.
    """
    if len(password) < SHORTEST:
        raise AccountError(f"A password has at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise AccountError(f"A password has at most {LONGEST} characters.")
    known = [*_OURS, email, email.partition("@")[0], *_WORDS.findall(email)]
    if _is_guessed(password[:_JUDGED], known):
        raise AccountError("This password is easily guessed. Take a sentence of your own.")


def _is_guessed(password: str, known: list[str]) -> bool:
    # Imported here: its lists take 16 MB, and most processes never set a password.
    from zxcvbn import zxcvbn

    return bool(zxcvbn(password, user_inputs=known)["guesses"] < _FEW_GUESSES)


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
