"""Keys: one for each patient, wrapped by a key from configuration, and what they seal and open.

Each patient's texts are sealed (AES-256-GCM) under a key of their own. Destroying that one key
makes every copy of them unreadable, in backups too once those of the key have gone. A sealed text
says which patient's key opens it, and is bound to the column and row that it was written for. This
module knows no database.
"""

import hashlib
import hmac
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Sequence
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from medplan.errors import MedplanError

KEYS = "medplan_keys"
_DEVELOPMENT_SECRET = "known-to-everybody-so-for-development-only"  # noqa: S105 - refused in production
_KEY_BYTES = 32
_NONCE_BYTES = 12
_NAME_BYTES = 4
_SEALED = re.compile(r"mps1\.([0-9a-f]{32})\.")


class ErasedError(MedplanError):
    """What was asked for was about a patient whose data has been erased."""

    code = "erased"

    def __init__(self) -> None:
        super().__init__("This patient's data has been erased.")


class KeyMissingError(MedplanError):
    """A text was sealed under a configured key that this process was not given."""

    code = "key-missing"

    def __init__(self) -> None:
        super().__init__("MEDPLAN_DATA_KEYS lacks the key that this database was written with.")


class MasterKeys:
    """The configured keys, newest first: the first wraps, all unwrap.

    With none given, one that everybody knows is used: for development only.
    """

    def __init__(self, configured: Sequence[str] = ()) -> None:
        given = tuple(configured) or (_DEVELOPMENT_SECRET,)
        self._wrapping = {_name(secret): AESGCM(_derive(secret, "wrap")) for secret in given}
        self._indexing = [_derive(secret, "index") for secret in given]
        self._sharing = [_derive(secret, "share") for secret in given]
        self._newest = _name(given[0])

    def new_key(self, owner: UUID) -> bytes:
        """Make a data key for an owner (a patient or an organisation); give it wrapped."""
        return self.wrap(owner, AESGCM.generate_key(8 * _KEY_BYTES))

    def wrap(self, owner: UUID, key: bytes) -> bytes:
        """Wrap a data key by the newest configured key."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._wrapping[self._newest].encrypt(nonce, key, owner.bytes)
        return self._newest + nonce + sealed

    def unwrap(self, owner: UUID, wrapped: bytes) -> bytes:
        """Unwrap a data key.

        Raises:
            KeyMissingError: no configured key wrapped it for this owner. The operator is at fault.
        """
        name, rest = wrapped[:_NAME_BYTES], wrapped[_NAME_BYTES:]
        try:
            master = self._wrapping[name]
            return master.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], owner.bytes)
        except (KeyError, InvalidTag) as error:
            raise KeyMissingError from error

    @property
    def newest(self) -> bytes:
        """What every key that the newest configured key has wrapped begins with."""
        return self._newest

    def rewrap(self, owner: UUID, wrapped: bytes) -> bytes:
        """Wrap a data key by the newest configured key instead.

        Raises:
            KeyMissingError: no configured key wrapped it for this owner.
        """
        return self.wrap(owner, self.unwrap(owner, wrapped))

    def keys_for(self, owner: UUID) -> list[bytes]:
        """Give the keys of an owner that has none of its own kept, newest first."""
        return [hmac.new(key, owner.bytes, hashlib.sha256).digest() for key in self._sharing]

    def blind_indexes(self, organisation_id: UUID, reference: str) -> list[str]:
        """Give what a patient's reference is found by instead of itself, under each key, newest
        first."""
        text = organisation_id.bytes + reference.encode()
        return [hmac.new(key, text, hashlib.sha256).hexdigest() for key in self._indexing]


def seal(owner: UUID, key: bytes, place: str, text: str) -> str:
    """Seal a text for a place (table, column and row) under its owner's data key."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), place.encode())
    return f"mps1.{owner.hex}.{b64encode(nonce + sealed).decode()}"


def sealed_by(text: str) -> UUID | None:
    """Say whose key opens a text; None when it isn't sealed."""
    found = _SEALED.match(text)
    return None if found is None else UUID(found[1])


def open_sealed(keys: Sequence[bytes], place: str, text: str) -> str:
    """Open a sealed text with whichever key fits.

    Raises:
        ErasedError: there is no key any more.
        KeyMissingError: none fits, or the text was altered or moved from its place.
    """
    if not keys:
        raise ErasedError
    data = b64decode(text.rpartition(".")[2])
    nonce, sealed = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    for key in keys:
        try:
            return AESGCM(key).decrypt(nonce, sealed, place.encode()).decode()
        except InvalidTag:
            continue
    raise KeyMissingError


def opens(keys: Sequence[bytes], place: str, text: str) -> bool:
    """Whether one of these keys opens a sealed text."""
    try:
        open_sealed(keys, place, text)
    except KeyMissingError:
        return False
    return True


def _name(secret: str) -> bytes:
    return hashlib.sha256(b"medplan data key name" + secret.encode()).digest()[:_NAME_BYTES]


def _derive(secret: str, use: str) -> bytes:
    info = f"medplan {use}".encode()
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=info).derive(secret.encode())
