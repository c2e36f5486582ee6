"""What the API takes and answers, as types. Written by `generate.py`; change the service's description instead."""

from typing import Literal, NotRequired, TypedDict

Acknowledgement = TypedDict(
    "Acknowledgement",
    {
        "code": str,
        "reason": str,
    },
)

ActName = Literal["issue", "amendment", "stop", "hold", "resume", "decision", "completion", "error"]

Advance = TypedDict(
    "Advance",
    {
        "advance": Literal["decided", "planned"],
        "medicine": str,
    },
)

AffectedPlan = TypedDict(
    "AffectedPlan",
    {
        "doses": list["AlternativeMix"],
        "patient_reference": str,
        "plan": str,
    },
)

AffectedPlanPage = TypedDict(
    "AffectedPlanPage",
    {
        "items": list["AffectedPlan"],
        "next": str | None,
    },
)

AlternativeMix = TypedDict(
    "AlternativeMix",
    {
        "instead": list["UnitsOf"] | None,
        "medicine": str,
        "mg": str,
        "products": list["UnitsOf"],
        "same_form": bool,
    },
)

Amendment = TypedDict(
    "Amendment",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "effective": NotRequired[str | None],
        "reason": str,
        "request": "PlanRequest",
    },
)

Change = TypedDict(
    "Change",
    {
        "after": list["Dosage"],
        "before": list["Dosage"],
        "from": str,
        "kind": Literal["new", "changed", "continued", "stopped"],
        "medicine": str,
        "name": NotRequired[str],
        "role": Literal["prescribed", "gastroprotection", "laxative"],
    },
)

ChangeList = TypedDict(
    "ChangeList",
    {
        "items": list["Change"],
    },
)

CheckIn = TypedDict(
    "CheckIn",
    {
        "answer": str | None,
        "answered_at": str | None,
        "answered_by": str | None,
        "day": str,
        "id": str,
        "level": Literal["none", "common", "serious", "emergency"],
        "made_at": str,
        "made_by": str,
        "noticed": list["Noticed"],
        "plan": str,
        "revision": int,
    },
)

CheckInAnswer = TypedDict(
    "CheckInAnswer",
    {
        "answer": str,
    },
)

CheckInList = TypedDict(
    "CheckInList",
    {
        "items": list["CheckIn"],
    },
)

CounterCheck = TypedDict(
    "CounterCheck",
    {
        "answer": Literal["accepted", "declined", None],
        "answered_at": str | None,
        "answered_by": str | None,
        "id": str,
        "made_at": str,
        "made_by": str,
        "note": str | None,
        "reason": str | None,
        "request": dict[str, object] | None,
        "revision": int,
        "verdict": Literal["verified", "query", "proposal"],
    },
)

CounterCheckList = TypedDict(
    "CounterCheckList",
    {
        "items": list["CounterCheck"],
    },
)

Course = TypedDict(
    "Course",
    {
        "current": NotRequired[object],
        "days": NotRequired[int | None],
        "dose_mg": NotRequired[str | None],
        "ends_in": NotRequired[Literal["stop", "review", "continues"] | None],
        "every_hours": NotRequired[int | None],
        "first_day": NotRequired[str | None],
        "gastroprotection": NotRequired[str | None],
        "halves": NotRequired[bool | None],
        "laxative": NotRequired[Literal["auto", "none"] | None],
        "max_daily_mg": NotRequired[str | None],
        "medicine": str,
        "name": NotRequired[str | None],
        "products": NotRequired[list[object] | None],
        "regimen": str,
        "slots": NotRequired[dict[str, object] | None],
        "start_mg": NotRequired[str | None],
        "step_days": NotRequired[int | None],
        "step_mg": NotRequired[str | None],
        "steps": NotRequired[list["WrittenStep"] | None],
        "taper": NotRequired[dict[str, object] | None],
        "target_mg": NotRequired[str | None],
        "times_per_day": NotRequired[int | None],
        "used_days": NotRequired[int | None],
        "when_required": NotRequired[bool | None],
    },
)

Current = TypedDict(
    "Current",
    {
        "slots": dict[str, object],
    },
)

DatedDose = TypedDict(
    "DatedDose",
    {
        "at": str | None,
        "conditional": bool,
        "day": str,
        "instant": str | None,
        "instruction": str,
        "medicine": str,
        "mg": str,
        "name": NotRequired[str],
        "products": list["ProductUnits"],
        "when_required": bool,
    },
)

Decision = TypedDict(
    "Decision",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "advance": NotRequired[Literal["decided", "planned"] | None],
        "by": NotRequired[Literal["prescriber"] | None],
        "choice": NotRequired[Literal["increase", "stay", "step-back", "stop"] | None],
        "effective": NotRequired[str | None],
        "medicine": str,
        "reason": NotRequired[str | None],
    },
)

Description = dict[str, object]

Dispense = TypedDict(
    "Dispense",
    {
        "day": str,
        "id": str,
        "revision": int,
        "supplied": list["UnitsOf"],
    },
)

Dispensed = TypedDict(
    "Dispensed",
    {
        "day": NotRequired[str],
        "id": NotRequired[str],
        "items": list["Dispense"],
        "revision": NotRequired[int],
        "stock": list["Stock"],
        "supplied": NotRequired[list["UnitsOf"]],
    },
)

Dosage = TypedDict(
    "Dosage",
    {
        "conditional": bool,
        "daily_mg": str,
        "doses": list[dict[str, object]],
        "first_day": str,
        "last_day": str,
        "max_daily_mg": str | None,
        "min_interval_hours": str | None,
        "when_required": bool,
    },
)

DoseList = TypedDict(
    "DoseList",
    {
        "items": list["DatedDose"],
    },
)

Ending = TypedDict(
    "Ending",
    {
        "reason": NotRequired[str | None],
    },
)

Endpoint = TypedDict(
    "Endpoint",
    {
        "kinds": NotRequired[
            list[
                Literal[
                    "plan.issued",
                    "plan.amended",
                    "plan.stopped",
                    "plan.held",
                    "plan.resumed",
                    "plan.resynced",
                    "plan.decided",
                    "plan.completed",
                    "plan.entered-in-error",
                    "check-in.recorded",
                    "check-in.emergency",
                    "dispense.recorded",
                    "counter-check.made",
                    "counter-check.answered",
                ]
            ]
            | None
        ],
        "url": str,
    },
)

Error = TypedDict(
    "Error",
    {
        "code": NotRequired[int],
        "errors": NotRequired[dict[str, object]],
        "message": NotRequired[str],
        "status": NotRequired[str],
    },
)

Event = TypedDict(
    "Event",
    {
        "data": dict[str, object],
        "id": str,
        "timestamp": str,
        "type": str,
    },
)

EventPage = TypedDict(
    "EventPage",
    {
        "items": list["Event"],
        "next": str,
    },
)

Feed = TypedDict(
    "Feed",
    {
        "alarms": bool,
        "created_at": str,
        "detail": Literal["discreet", "full"],
        "expires_at": str,
        "exposed_at": str | None,
        "freshness": str,
        "group": Literal["time", "medicine"],
        "id": str,
        "labels": dict[str, object],
        "last_fetched": str | None,
        "medicines": list[str] | None,
        "name": str,
        "revoked_at": str | None,
        "served_revision": int | None,
        "stale": bool,
    },
)

FeedChange = TypedDict(
    "FeedChange",
    {
        "alarms": NotRequired[bool | None],
        "detail": NotRequired[Literal["discreet", "full"] | None],
        "expires_at": NotRequired[str | None],
        "group": NotRequired[Literal["time", "medicine"] | None],
        "labels": NotRequired[dict[str, object] | None],
        "medicines": NotRequired[list[str] | None],
        "name": NotRequired[str | None],
    },
)

FeedList = TypedDict(
    "FeedList",
    {
        "items": list["Feed"],
    },
)

FeedWish = TypedDict(
    "FeedWish",
    {
        "alarms": NotRequired[bool | None],
        "detail": NotRequired[Literal["discreet", "full"] | None],
        "expires_at": NotRequired[str | None],
        "group": NotRequired[Literal["time", "medicine"] | None],
        "labels": NotRequired[dict[str, object] | None],
        "medicines": NotRequired[list[str] | None],
        "name": str,
    },
)

Finding = TypedDict(
    "Finding",
    {
        "acknowledged": str | None,
        "code": str,
        "kind": str,
        "medicines": list[str],
        "message": str,
        "severity": Literal["block", "major", "warn", "info"],
        "sources": list[dict[str, object]],
        "suggestion": str | None,
    },
)

Health = TypedDict(
    "Health",
    {
        "status": str,
    },
)

Hold = TypedDict(
    "Hold",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "days": NotRequired[int | None],
        "effective": NotRequired[str | None],
        "medicine": NotRequired[str | None],
        "reason": NotRequired[str | None],
    },
)

Issue = TypedDict(
    "Issue",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
    },
)

LinkWish = TypedDict(
    "LinkWish",
    {
        "expires_at": NotRequired[str | None],
        "may": NotRequired[list[Literal["decide-plans", "hold-plans", "manage-feeds"]] | None],
        "name": str,
    },
)

Medicine = TypedDict(
    "Medicine",
    {
        "id": str,
        "jurisdiction": str,
        "name": str,
        "status": str,
    },
)

MedicineList = TypedDict(
    "MedicineList",
    {
        "items": list["MedicineSummary"],
        "jurisdiction": str,
        "status": str,
        "version": str,
    },
)

MedicineSummary = TypedDict(
    "MedicineSummary",
    {
        "classes": list[str],
        "id": str,
        "jurisdiction": str,
        "name": str,
        "products": list[str],
        "regimens": list[str],
        "status": str,
    },
)

NewCheckInWish = TypedDict(
    "NewCheckInWish",
    {
        "noticed": list[str],
    },
)

NewCounterCheck = TypedDict(
    "NewCounterCheck",
    {
        "note": NotRequired[str | None],
        "request": NotRequired[dict[str, object]],
        "verdict": Literal["verified", "query", "proposal"],
    },
)

NewDispense = TypedDict(
    "NewDispense",
    {
        "day": str,
        "supplied": list["SuppliedItem"],
    },
)

NewFeed = TypedDict(
    "NewFeed",
    {
        "id": str,
        "qr_svg_url": str | None,
        "url": str | None,
        "webcal_url": str | None,
    },
)

NewPatientLink = TypedDict(
    "NewPatientLink",
    {
        "expires_at": str,
        "id": str,
        "url": str | None,
    },
)

NewWebhookEndpoint = TypedDict(
    "NewWebhookEndpoint",
    {
        "created_at": str,
        "given_up": int,
        "id": str,
        "kinds": list[str] | None,
        "secret": str | None,
        "url": str,
        "waiting": int,
    },
)

Noticed = TypedDict(
    "Noticed",
    {
        "action": str,
        "level": Literal["common", "serious", "emergency"],
        "medicines": list[str],
        "question": str,
        "text": str,
    },
)

Opening = TypedDict(
    "Opening",
    {
        "closes_at": str,
        "opened_at": str,
        "opened_by": str,
        "plan": str,
        "reason": str,
    },
)

OpeningList = TypedDict(
    "OpeningList",
    {
        "items": list["Opening"],
    },
)

OpeningWish = TypedDict(
    "OpeningWish",
    {
        "reason": str,
    },
)

PackedDay = TypedDict(
    "PackedDay",
    {
        "day": str,
        "times": list["PackedTime"],
    },
)

PackedProduct = TypedDict(
    "PackedProduct",
    {
        "medicine": str,
        "name": NotRequired[str],
        "product": str,
        "units": str,
    },
)

PackedTime = TypedDict(
    "PackedTime",
    {
        "at": str,
        "products": list["PackedProduct"],
        "slot": str | None,
    },
)

Packing = TypedDict(
    "Packing",
    {
        "days": list["PackedDay"],
        "patient_reference": str,
        "plans": list[str],
        "when_required": list["UnpackedProduct"],
    },
)

PackingPage = TypedDict(
    "PackingPage",
    {
        "items": list["Packing"],
        "next": str | None,
    },
)

PaginationMetadata = TypedDict(
    "PaginationMetadata",
    {
        "first_page": NotRequired[int],
        "last_page": NotRequired[int],
        "next_page": NotRequired[int],
        "page": NotRequired[int],
        "previous_page": NotRequired[int],
        "total": NotRequired[int],
        "total_pages": NotRequired[int],
    },
)

Patient = TypedDict(
    "Patient",
    {
        "age_years": int,
        "alcohol_units_week": NotRequired[int | None],
        "allergies": NotRequired[list[str] | None],
        "breastfeeding": NotRequired[bool | None],
        "conditions": NotRequired[list[str] | None],
        "diastolic": NotRequired[int | None],
        "egfr": NotRequired[int | None],
        "medicines": NotRequired[list[str | dict[str, object]] | None],
        "pregnancy_weeks": NotRequired[int | None],
        "red_flags": NotRequired[list[str] | None],
        "reference": str,
        "sex": NotRequired[Literal["female", "male", "other"] | None],
        "smoker": NotRequired[bool | None],
        "systolic": NotRequired[int | None],
        "weight_kg": NotRequired[str | int | None],
    },
)

PatientLink = TypedDict(
    "PatientLink",
    {
        "created_at": str,
        "expires_at": str,
        "id": str,
        "may": list[Literal["decide-plans", "hold-plans", "manage-feeds"]],
        "name": str,
        "revoked_at": str | None,
    },
)

PatientLinkList = TypedDict(
    "PatientLinkList",
    {
        "items": list["PatientLink"],
    },
)

Plan = TypedDict(
    "Plan",
    {
        "checks": list[dict[str, object]],
        "courses": list["PlannedCourse"],
        "decisions": list[dict[str, object]],
        "emergency": str,
        "end": str,
        "findings": list["Finding"],
        "formulary": dict[str, object],
        "indication": str,
        "issuable": bool,
        "opioid_load": list[dict[str, object]],
        "patient_facts": dict[str, object],
        "products": list["PlannedProduct"],
        "proof": list[dict[str, object]],
        "red_flags": list[str],
        "reviews": list[dict[str, object]],
        "self_care": list[str],
        "sources": list[str],
        "start": str,
        "stops": list[dict[str, object]],
        "supply": list["SupplyRow"],
        "time_zone": str,
    },
)

PlanPage = TypedDict(
    "PlanPage",
    {
        "items": list["PlanSummary"],
        "next": str | None,
        "prev": str | None,
    },
)

PlanRequest = TypedDict(
    "PlanRequest",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "courses": list["Course"],
        "indication": str,
        "jurisdiction": Literal["NZ", "GB"],
        "patient": "Patient",
        "routine": NotRequired[object],
        "start": str,
        "time_zone": str,
    },
)

PlanSummary = TypedDict(
    "PlanSummary",
    {
        "created_at": str,
        "first_day": str | None,
        "flagged": bool,
        "id": str,
        "last_day": str | None,
        "next_review": str | None,
        "next_stop": str | None,
        "patient_reference": str,
        "revision": int | None,
        "status": Literal["draft", "active", "on-hold", "completed", "stopped", "entered-in-error"],
        "updated_at": str,
    },
)

PlannedCourse = TypedDict(
    "PlannedCourse",
    {
        "covers": list[str] | None,
        "ends_in": Literal["stop", "review", "continues"],
        "first_day": str,
        "first_free_day": str,
        "last_day": str,
        "medicine": str,
        "name": NotRequired[str],
        "regimen": str,
        "role": Literal["prescribed", "gastroprotection", "laxative"],
        "steps": list["PlannedStep"],
    },
)

PlannedProduct = TypedDict(
    "PlannedProduct",
    {
        "contains": list[dict[str, object]],
        "declared": bool,
        "halves": bool,
        "id": str,
        "measure_ml": str | None,
        "medicine": str,
    },
)

PlannedStep = TypedDict(
    "PlannedStep",
    {
        "actual_percent": str | None,
        "asked_percent": str | None,
        "conditional": bool,
        "daily_mg": str,
        "doses": list[dict[str, object]],
        "first_day": str,
        "held_days": NotRequired[int],
        "last_day": str,
        "max_daily_mg": str | None,
        "min_interval_hours": str | None,
        "phase": Literal["fixed", "titration", "maintenance", "taper"],
        "when_required": bool,
    },
)

Problem = TypedDict(
    "Problem",
    {
        "current_etag": NotRequired[str],
        "detail": str,
        "errors": NotRequired[list[dict[str, object]]],
        "findings": NotRequired[list[str]],
        "instance": NotRequired[str],
        "issues": NotRequired[list["Finding"]],
        "status": int,
        "title": str,
        "trace_id": str,
        "type": str,
    },
)

ProductChange = TypedDict(
    "ProductChange",
    {
        "after": list["ProductDosage"],
        "before": object,
        "from": str,
        "kind": Literal["new", "changed", "continued", "stopped"],
        "medicine": str,
        "name": NotRequired[str],
        "patient_reference": str,
        "plans": list[str],
        "product": str,
    },
)

ProductChangePage = TypedDict(
    "ProductChangePage",
    {
        "items": list["ProductChange"],
        "next": str | None,
    },
)

ProductDosage = TypedDict(
    "ProductDosage",
    {
        "doses": list["ProductDose"],
        "first_day": str,
        "last_day": str,
        "units_a_day": str,
    },
)

ProductDose = TypedDict(
    "ProductDose",
    {
        "at": str | None,
        "most_a_day": int | None,
        "role": Literal["prescribed", "gastroprotection", "laxative"],
        "slot": Literal["morning", "noon", "evening", "bedtime", None],
        "units": str,
        "when_required": bool,
    },
)

ProductUnits = TypedDict(
    "ProductUnits",
    {
        "product": str,
        "units": str,
    },
)

Question = TypedDict(
    "Question",
    {
        "action": str,
        "id": str,
        "level": Literal["common", "serious", "emergency"],
        "medicines": list[str],
        "text": str,
    },
)

QuestionList = TypedDict(
    "QuestionList",
    {
        "items": list["Question"],
    },
)

Reply = TypedDict(
    "Reply",
    {
        "answer": Literal["accepted", "declined"],
        "reason": NotRequired[str | None],
    },
)

Resume = TypedDict(
    "Resume",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "effective": NotRequired[str | None],
        "medicine": NotRequired[str | None],
        "missed_days": NotRequired[int | None],
        "reason": NotRequired[str | None],
    },
)

Resync = TypedDict(
    "Resync",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "effective": NotRequired[str | None],
        "medicine": str,
        "reason": str,
        "taking": "Taking",
    },
)

Revision = TypedDict(
    "Revision",
    {
        "act": "ActName",
        "effective": str | None,
        "formulary_version": str,
        "id": str,
        "made_at": str,
        "made_by": str,
        "number": int,
        "reason": str,
        "request": dict[str, object],
        "tzdata_version": str,
        "checks": list[dict[str, object]],
        "courses": list["PlannedCourse"],
        "decisions": list[dict[str, object]],
        "emergency": str,
        "end": str,
        "findings": list["Finding"],
        "formulary": dict[str, object],
        "indication": str,
        "issuable": bool,
        "opioid_load": list[dict[str, object]],
        "patient_facts": dict[str, object],
        "products": list["PlannedProduct"],
        "proof": list[dict[str, object]],
        "red_flags": list[str],
        "reviews": list[dict[str, object]],
        "self_care": list[str],
        "sources": list[str],
        "start": str,
        "stops": list[dict[str, object]],
        "supply": list["SupplyRow"],
        "time_zone": str,
    },
)

RevisionList = TypedDict(
    "RevisionList",
    {
        "items": list["RevisionSummary"],
    },
)

RevisionSummary = TypedDict(
    "RevisionSummary",
    {
        "act": "ActName",
        "effective": str | None,
        "formulary_version": str,
        "made_at": str,
        "made_by": str,
        "number": int,
        "reason": str,
        "tzdata_version": str,
    },
)

Revived = TypedDict(
    "Revived",
    {
        "revived": int,
    },
)

Routine = TypedDict(
    "Routine",
    {
        "bedtime": NotRequired[str | None],
        "breakfast": NotRequired[str | None],
        "evening": NotRequired[str | None],
        "morning": NotRequired[str | None],
        "noon": NotRequired[str | None],
    },
)

SourceList = TypedDict(
    "SourceList",
    {
        "items": list[dict[str, object]],
    },
)

Stock = TypedDict(
    "Stock",
    {
        "enough_through": str | None,
        "product": str,
        "run_out_day": str | None,
        "shortfall": str,
        "surplus": str,
        "units": str,
    },
)

Stop = TypedDict(
    "Stop",
    {
        "acknowledged": NotRequired[list["Acknowledgement"] | None],
        "effective": NotRequired[str | None],
        "medicine": NotRequired[str | None],
        "reason": str,
        "taper": NotRequired[Literal["auto", "none"] | None],
    },
)

StoredPlan = TypedDict(
    "StoredPlan",
    {
        "created_at": str,
        "id": str,
        "request": dict[str, object],
        "revision": int | None,
        "status": Literal["draft", "active", "on-hold", "completed", "stopped", "entered-in-error"],
        "updated_at": str,
        "checks": list[dict[str, object]],
        "courses": list["PlannedCourse"],
        "decisions": list[dict[str, object]],
        "emergency": str,
        "end": str,
        "findings": list["Finding"],
        "formulary": dict[str, object],
        "indication": str,
        "issuable": bool,
        "opioid_load": list[dict[str, object]],
        "patient_facts": dict[str, object],
        "products": list["PlannedProduct"],
        "proof": list[dict[str, object]],
        "red_flags": list[str],
        "reviews": list[dict[str, object]],
        "self_care": list[str],
        "sources": list[str],
        "start": str,
        "stops": list[dict[str, object]],
        "supply": list["SupplyRow"],
        "time_zone": str,
    },
)

SuppliedItem = TypedDict(
    "SuppliedItem",
    {
        "product": str,
        "units": str,
    },
)

Supply = TypedDict(
    "Supply",
    {
        "items": list["SupplyRow"],
    },
)

SupplyPeriod = TypedDict(
    "SupplyPeriod",
    {
        "collect_on": str,
        "first_day": str,
        "last_day": str,
        "maximum": object,
        "supply": list["UnitsOf"],
    },
)

SupplyPeriodList = TypedDict(
    "SupplyPeriodList",
    {
        "items": list["SupplyPeriod"],
    },
)

SupplyRow = TypedDict(
    "SupplyRow",
    {
        "from": str,
        "packs": int | None,
        "product": str,
        "to": str,
        "units": str,
    },
)

SupplyRule = TypedDict(
    "SupplyRule",
    {
        "days": int,
        "evidence": str,
        "rule": str,
        "source": str,
        "text": str,
    },
)

Taking = TypedDict(
    "Taking",
    {
        "daily_mg": NotRequired[str | None],
        "slots": NotRequired[dict[str, object] | None],
    },
)

UnitsOf = TypedDict(
    "UnitsOf",
    {
        "product": str,
        "units": str,
    },
)

UnpackedProduct = TypedDict(
    "UnpackedProduct",
    {
        "first_day": str,
        "last_day": str,
        "medicine": str,
        "most_a_day": int,
        "name": NotRequired[str],
        "product": str,
        "units": str,
    },
)

User = TypedDict(
    "User",
    {
        "created_at": str,
        "disabled_at": str | None,
        "display_name": str | None,
        "email": str | None,
        "id": str,
        "role": Literal[
            "prescriber",
            "pharmacist",
            "org-admin",
            "formulary-editor",
            "formulary-approver",
            "auditor",
            "operator",
        ],
    },
)

UserChange = TypedDict(
    "UserChange",
    {
        "disabled": NotRequired[bool | None],
        "role": NotRequired[
            Literal[
                "prescriber",
                "pharmacist",
                "org-admin",
                "formulary-editor",
                "formulary-approver",
                "auditor",
            ]
            | None
        ],
    },
)

UserList = TypedDict(
    "UserList",
    {
        "items": list["User"],
    },
)

UserWish = TypedDict(
    "UserWish",
    {
        "display_name": NotRequired[str | None],
        "email": str,
        "role": Literal[
            "prescriber",
            "pharmacist",
            "org-admin",
            "formulary-editor",
            "formulary-approver",
            "auditor",
        ],
    },
)

Vocabulary = TypedDict(
    "Vocabulary",
    {
        "allergies": list[str],
        "classes": list[str],
        "conditions": list[str],
        "formulary": NotRequired[dict[str, object]],
        "indications": list[str],
        "medicines": list[dict[str, object]],
        "red_flags": list[str],
    },
)

WebhookEndpoint = TypedDict(
    "WebhookEndpoint",
    {
        "created_at": str,
        "given_up": int,
        "id": str,
        "kinds": list[str] | None,
        "url": str,
        "waiting": int,
    },
)

WebhookEndpointList = TypedDict(
    "WebhookEndpointList",
    {
        "items": list["WebhookEndpoint"],
    },
)

WrittenStep = TypedDict(
    "WrittenStep",
    {
        "days": int,
        "slots": dict[str, object],
    },
)
