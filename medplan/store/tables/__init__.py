"""Every table, as typed rows.

Each is keyed by its organisation first, so that no query can forget whose row it asks for and the
tables can be spread over machines by organisation. Plans, requests and feeds are kept as the exact
text or bytes that were made, never as columns to be put together again. The migrations in
`migrations/` make these tables; a test compares the two.
"""

from medplan.store.tables.base import Row
from medplan.store.tables.clients import (
    CdsFeedbackRow,
    ClientAssertionRow,
    ClientRow,
    ClientTokenRow,
)
from medplan.store.tables.dispenses import CounterCheckRow, DispenseRow
from medplan.store.tables.events import EventRow, HeadRow, OutboxRow
from medplan.store.tables.feeds import FeedBodyRow, FeedRow, is_behind
from medplan.store.tables.patient_links import CheckInRow, PatientLinkRow
from medplan.store.tables.patients import PatientRow
from medplan.store.tables.people import (
    ApiTokenRow,
    OpeningRow,
    OrganisationRow,
    OutsideIdentityRow,
    PasswordResetRow,
    RecoveryCodeRow,
    SecondFactorRow,
    SessionRow,
    UserRow,
)
from medplan.store.tables.plans import DraftRow, PlanRow, RevisionRow, in_force
from medplan.store.tables.records import AuditRow, IdempotencyRow
from medplan.store.tables.webhooks import WebhookDeliveryRow, WebhookEndpointRow

__all__ = [
    "ApiTokenRow",
    "AuditRow",
    "CdsFeedbackRow",
    "CheckInRow",
    "ClientAssertionRow",
    "ClientRow",
    "ClientTokenRow",
    "CounterCheckRow",
    "DispenseRow",
    "DraftRow",
    "EventRow",
    "FeedBodyRow",
    "FeedRow",
    "HeadRow",
    "IdempotencyRow",
    "OpeningRow",
    "OrganisationRow",
    "OutboxRow",
    "OutsideIdentityRow",
    "PasswordResetRow",
    "PatientLinkRow",
    "PatientRow",
    "PlanRow",
    "RecoveryCodeRow",
    "RevisionRow",
    "Row",
    "SecondFactorRow",
    "SessionRow",
    "UserRow",
    "WebhookDeliveryRow",
    "WebhookEndpointRow",
    "in_force",
    "is_behind",
]
