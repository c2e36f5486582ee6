"""EHRs that call CDS Hooks: let in by what they sign, and heard about what became of cards."""

import json
from collections.abc import Mapping
from datetime import datetime

from medplan.documents.json_text import JsonValue
from medplan.services.access import Caller, Right, require
from medplan.services.audit.lines import note
from medplan.services.clients.keys import prove, read_claimed
from medplan.services.clients.registered import client_caller
from medplan.services.clients.sign_in import keys_of, mark_used
from medplan.services.parts import Parts
from medplan.services.refusals import ClientRefusedError
from medplan.store import clients as store
from medplan.store.ids import CLIENT, new_id, write_id
from medplan.store.tables import CdsFeedbackRow, ClientRow


def ehr_caller(parts: Parts, assertion: str, audience: str, now: datetime) -> Caller:
    """Say which EHR signed a call: one whose name as an issuer and whose keys were registered.

    Raises:
        ClientRefusedError: none, or it was signed for another address or used before.
    """
    claimed = read_claimed(assertion)
    with parts.database.reading_by(ClientRow.issuer, claimed.issuer) as session:
        row = store.find_live_issuer(session, claimed.issuer)
    if row is None:
        raise ClientRefusedError("This issuer is not known.")
    keys = keys_of(parts, row, claimed.key_id, now)
    proven = prove(
        assertion, keys, issuer=claimed.issuer, subject=None, audiences=(audience,), now=now
    )
    mark_used(parts, row, proven, now)
    return client_caller(row, frozenset(row.scopes.split()), now)


def note_call(parts: Parts, caller: Caller) -> None:
    """Write that an EHR asked for cards; without the line nothing is answered."""
    with parts.database.writing_for(caller.organisation_id) as session:
        note(session, caller, "cds.call", write_id(CLIENT, caller.user_id))


def keep_feedback(
    parts: Parts,
    caller: Caller,
    service: str,
    card: str,
    outcome: str,
    document: Mapping[str, JsonValue],
) -> None:
    """Keep what became of a card.

    Raises:
        NotAllowedError: the caller may not.
    """
    require(caller, Right.USE_CDS_HOOKS)
    with parts.database.writing_for(caller.organisation_id) as session:
        row = CdsFeedbackRow(
            organisation_id=caller.organisation_id,
            id=new_id(caller.at),
            client_id=caller.user_id,
            service=service,
            card=card,
            outcome=outcome,
            document=json.dumps(document, default=str),
            made_at=caller.at,
        )
        session.add(row)
        note(session, caller, "cds.feedback", write_id(CLIENT, caller.user_id))
