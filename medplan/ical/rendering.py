"""Calendars as services ask for them: what a plan's record says becomes a calendar's options.

A file holds every planned step, each saying when it depends on an agreement; a feed holds the
decided dose and the day of decision, unless the prescriber chose to plan ahead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from medplan.formulary.model import Formulary
from medplan.ical.calendar import (
    CalendarOptions,
    Detail,
    Group,
    render_calendar,
    render_cancellation,
)
from medplan.model.plan import Plan
from medplan.services.parts import CalendarFacts, Medium
from medplan.units import Days


@dataclass(frozen=True, slots=True)
class Calendars:
    """Renders calendars; `page_url` is where their readers check today's plan."""

    page_url: str

    def render(
        self, plan: Plan, formulary: Formulary, facts: CalendarFacts, before: bytes = b""
    ) -> bytes:
        """Render a plan's calendar, in the place of the one before."""
        return render_calendar(plan, formulary, self._options(facts), before)

    def cancel(
        self,
        plans: Sequence[Plan],
        formulary: Formulary,
        facts: CalendarFacts,
        shown: Iterable[frozenset[str] | None],
    ) -> bytes:
        """Cancel every event that a file of any of these revisions has, in every detail and
        grouping, of each of these selections of medicines."""
        asked = self._options(facts)
        looks = [
            replace(asked, detail=detail, group=group, medicines=medicines)
            for medicines in shown
            for detail in Detail
            for group in Group
        ]
        return render_cancellation(plans, formulary, looks)

    def _options(self, facts: CalendarFacts) -> CalendarOptions:
        look = facts.look
        return CalendarOptions(
            plan_key=facts.plan_id,
            revision=facts.revision,
            sequence=facts.sequence,
            stamped_at=facts.changed_at.replace(microsecond=0),
            detail=Detail(look.detail.value),
            alarms=look.alarms,
            group=Group(look.group.value),
            labels=look.labels,
            medicines=look.medicines,
            page_url=self.page_url,
            advance=facts.medium is Medium.FILE,
            advance_for=facts.planned_ahead,
            window=None if facts.since is None else Days(facts.since, date.max),
        )
