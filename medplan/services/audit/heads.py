"""The heads of all audit chains, signed, to be kept where nobody of the database can reach them.

A head fixes every line before it: who later cuts lines off or writes a chain anew can't make one
that fits. The signature is Ed25519 over the document's canonical JSON without its signature.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Sequence
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from medplan.documents.json_text import JsonValue
from medplan.errors import MedplanError
from medplan.store.audit_chain import Head, find_head, list_organisations
from medplan.store.database import Database
from medplan.store.ids import ORGANISATION, read_id, write_id

_KIND = "medplan audit heads"
_KEY_BYTES = 32


class HeadsError(MedplanError):
    """A document of heads or a key can't be used; the message says why."""

    code = "audit-heads"


class SigningKey:
    """What signs heads: 32 random bytes, in base64 wherever they are kept."""

    def __init__(self, text: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(_key_bytes(text))

    @classmethod
    def make(cls) -> str:
        """Make a new key."""
        return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()

    @property
    def public(self) -> str:
        """What others need to check its signatures, in base64."""
        return b64encode(self._key.public_key().public_bytes_raw()).decode()

    def sign(self, content: dict[str, JsonValue]) -> str:
        """Sign a document's content."""
        return b64encode(self._key.sign(_canonical(content))).decode()


def export_heads(database: Database, key: SigningKey, now: datetime) -> dict[str, JsonValue]:
    """Write down how far every organisation's chain has come, signed."""
    content: dict[str, JsonValue] = {
        "kind": _KIND,
        "at": now.isoformat(timespec="seconds"),
        "heads": [_written(head) for head in _heads(database)],
        "public_key": key.public,
    }
    return content | {"signature": key.sign(content)}


def read_heads(document: JsonValue, public_key: str) -> Sequence[Head]:
    """Read exported heads, signed by the key that belongs to `public_key`.

    Raises:
        HeadsError: it is no such document, or its signature is not of that key.
    """
    if not isinstance(document, dict) or document.get("kind") != _KIND:
        raise HeadsError("This is no document of audit heads.")
    content = {name: value for name, value in document.items() if name != "signature"}
    signature = document.get("signature")
    try:
        known = Ed25519PublicKey.from_public_bytes(_key_bytes(public_key))
        known.verify(b64decode(str(signature), validate=True), _canonical(content))
    except (InvalidSignature, Base64Error) as error:
        raise HeadsError("The heads are not signed by this key.") from error
    heads = content["heads"]
    return [_head(head) for head in heads] if isinstance(heads, list) else []


def _heads(database: Database) -> list[Head]:
    with database.operating() as session:
        organisations = list_organisations(session)
    found = []
    for organisation_id in organisations:
        with database.reading_for(organisation_id) as session:
            found.append(find_head(session, organisation_id))
    return found


def _written(head: Head) -> JsonValue:
    name = write_id(ORGANISATION, head.organisation_id)
    return {"organisation": name, "number": head.number, "hash": head.hash}


def _head(value: JsonValue) -> Head:
    if not isinstance(value, dict):
        raise HeadsError("This is no document of audit heads.")
    name, number, last = value.get("organisation"), value.get("number"), value.get("hash")
    if not isinstance(number, int):
        raise HeadsError("This is no document of audit heads.")
    return Head(read_id(ORGANISATION, str(name)), number, str(last))


def _canonical(content: dict[str, JsonValue]) -> bytes:
    return json.dumps(content, separators=(",", ":"), sort_keys=True).encode()


def _key_bytes(text: str) -> bytes:
    try:
        found = b64decode(text, validate=True)
    except Base64Error as error:
        raise HeadsError("A key is 32 bytes in base64.") from error
    if len(found) != _KEY_BYTES:
        raise HeadsError("A key is 32 bytes in base64.")
    return found
