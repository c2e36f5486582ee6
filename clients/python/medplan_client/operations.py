"""Every operation of the API as a method. Written by `generate.py`; change the service's description instead."""

from typing import Literal, cast

from medplan_client.shapes import (
    Advance,
    AffectedPlanPage,
    Amendment,
    ChangeList,
    CheckIn,
    CheckInAnswer,
    CheckInList,
    CounterCheck,
    CounterCheckList,
    Decision,
    Description,
    Dispensed,
    DoseList,
    Ending,
    Endpoint,
    EventPage,
    Feed,
    FeedChange,
    FeedList,
    FeedWish,
    Health,
    Hold,
    Issue,
    LinkWish,
    Medicine,
    MedicineList,
    NewCheckInWish,
    NewCounterCheck,
    NewDispense,
    NewFeed,
    NewPatientLink,
    NewWebhookEndpoint,
    Opening,
    OpeningList,
    OpeningWish,
    PackingPage,
    PatientLinkList,
    Plan,
    PlanPage,
    PlanRequest,
    ProductChangePage,
    QuestionList,
    Reply,
    Resume,
    Resync,
    Revision,
    RevisionList,
    Revived,
    SourceList,
    Stop,
    StoredPlan,
    Supply,
    SupplyPeriodList,
    User,
    UserChange,
    UserList,
    UserWish,
    Vocabulary,
    WebhookEndpointList,
)
from medplan_client.transport import Answered, Transport, answered


class Medplan(Transport):
    """The API, operation by operation."""

    def list_changes(
        self,
        *,
        from_: str,
        to_: str,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[ProductChangePage]:
        """Tell for each patient and product what becomes of it between two dates, both included."""
        answer = self.send(
            "GET",
            "/api/v1/changes",
            query={"from": from_, "to": to_, "limit": limit, "cursor": cursor},
        )
        return answered(answer, cast("ProductChangePage", answer.json()))

    def list_changes_as_csv(
        self,
        *,
        from_: str,
        to_: str,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[str]:
        """Tell the same as a table. The Link header leads to the next page."""
        answer = self.send(
            "GET",
            "/api/v1/changes.csv",
            query={"from": from_, "to": to_, "limit": limit, "cursor": cursor},
        )
        return answered(answer, answer.text)

    def list_events(
        self,
        *,
        type_: Literal[
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
        | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[EventPage]:
        """List what happened to plans, in the order in which it became known."""
        answer = self.send(
            "GET",
            "/api/v1/events",
            query={"type": type_, "limit": limit, "cursor": cursor},
        )
        return answered(answer, cast("EventPage", answer.json()))

    def list_medicines(
        self,
        *,
        jurisdiction: Literal["NZ", "GB"] | None = None,
    ) -> Answered[MedicineList]:
        """List a country's medicines with what they can be asked for."""
        answer = self.send(
            "GET",
            "/api/v1/formulary/medicines",
            query={"jurisdiction": jurisdiction},
        )
        return answered(answer, cast("MedicineList", answer.json()))

    def read_medicine(
        self,
        medicine_id: str,
        *,
        jurisdiction: Literal["NZ", "GB"] | None = None,
    ) -> Answered[Medicine]:
        """Read one medicine with every number, its source and its evidence."""
        answer = self.send(
            "GET",
            f"/api/v1/formulary/medicines/{medicine_id}",
            query={"jurisdiction": jurisdiction},
        )
        return answered(answer, cast("Medicine", answer.json()))

    def list_sources(
        self,
        *,
        jurisdiction: Literal["NZ", "GB"] | None = None,
    ) -> Answered[SourceList]:
        """List the bibliography: what each number's source stands for."""
        answer = self.send(
            "GET",
            "/api/v1/formulary/sources",
            query={"jurisdiction": jurisdiction},
        )
        return answered(answer, cast("SourceList", answer.json()))

    def read_vocabulary(
        self,
        *,
        jurisdiction: Literal["NZ", "GB"] | None = None,
    ) -> Answered[Vocabulary]:
        """Read the closed lists that a request may use."""
        answer = self.send(
            "GET",
            "/api/v1/formulary/vocabulary",
            query={"jurisdiction": jurisdiction},
        )
        return answered(answer, cast("Vocabulary", answer.json()))

    def list_packing(
        self,
        *,
        from_: str,
        to_: str,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[PackingPage]:
        """List what each patient takes day by day and time by time, in units of each product."""
        answer = self.send(
            "GET",
            "/api/v1/packing",
            query={"from": from_, "to": to_, "limit": limit, "cursor": cursor},
        )
        return answered(answer, cast("PackingPage", answer.json()))

    def list_packing_as_csv(
        self,
        *,
        from_: str,
        to_: str,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[str]:
        """List the same as a table, a row for each dose. The Link header leads to the next page."""
        answer = self.send(
            "GET",
            "/api/v1/packing.csv",
            query={"from": from_, "to": to_, "limit": limit, "cursor": cursor},
        )
        return answered(answer, answer.text)

    def list_plans(
        self,
        *,
        status: Literal["draft", "active", "on-hold", "completed", "stopped", "entered-in-error"]
        | None = None,
        patient: str | None = None,
        review_before: str | None = None,
        stop_before: str | None = None,
        updated_since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[PlanPage]:
        """List plans, newest first; follow `next` for more."""
        answer = self.send(
            "GET",
            "/api/v1/plans",
            query={
                "status": status,
                "patient": patient,
                "review_before": review_before,
                "stop_before": stop_before,
                "updated_since": updated_since,
                "limit": limit,
                "cursor": cursor,
            },
        )
        return answered(answer, cast("PlanPage", answer.json()))

    def create_plan(
        self,
        body: PlanRequest,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Store a draft of the plan that a request asks for."""
        answer = self.send(
            "POST",
            "/api/v1/plans",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def delete_plan(
        self,
        plan_id: str,
        *,
        etag: str | None,
        dry_run: bool | None = None,
    ) -> Answered[None]:
        """Drop a draft. An issued plan can't be dropped."""
        answer = self.send(
            "DELETE",
            f"/api/v1/plans/{plan_id}",
            query={"dry_run": dry_run},
            etag=etag,
        )
        return answered(answer, None)

    def read_plan(
        self,
        plan_id: str,
    ) -> Answered[StoredPlan]:
        """Read a plan as it stands: the draft, or the current revision. Its ETag names the version;
        with that in If-None-Match the answer is 304 until there is another one."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}",
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def replace_plan(
        self,
        plan_id: str,
        body: PlanRequest,
        *,
        etag: str | None,
        dry_run: bool | None = None,
    ) -> Answered[StoredPlan]:
        """Put another request in a draft's place."""
        answer = self.send(
            "PUT",
            f"/api/v1/plans/{plan_id}",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def read_table(
        self,
        plan_id: str,
        *,
        from_: str | None = None,
        to_: str | None = None,
    ) -> Answered[str]:
        """Download the plan as a table: a row for each product of each dose."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}.csv",
            query={"from": from_, "to": to_},
        )
        return answered(answer, answer.text)

    def read_calendar(
        self,
        plan_id: str,
        *,
        detail: Literal["discreet", "full"] | None = None,
        alarms: Literal["true", "false", "1", "0"] | None = None,
    ) -> Answered[str]:
        """Download an issued plan's calendar, to be imported once; a feed is what stays up to date."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}.ics",
            query={"detail": detail, "alarms": alarms},
        )
        return answered(answer, answer.text)

    def read_pdf(
        self,
        plan_id: str,
        *,
        form: Literal["plan", "record"] | None = None,
    ) -> Answered[bytes]:
        """Print an issued plan: for the patient, with boxes to tick, or as a page for the record."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}.pdf",
            query={"form": form},
        )
        return answered(answer, answer.content)

    def set_advance(
        self,
        plan_id: str,
        body: Advance,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Choose whether calendars show a medicine's steps up before they are agreed."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/advances",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def amend_plan(
        self,
        plan_id: str,
        body: Amendment,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Go on by another request from a day on. Doses before it stay as issued."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/amendments",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def read_cancellation(
        self,
        plan_id: str,
    ) -> Answered[str]:
        """Download what takes imported calendars back out, of any revision and however they looked."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/cancel.ics",
        )
        return answered(answer, answer.text)

    def list_check_ins(
        self,
        plan_id: str,
    ) -> Answered[CheckInList]:
        """List a plan's latest check-ins, the newest first."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/check-ins",
        )
        return answered(answer, cast("CheckInList", answer.json()))

    def create_check_in(
        self,
        plan_id: str,
        body: NewCheckInWish,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[CheckIn]:
        """Keep what was noticed today; the answer says what to do, an emergency's first."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/check-ins",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("CheckIn", answer.json()))

    def answer_check_in(
        self,
        plan_id: str,
        check_in_id: str,
        body: CheckInAnswer,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[CheckIn]:
        """Answer a check-in. The patient reads it on their pages; an emergency's flag comes down."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/check-ins/{check_in_id}/answer",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("CheckIn", answer.json()))

    def complete_plan(
        self,
        plan_id: str,
        body: Ending | None = None,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Close a plan whose last dose has come. While doses are left, stop it instead."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/completions",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def list_counter_checks(
        self,
        plan_id: str,
    ) -> Answered[CounterCheckList]:
        """List what pharmacists said of a plan, and what was answered."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/counter-checks",
        )
        return answered(answer, cast("CounterCheckList", answer.json()))

    def counter_check(
        self,
        plan_id: str,
        body: NewCounterCheck,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[CounterCheck]:
        """Verify the current revision, query it, or propose another request. No dose changes by it."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/counter-checks",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("CounterCheck", answer.json()))

    def answer_counter_check(
        self,
        plan_id: str,
        check_id: str,
        body: Reply,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[CounterCheck]:
        """Answer a query or a proposal. A proposal is accepted by amending the plan first."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/counter-checks/{check_id}/answers",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("CounterCheck", answer.json()))

    def decide_plan(
        self,
        plan_id: str,
        body: Decision,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Record whether a titration goes up, stays, steps back or stops. No answer is never more."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/decisions",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def list_dispenses(
        self,
        plan_id: str,
    ) -> Answered[Dispensed]:
        """List what was supplied, and how far it goes under the plan as it now stands."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/dispenses",
        )
        return answered(answer, cast("Dispensed", answer.json()))

    def record_dispense(
        self,
        plan_id: str,
        body: NewDispense,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[Dispensed]:
        """Record what was supplied on a day; the answer says how far everything supplied goes."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/dispenses",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("Dispensed", answer.json()))

    def read_doses(
        self,
        plan_id: str,
        *,
        from_: str | None = None,
        to_: str | None = None,
    ) -> Answered[DoseList]:
        """Read the plan dose by dose, on the days asked for or all of them."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/doses",
            query={"from": from_, "to": to_},
        )
        return answered(answer, cast("DoseList", answer.json()))

    def mark_plan_as_error(
        self,
        plan_id: str,
        body: Ending | None = None,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Say that a plan should never have been issued; its calendars show no schedule any more."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/errors",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def list_feeds(
        self,
        plan_id: str,
    ) -> Answered[FeedList]:
        """List a plan's calendar links, without their addresses."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/feeds",
        )
        return answered(answer, cast("FeedList", answer.json()))

    def create_feed(
        self,
        plan_id: str,
        body: FeedWish,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewFeed]:
        """Make a calendar link. Its address is in this answer and never shown again."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/feeds",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewFeed", answer.json()))

    def revoke_feed(
        self,
        plan_id: str,
        feed_id: str,
        *,
        dry_run: bool | None = None,
    ) -> Answered[None]:
        """Revoke a calendar link. Calendars that have read it keep their last copy."""
        answer = self.send(
            "DELETE",
            f"/api/v1/plans/{plan_id}/feeds/{feed_id}",
            query={"dry_run": dry_run},
        )
        return answered(answer, None)

    def change_feed(
        self,
        plan_id: str,
        feed_id: str,
        body: FeedChange,
        *,
        dry_run: bool | None = None,
    ) -> Answered[Feed]:
        """Change what a calendar link shows, its name or its end; what is left out stays."""
        answer = self.send(
            "PATCH",
            f"/api/v1/plans/{plan_id}/feeds/{feed_id}",
            body=body,
            query={"dry_run": dry_run},
        )
        return answered(answer, cast("Feed", answer.json()))

    def rotate_feed(
        self,
        plan_id: str,
        feed_id: str,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewFeed]:
        """Give a calendar link a new address; the old one stops working at once."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/feeds/{feed_id}/rotate",
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewFeed", answer.json()))

    def hold_plan(
        self,
        plan_id: str,
        body: Hold | None = None,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Stay at the present doses: later steps move on by so many days."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/holds",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def issue_plan(
        self,
        plan_id: str,
        body: Issue | None = None,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Issue a draft: it becomes active, as revision 1, which is never changed again."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/issue",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def list_openings(
        self,
        plan_id: str,
    ) -> Answered[OpeningList]:
        """List which auditors opened a plan, when and why, newest first."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/openings",
        )
        return answered(answer, cast("OpeningList", answer.json()))

    def open_plan(
        self,
        plan_id: str,
        body: OpeningWish,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[Opening]:
        """Open a plan for an auditor, for an hour. It is audited, and shown with its reason."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/openings",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("Opening", answer.json()))

    def list_patient_links(
        self,
        plan_id: str,
    ) -> Answered[PatientLinkList]:
        """List the links to a patient's pages, without their addresses."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/patient-links",
        )
        return answered(answer, cast("PatientLinkList", answer.json()))

    def create_patient_link(
        self,
        plan_id: str,
        body: LinkWish,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewPatientLink]:
        """Make a link to the patient's pages. Its address is in this answer and never shown again."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/patient-links",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewPatientLink", answer.json()))

    def revoke_patient_link(
        self,
        plan_id: str,
        link_id: str,
        *,
        dry_run: bool | None = None,
    ) -> Answered[None]:
        """Revoke a link; its pages are gone at once."""
        answer = self.send(
            "DELETE",
            f"/api/v1/plans/{plan_id}/patient-links/{link_id}",
            query={"dry_run": dry_run},
        )
        return answered(answer, None)

    def rotate_patient_link(
        self,
        plan_id: str,
        link_id: str,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewPatientLink]:
        """Give a link a new address; the old one stops working at once."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/patient-links/{link_id}/rotate",
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewPatientLink", answer.json()))

    def list_questions(
        self,
        plan_id: str,
    ) -> Answered[QuestionList]:
        """List what the patient is asked to look out for today, the most urgent first."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/questions",
        )
        return answered(answer, cast("QuestionList", answer.json()))

    def resume_plan(
        self,
        plan_id: str,
        body: Resume | None = None,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """End a hold: the next step begins on the day, no earlier than without the hold."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/resumes",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def resync_plan(
        self,
        plan_id: str,
        body: Resync,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Go on from what is really taken of a medicine, where that is less than planned."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/resyncs",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def list_revisions(
        self,
        plan_id: str,
    ) -> Answered[RevisionList]:
        """List what was issued, first to last; a draft has no revision."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/revisions",
        )
        return answered(answer, cast("RevisionList", answer.json()))

    def read_revision(
        self,
        plan_id: str,
        number: int,
    ) -> Answered[Revision]:
        """Read one revision as it was issued."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/revisions/{number}",
        )
        return answered(answer, cast("Revision", answer.json()))

    def read_changes(
        self,
        plan_id: str,
        number: int,
    ) -> Answered[ChangeList]:
        """Read what a revision changes in the one before; in the first one everything is new."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/revisions/{number}/changes",
        )
        return answered(answer, cast("ChangeList", answer.json()))

    def stop_plan(
        self,
        plan_id: str,
        body: Stop,
        *,
        etag: str | None,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[StoredPlan]:
        """Stop one medicine, or all, by the taper it needs; its companions end with it."""
        answer = self.send(
            "POST",
            f"/api/v1/plans/{plan_id}/stops",
            body=body,
            query={"dry_run": dry_run},
            etag=etag,
            key=key,
        )
        return answered(answer, cast("StoredPlan", answer.json()))

    def read_supply(
        self,
        plan_id: str,
    ) -> Answered[Supply]:
        """Read how many units of each product the plan needs."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/supply",
        )
        return answered(answer, cast("Supply", answer.json()))

    def list_supply_periods(
        self,
        plan_id: str,
        *,
        every: Literal["weekly", "10-day", "28-day", "review"] | None = None,
    ) -> Answered[SupplyPeriodList]:
        """Cut the plan's supply into collections: weekly, every 10 or 28 days, or to each review."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/supply-periods",
            query={"every": every},
        )
        return answered(answer, cast("SupplyPeriodList", answer.json()))

    def read_text(
        self,
        plan_id: str,
    ) -> Answered[str]:
        """Read a plan in words."""
        answer = self.send(
            "GET",
            f"/api/v1/plans/{plan_id}/text",
        )
        return answered(answer, answer.text)

    def preview_plan(
        self,
        body: PlanRequest,
    ) -> Answered[Plan]:
        """Make the plan that a request asks for and store nothing."""
        answer = self.send(
            "POST",
            "/api/v1/previews",
            body=body,
        )
        return answered(answer, cast("Plan", answer.json()))

    def list_affected_plans(
        self,
        *,
        product: str,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Answered[AffectedPlanPage]:
        """List the plans that use a product which can't be had, with other packs for the same doses."""
        answer = self.send(
            "GET",
            "/api/v1/shortages",
            query={"product": product, "since": since, "limit": limit, "cursor": cursor},
        )
        return answered(answer, cast("AffectedPlanPage", answer.json()))

    def list_users(
        self,
    ) -> Answered[UserList]:
        """List the people of the caller's organisation."""
        answer = self.send(
            "GET",
            "/api/v1/users",
        )
        return answered(answer, cast("UserList", answer.json()))

    def create_user(
        self,
        body: UserWish,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[User]:
        """Add somebody to the caller's organisation; a link to set a password is sent to them."""
        answer = self.send(
            "POST",
            "/api/v1/users",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("User", answer.json()))

    def change_user(
        self,
        user_id: str,
        body: UserChange,
        *,
        dry_run: bool | None = None,
    ) -> Answered[User]:
        """Give somebody another role, or shut them out. It holds from their next request on."""
        answer = self.send(
            "PATCH",
            f"/api/v1/users/{user_id}",
            body=body,
            query={"dry_run": dry_run},
        )
        return answered(answer, cast("User", answer.json()))

    def list_webhook_endpoints(
        self,
    ) -> Answered[WebhookEndpointList]:
        """List the addresses that are told, with what waits for them."""
        answer = self.send(
            "GET",
            "/api/v1/webhook-endpoints",
        )
        return answered(answer, cast("WebhookEndpointList", answer.json()))

    def add_webhook_endpoint(
        self,
        body: Endpoint,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewWebhookEndpoint]:
        """Have an address told of events. Its secret is in this answer and never shown again."""
        answer = self.send(
            "POST",
            "/api/v1/webhook-endpoints",
            body=body,
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewWebhookEndpoint", answer.json()))

    def end_webhook_endpoint(
        self,
        endpoint_id: str,
        *,
        dry_run: bool | None = None,
    ) -> Answered[None]:
        """End an address: it is told nothing any more."""
        answer = self.send(
            "DELETE",
            f"/api/v1/webhook-endpoints/{endpoint_id}",
            query={"dry_run": dry_run},
        )
        return answered(answer, None)

    def send_again(
        self,
        endpoint_id: str,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[Revived]:
        """Try again what was given up for an address."""
        answer = self.send(
            "POST",
            f"/api/v1/webhook-endpoints/{endpoint_id}/redeliveries",
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("Revived", answer.json()))

    def rotate_webhook_secret(
        self,
        endpoint_id: str,
        *,
        dry_run: bool | None = None,
        key: str = "",
    ) -> Answered[NewWebhookEndpoint]:
        """Give an address a new secret. For a day messages are signed by the former one as well."""
        answer = self.send(
            "POST",
            f"/api/v1/webhook-endpoints/{endpoint_id}/rotations",
            query={"dry_run": dry_run},
            key=key,
        )
        return answered(answer, cast("NewWebhookEndpoint", answer.json()))

    def read_feed(
        self,
        token: str,
    ) -> Answered[str]:
        """Read a calendar, as it was rendered when the plan or the feed last changed."""
        answer = self.send(
            "GET",
            f"/f/{token}.ics",
        )
        return answered(answer, answer.text)

    def read_health(
        self,
    ) -> Answered[Health]:
        """Say that the process answers."""
        answer = self.send(
            "GET",
            "/healthz",
        )
        return answered(answer, cast("Health", answer.json()))

    def read_metrics(
        self,
    ) -> Answered[str]:
        """Read counts for Prometheus: from this machine, or with the metrics token."""
        answer = self.send(
            "GET",
            "/metrics",
        )
        return answered(answer, answer.text)

    def read_description(
        self,
    ) -> Answered[Description]:
        """Read this description."""
        answer = self.send(
            "GET",
            "/openapi.json",
        )
        return answered(answer, cast("Description", answer.json()))

    def read_readiness(
        self,
    ) -> Answered[Health]:
        """Say whether database, migrations and formularies are in order. `degraded`: plans and
        calendars are shown, but nothing can be changed."""
        answer = self.send(
            "GET",
            "/readyz",
        )
        return answered(answer, cast("Health", answer.json()))
