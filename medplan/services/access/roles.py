"""The words of the access matrix: who somebody is, what a service asks for, and its reach."""

from enum import StrEnum


class Role(StrEnum):
    """What an account is in its organisation."""

    PRESCRIBER = "prescriber"
    PHARMACIST = "pharmacist"
    ORG_ADMIN = "org-admin"
    FORMULARY_EDITOR = "formulary-editor"
    FORMULARY_APPROVER = "formulary-approver"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    CLIENT = "client"
    PATIENT = "patient"
    WORKER = "worker"


class Right(StrEnum):
    """What a service asks for. A member without a row in `matrix.toml` is nobody's."""

    SIGN_IN = "sign-in"
    OWN_ACCOUNT = "own-account"
    MANAGE_USERS = "manage-users"
    READ_FORMULARY = "read-formulary"
    PREVIEW = "preview"
    READ_PLANS = "read-plans"
    DRAFT_PLANS = "draft-plans"
    WRITE_PLANS = "write-plans"
    DECIDE_PLANS = "decide-plans"
    HOLD_PLANS = "hold-plans"
    MANAGE_FEEDS = "manage-feeds"
    REVOKE_FEEDS = "revoke-feeds"
    MANAGE_PATIENT_LINKS = "manage-patient-links"
    CHECK_IN = "check-in"
    ANSWER_CHECK_INS = "answer-check-ins"
    OPEN_PLANS = "open-plans"
    READ_OPENINGS = "read-openings"
    READ_AUDIT = "read-audit"
    READ_EVENTS = "read-events"
    MANAGE_WEBHOOKS = "manage-webhooks"
    RECORD_DISPENSES = "record-dispenses"
    COUNTER_CHECK = "counter-check"
    ANSWER_COUNTER_CHECKS = "answer-counter-checks"
    USE_CDS_HOOKS = "use-cds-hooks"
    FHIR_CARE_PLAN = "fhir-care-plan"
    FHIR_MEDICATION_REQUEST = "fhir-medication-request"
    FHIR_MEDICATION_DISPENSE = "fhir-medication-dispense"
    FHIR_DETECTED_ISSUE = "fhir-detected-issue"
    FHIR_PROVENANCE = "fhir-provenance"


class Reach(StrEnum):
    """How far a right reaches: every object of the caller's organisation, the one plan that a
    patient's link is for, or the plans that an auditor has opened with a reason."""

    ORGANISATION = "organisation"
    OWN_PLAN = "own-plan"
    OPENED = "opened"
