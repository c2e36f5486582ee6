"""A calendar shows a plan's doses and days, discreetly, and changes only where the plan does."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import icalendar
import pytest

from medplan.ical.calendar import (
    CalendarOptions,
    Detail,
    Group,
    render_calendar,
    render_cancellation,
)
from medplan.model.plan import Plan, Stop, Supply
from medplan.units import Days
from medplan.wording.doses import DRAFT
from tests.ical.invented import (
    OPTIONS,
    STAMP,
    START,
    course,
    dose,
    formulary,
    plan,
    regular,
    said,
    step,
    titration,
    when_required,
)

FULL = replace(OPTIONS, detail=Detail.FULL)
BACK_PAIN = plan(
    regular("naproxen", "250", ["08:00", "20:00"], 7),
    regular("omeprazole", "20", ["07:30"], 7),
    regular("paracetamol", "500", ["08:00", "14:00", "20:00"], 5),
    titration("10", "20", "30"),
)


def events(made: Plan, options: CalendarOptions) -> list[icalendar.Event]:
    """A calendar's events as another library reads them."""
    written = render_calendar(made, formulary(), options)
    calendar = icalendar.Calendar.from_ical(written)
    return [part for part in calendar.walk("VEVENT") if isinstance(part, icalendar.Event)]


def rows(made: Plan, options: CalendarOptions) -> list[str]:
    """Each event as one line: when, how often, title."""
    return [_row(event) for event in events(made, options)]


def _row(event: icalendar.Event) -> str:
    rule = event.rrules[0] if event.rrules else {"COUNT": [1]}
    times, every = rule["COUNT"][0], rule.get("INTERVAL", [1])[0]
    often = f"{times}x" if every == 1 else f"{times}x/{every}d"
    return f"{raw(event, 'DTSTART')} {often} {event['SUMMARY']}"


def raw(part: icalendar.Component, key: str) -> str:
    """A property's value as it is written."""
    value = part[key].to_ical()
    return value.decode() if isinstance(value, bytes) else str(value)


def test_what_is_due_at_one_clock_time_is_one_series_until_it_changes() -> None:
    assert rows(BACK_PAIN, FULL) == [
        "20261123T073000 7x Omeprazole 20 mg",
        "20261123T080000 5x Naproxen 250 mg and Paracetamol 500 mg",
        "20261123T140000 5x Paracetamol 500 mg",
        "20261123T200000 5x Naproxen 250 mg and Paracetamol 500 mg",
        "20261123T203000 21x Amitriptyline 10 mg",
        "20261128T080000 2x Naproxen 250 mg",
        "20261128T200000 2x Naproxen 250 mg",
        "20261123 1x Start Naproxen, Omeprazole, Paracetamol and Amitriptyline",
        "20261213 1x Renew plan: Amitriptyline",
    ]


def test_each_medicine_has_its_own_series_if_so_chosen() -> None:
    assert rows(BACK_PAIN, replace(FULL, group=Group.MEDICINE))[:7] == [
        "20261123T073000 7x Omeprazole 20 mg",
        "20261123T080000 7x Naproxen 250 mg",
        "20261123T080000 5x Paracetamol 500 mg",
        "20261123T140000 5x Paracetamol 500 mg",
        "20261123T200000 7x Naproxen 250 mg",
        "20261123T200000 5x Paracetamol 500 mg",
        "20261123T203000 21x Amitriptyline 10 mg",
    ]


def test_discreet_titles_count_the_doses_of_the_day() -> None:
    twice = plan(regular("naproxen", "250", ["08:00", "20:00"], 7))

    assert rows(twice, OPTIONS) == [
        "20261123T080000 7x Dose 1 of 2",
        "20261123T200000 7x Dose 2 of 2",
        "20261123 1x New in your plan",
    ]


def test_a_dose_whose_place_in_the_day_changes_is_not_counted() -> None:
    shrinking = plan(
        regular("naproxen", "250", ["08:00", "20:00"], 7),
        regular("paracetamol", "500", ["14:00"], 3),
    )

    assert rows(shrinking, OPTIONS)[:3] == [
        "20261123T080000 7x Morning dose",
        "20261123T140000 3x Dose 2 of 3",
        "20261123T200000 7x Evening dose",
    ]


def test_discreet_titles_use_the_labels_that_the_patient_chose() -> None:
    options = replace(OPTIONS, labels={"naproxen": "blue", "amitriptyline": "night"})

    assert rows(BACK_PAIN, options)[:5] == [
        "20261123T073000 7x Morning dose",
        "20261123T080000 5x blue and 1 more",
        "20261123T140000 5x Dose 3 of 5",
        "20261123T200000 5x blue and 1 more",
        "20261123T203000 21x night",
    ]


@pytest.mark.parametrize("advance", [True, False])
@pytest.mark.parametrize("group", list(Group))
def test_a_discreet_calendar_names_no_medicine_amount_or_illness(
    group: Group, *, advance: bool
) -> None:
    options = replace(OPTIONS, group=group, advance=advance, alarms=True)

    written = render_calendar(BACK_PAIN, formulary(), options).decode().lower()

    words = ("naproxen", "omeprazole", "paracetamol", "amitriptyline", " mg", "tablet", "pain")
    assert [word for word in words if word in written] == []


def test_a_step_up_is_left_out_and_the_agreed_dose_held_until_somebody_agrees() -> None:
    made = plan(titration("10", "20", "30"))

    assert rows(made, FULL)[0] == "20261123T203000 21x Amitriptyline 10 mg"
    assert rows(made, replace(FULL, decided={"amitriptyline": 1}))[:2] == [
        "20261123T203000 7x Amitriptyline 10 mg",
        "20261130T203000 14x Amitriptyline 20 mg",
    ]


@pytest.mark.parametrize(
    "full",
    [replace(FULL, advance=True), replace(FULL, advance_for=frozenset({"amitriptyline"}))],
)
def test_planned_steps_each_say_that_they_hold_only_if_agreed(full: CalendarOptions) -> None:
    made = plan(titration("10", "20", "30"))

    assert rows(made, full)[:3] == [
        "20261123T203000 7x Amitriptyline 10 mg",
        "20261130T203000 7x Amitriptyline 20 mg (only if you agreed to go up)",
        "20261207T203000 7x Amitriptyline 30 mg (only if you agreed to go up)",
    ]
    assert rows(made, replace(full, detail=Detail.DISCREET))[:3] == [
        "20261123T203000 7x Dose 1 of 1",
        "20261130T203000 7x Dose 1 of 1 (only if you agreed to go up)",
        "20261207T203000 7x Dose 1 of 1 (only if you agreed to go up)",
    ]


def test_no_answer_never_means_more_even_for_a_later_step_that_needs_none() -> None:
    base = titration("10", "20")
    later = step(
        Days.lasting(START + timedelta(14), 7), dose("20:30", "30", "amitriptyline-tablet-10", "3")
    )
    down = step(
        Days.lasting(START + timedelta(21), 7), dose("20:30", "5", "amitriptyline-tablet-10", "0.5")
    )

    made = plan(replace(base, steps=(*base.steps, later, down)))

    assert rows(made, FULL)[:2] == [
        "20261123T203000 21x Amitriptyline 10 mg",
        "20261214T203000 7x Amitriptyline 5 mg",
    ]


def test_a_full_event_says_the_dose_the_food_the_revision_and_where_to_check() -> None:
    made = plan(
        course(
            "naproxen",
            step(
                Days.lasting(START, 2),
                dose("08:00", "500", "naproxen-tablet-250", "2", "Take with food."),
            ),
        ),
    )
    options = replace(FULL, page_url="https://plan.example/p/1")

    assert events(made, options)[0]["DESCRIPTION"] == (
        "2 tablets of 250 mg. Take with food.\n"
        "Plan revision 3. Check today's plan: https://plan.example/p/1"
    )


def test_what_is_to_be_known_of_a_medicine_is_said_where_it_starts_and_not_with_each_dose() -> None:
    known = formulary()
    naproxen = replace(known.medicines["naproxen"], caution=said("Take no other of its kind."))
    known = replace(known, medicines={**known.medicines, "naproxen": naproxen})
    advice = "Take with food. Take no other of its kind."
    days = Days.lasting(START, 2)
    made = plan(
        course("naproxen", step(days, dose("08:00", "250", "naproxen-tablet-250", "1", advice))),
        course("omeprazole", step(days, dose("08:00", "20", "omeprazole-capsule-20"))),
    )

    read = icalendar.Calendar.from_ical(render_calendar(made, known, FULL))

    assert [str(event["DESCRIPTION"]).splitlines()[:2] for event in read.walk("VEVENT")] == [
        [
            "Naproxen: 1 tablet of 250 mg. Take with food.",
            "Omeprazole: 1 capsule of 20 mg.",
        ],
        ["Naproxen: Take no other of its kind.", f"{DRAFT}."],
    ]


def test_a_calendar_of_a_draft_formulary_says_so_itself_and_where_medicines_start() -> None:
    signed = replace(BACK_PAIN, formulary=replace(BACK_PAIN.formulary, status="signed"))

    written = render_calendar(BACK_PAIN, formulary(), OPTIONS).decode().replace("\r\n ", "")
    saying = [_row(e) for e in events(BACK_PAIN, OPTIONS) if DRAFT in str(e["DESCRIPTION"])]

    assert f"X-WR-CALDESC:{DRAFT}. Plan revision 3.\r\n" in written
    assert saying == ["20261123 1x New in your plan"]
    assert b"DRAFT" not in render_calendar(signed, formulary(), OPTIONS)


def test_a_plan_with_open_findings_says_so_in_every_event() -> None:
    made = replace(BACK_PAIN, issuable=False)

    written = render_calendar(made, formulary(), OPTIONS).replace(b"\r\n ", b"")

    assert all("NOT ISSUED" in str(event["DESCRIPTION"]) for event in events(made, OPTIONS))
    assert b"X-WR-CALDESC:DRAFT formulary: not signed clinical guidance. NOT ISSUED: " in written


def test_a_when_required_medicine_is_a_note_on_its_first_day_and_no_dose() -> None:
    one = dose(None, "1000", "paracetamol-tablet-500", "2")
    made = plan(course("paracetamol", when_required(Days.lasting(START, 5), one, "4000", "4")))

    (event,) = events(made, FULL)

    assert _row(event) == "20261123 1x When needed: Paracetamol"
    assert str(event["DESCRIPTION"]).splitlines()[0] == (
        "Paracetamol, only when needed: 2 tablets of 500 mg (1,000 mg). No more than 4,000 mg in "
        "any 24 hours, counting all doses. Wait at least 4 hours between two doses."
    )


def test_a_dose_in_a_skipped_or_repeated_hour_stands_alone_at_its_instant() -> None:
    skipped = plan(regular("naproxen", "250", ["02:30"], 4, date(2027, 9, 24)))
    repeated = plan(regular("naproxen", "250", ["02:30"], 4, date(2027, 4, 2)))

    assert rows(skipped, FULL)[:3] == [
        "20270924T023000 2x Naproxen 250 mg",
        "20270925T140000Z 1x Naproxen 250 mg",
        "20270927T023000 1x Naproxen 250 mg",
    ]
    assert rows(repeated, FULL)[:3] == [
        "20270402T023000 2x Naproxen 250 mg",
        "20270403T133000Z 1x Naproxen 250 mg",
        "20270405T023000 1x Naproxen 250 mg",
    ]


def test_every_event_is_stamped_by_the_revision_and_blocks_no_diary() -> None:
    stamp = f"{STAMP:%Y%m%dT%H%M%SZ}"
    wanted = {
        "DTSTAMP": stamp,
        "LAST-MODIFIED": stamp,
        "SEQUENCE": "3",
        "STATUS": "CONFIRMED",
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
    }

    for event in events(BACK_PAIN, OPTIONS):
        assert {key: raw(event, key) for key in wanted} == wanted


def test_only_doses_ring_once_and_the_alarm_says_the_title() -> None:
    for event in events(BACK_PAIN, replace(FULL, alarms=True)):
        alarms = [(a["ACTION"], raw(a, "TRIGGER"), a["DESCRIPTION"]) for a in event.walk("VALARM")]
        timed = "T" in raw(event, "DTSTART")
        assert alarms == ([("DISPLAY", "P0D", event["SUMMARY"])] if timed else [])


def test_what_readers_disagree_on_is_never_written() -> None:
    options = replace(FULL, alarms=True, advance=True)

    written = render_calendar(BACK_PAIN, formulary(), options).decode()

    names = {line.split(":")[0].split(";")[0] for line in written.split("\r\n")}
    unwanted = {"RDATE", "RECURRENCE-ID", "ATTENDEE", "ORGANIZER", "LOCATION", "SOURCE"}
    assert names & unwanted == set()
    assert not any(word in written for word in ("HOURLY", "BYHOUR", "VTODO", "UNTIL"))
    assert "UID:" not in written.split("BEGIN:VEVENT")[0]


def test_the_same_plan_and_options_give_the_same_bytes() -> None:
    first, again = (
        render_calendar(BACK_PAIN, formulary(), replace(FULL, advance=True)) for _ in range(2)
    )

    assert first == again


def test_events_keep_their_identity_whatever_else_the_calendar_shows() -> None:
    usual = uids(events(BACK_PAIN, OPTIONS))
    later = replace(OPTIONS, revision=9, detail=Detail.FULL, alarms=True)

    assert uids(events(BACK_PAIN, later)) == usual
    assert len(set(usual)) == len(usual)
    assert set(uids(events(BACK_PAIN, replace(OPTIONS, plan_key="another")))) & set(usual) == set()


def test_a_window_cuts_series_without_changing_who_they_are() -> None:
    window = Days(START + timedelta(2), START + timedelta(5))
    cut = replace(FULL, window=window)

    assert rows(BACK_PAIN, cut) == [
        "20261125T073000 4x Omeprazole 20 mg",
        "20261125T080000 3x Naproxen 250 mg and Paracetamol 500 mg",
        "20261125T140000 3x Paracetamol 500 mg",
        "20261125T200000 3x Naproxen 250 mg and Paracetamol 500 mg",
        "20261125T203000 4x Amitriptyline 10 mg",
        "20261128T080000 1x Naproxen 250 mg",
        "20261128T200000 1x Naproxen 250 mg",
    ]
    assert uids(events(BACK_PAIN, cut)) == uids(events(BACK_PAIN, FULL))[:7]


def test_a_stopped_medicine_shortens_its_series_and_adds_a_day() -> None:
    before = plan(regular("naproxen", "250", ["08:00"], 7))
    stop = Stop("naproxen", START + timedelta(2), START + timedelta(3), "none", "It is enough.")
    after = replace(plan(regular("naproxen", "250", ["08:00"], 3)), stops=(stop,))

    assert rows(after, FULL) == [
        "20261123T080000 3x Naproxen 250 mg",
        "20261123 1x Start Naproxen",
        "20261126 1x STOP Naproxen",
    ]
    assert rows(after, OPTIONS)[2] == "20261126 1x Plan change"
    assert uids(events(after, FULL))[:2] == uids(events(before, FULL))


def test_a_cancellation_has_every_event_of_every_revision_and_says_nothing_of_it() -> None:
    moved = plan(regular("naproxen", "250", ["09:00"], 7))
    looks = [replace(FULL, detail=d, group=g) for d in Detail for g in Group]

    written = render_cancellation([BACK_PAIN, moved], formulary(), looks)

    calendar = icalendar.Calendar.from_ical(written)
    found = [part for part in calendar.walk("VEVENT") if isinstance(part, icalendar.Event)]
    had = {u for made in (BACK_PAIN, moved) for look in looks for u in uids(events(made, look))}
    assert calendar["METHOD"] == "CANCEL"
    assert sorted(uids(found)) == sorted(had)
    assert {(e["SEQUENCE"], e["STATUS"], e["SUMMARY"]) for e in found} == {
        (4, "CANCELLED", "No longer in your plan")
    }
    assert b"DESCRIPTION" not in written
    assert b"VALARM" not in written
    assert [part.errors for part in calendar.walk() if part.errors] == []


def test_an_event_that_a_revision_does_not_change_stays_byte_for_byte() -> None:
    first = replace(FULL, sequence=7, revision=1, window=Days(START, date.max))
    second = replace(first, sequence=8, revision=2, stamped_at=STAMP + timedelta(days=3))
    shorter = plan(
        regular("naproxen", "250", ["08:00", "20:00"], 7),
        regular("omeprazole", "20", ["07:30"], 7),
        regular("paracetamol", "500", ["08:00", "20:00"], 4),
        titration("10", "20", "30"),
    )

    before = render_calendar(BACK_PAIN, formulary(), first)
    after = render_calendar(shorter, formulary(), second, before)
    again = render_calendar(shorter, formulary(), replace(second, sequence=9, revision=3), after)

    old, new = _blocks(before), _blocks(after)
    fresh = {uid for uid, block in new.items() if old.get(uid) != block}
    assert {block["SUMMARY"] for uid, block in new.items() if uid in fresh} == {
        "Naproxen 250 mg and Paracetamol 500 mg",
        "Naproxen 250 mg",
    }
    assert {new[uid]["SEQUENCE"] for uid in fresh} == {8}
    assert {new[uid]["SEQUENCE"] for uid in new.keys() - fresh} == {7}
    assert all(
        f"Plan revision {2 if u in fresh else 1}." in str(new[u]["DESCRIPTION"]) for u in new
    )
    assert _blocks(again) == new
    assert b"X-WR-CALDESC:DRAFT formulary: not signed clinical guidance. Plan revision " in (
        again.replace(b"\r\n ", b"")
    )


def test_a_label_that_reads_like_a_revision_does_not_renew_its_event() -> None:
    options = replace(OPTIONS, revision=1, sequence=1, labels={"naproxen": "Plan revision 9."})
    made = plan(regular("naproxen", "250", ["08:00"], 7))
    later = replace(options, revision=2, sequence=2, stamped_at=STAMP + timedelta(days=1))

    before = render_calendar(made, formulary(), options)

    assert _blocks(render_calendar(made, formulary(), later, before)) == _blocks(before)


def test_an_event_that_went_and_came_back_is_newer_than_it_was() -> None:
    both = plan(regular("naproxen", "250", ["08:00"], 7), regular("omeprazole", "20", ["07:30"], 7))
    one = plan(regular("omeprazole", "20", ["07:30"], 7))
    chain = b""
    for sequence, made in enumerate((both, one, both), start=1):
        options = replace(FULL, sequence=sequence, stamped_at=STAMP + timedelta(hours=sequence))
        chain = render_calendar(made, formulary(), options, chain)

    assert {b["SUMMARY"]: b["SEQUENCE"] for b in _blocks(chain).values()} == {
        "Naproxen 250 mg": 3,
        "Omeprazole 20 mg": 1,
        "Start Naproxen and Omeprazole": 3,
    }


def _blocks(calendar: bytes) -> dict[str, icalendar.Event]:
    """A calendar's events by their UIDs."""
    read = icalendar.Calendar.from_ical(calendar)
    return {str(p["UID"]): p for p in read.walk("VEVENT") if isinstance(p, icalendar.Event)}


def test_a_calendar_of_some_medicines_shows_nothing_of_the_others() -> None:
    options = replace(FULL, medicines=frozenset({"omeprazole"}))

    assert rows(BACK_PAIN, options) == [
        "20261123T073000 7x Omeprazole 20 mg",
        "20261123 1x Start Omeprazole",
    ]


def test_a_calendar_with_nothing_to_show_says_so_on_one_whole_day() -> None:
    nothing = replace(OPTIONS, medicines=frozenset())

    assert rows(BACK_PAIN, nothing) == ["20261122 1x No current schedule"]
    at_night = replace(nothing, stamped_at=datetime(2026, 11, 22, 12, 30, tzinfo=UTC))
    assert rows(BACK_PAIN, at_night) == ["20261123 1x No current schedule"]  # in Auckland


def test_supply_is_collected_some_days_ahead_and_not_counted_while_steps_are_open() -> None:
    late = Days.lasting(START + timedelta(10), 5)
    early = Days.lasting(START, 21)
    made = replace(
        plan(titration("10", "20", "30"), regular("naproxen", "250", ["08:00"], 5, late.first)),
        supply=(
            Supply("amitriptyline-tablet-10", Decimal(42), early),
            Supply("naproxen-tablet-250", Decimal(5), late, packs=1),
        ),
    )

    days = {_row(e): str(e["DESCRIPTION"]).splitlines()[0] for e in events(made, FULL)}

    assert days["20261123 1x Collect Amitriptyline"] == (
        "Amitriptyline 10 mg tablets: enough for the dose agreed so far."
    )
    assert days["20261130 1x Collect Naproxen"] == (
        "For Thu 3 December to Mon 7 December (5 days): 5 tablets (1 pack) of Naproxen 250 mg."
    )


@pytest.mark.parametrize(
    "hostile", ["A\r\nBEGIN:VALARM\r\nEND:VALARM", "\u202e💊" * 40, "x;y,z\\n", "\x07\x00 שלום"]
)
def test_hostile_labels_and_names_stay_inside_their_lines(hostile: str) -> None:
    named = replace(regular("unlisted", "5", ["08:00"], 3), name=hostile)
    made = plan(named)
    options = replace(OPTIONS, labels={hostile: hostile}, page_url=hostile)

    for chosen in (options, replace(options, detail=Detail.FULL)):
        written = render_calendar(made, formulary(), chosen)
        assert all(len(line) <= 75 for line in written.split(b"\r\n"))
        assert shape(written) == shape(render_calendar(made, formulary(), replace(OPTIONS)))


def test_an_offset_other_than_utc_is_refused_as_a_stamp() -> None:
    with pytest.raises(ValueError, match="not in UTC"):
        replace(OPTIONS, stamped_at=STAMP.replace(tzinfo=None))


def test_a_negative_revision_is_refused() -> None:
    with pytest.raises(ValueError, match="below 0"):
        replace(OPTIONS, revision=-1)


def uids(found: Sequence[icalendar.Event]) -> list[str]:
    """The identities of events, in order."""
    return [str(event["UID"]) for event in found]


def shape(written: bytes) -> Counter[bytes]:
    """How many lines begin each property or component."""
    unfolded = written.replace(b"\r\n ", b"").split(b"\r\n")
    return Counter(line if line.startswith(b"BEGIN") else line.split(b":")[0] for line in unfolded)
