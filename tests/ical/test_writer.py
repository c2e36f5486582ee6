"""No text can break a content line or begin one of its own."""

import re

import icalendar
from hypothesis import given
from hypothesis import strategies as st

from medplan.ical.writer import LINE_OCTETS, component, text, to_bytes

HOSTILE = (
    "Nap\r\nBEGIN:VALARM\r\nACTION:AUDIO",
    "a\nATTACH:file",
    "a\x0bBEGIN:VEVENT",
    "a\x85b\u2028c\u2029d",
    "bell\x07 and nothing\x00",
    "\u202eevil\u202c \u2066left\u2069",
    "semi;colon, and \\ backslash\\n",
    "💊" * 60,
    "x" * 73 + "💊é" * 30,
    "family 👨‍👩‍👧‍👦" * 12,
    "مرحبا\u200f שלום",
    "half a pair \ud83d",
)
anything = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(), max_size=300))


@given(anything)
def test_a_text_is_one_line_however_long_and_whatever_it_holds(value: str) -> None:
    written = to_bytes([f"SUMMARY:{text(value)}"])

    unfolded = written.replace(b"\r\n ", b"")
    assert unfolded.endswith(b"\r\n")
    assert re.search(rb"[\x00-\x1f\x7f]", unfolded[:-2]) is None


@given(anything)
def test_every_line_is_at_most_75_octets_of_whole_characters(value: str) -> None:
    for line in to_bytes([f"DESCRIPTION:{text(value)}"]).split(b"\r\n"):
        assert len(line) <= LINE_OCTETS
        line.decode()


@given(anything)
def test_another_reader_gets_one_event_with_the_text_and_nothing_else(value: str) -> None:
    lines = component("VEVENT", ["UID:1", f"SUMMARY:{text(value)}", "STATUS:CONFIRMED"])

    read = icalendar.Calendar.from_ical(to_bytes(component("VCALENDAR", lines)))

    (event,) = read.subcomponents
    assert (event.errors, event.subcomponents) == ([], [])
    assert list(event) == ["UID", "SUMMARY", "STATUS"]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300))
def test_a_plain_text_reads_back_as_it_was(value: str) -> None:
    lines = component("VEVENT", [f"DESCRIPTION:{text(value)}"])

    read = icalendar.Calendar.from_ical(to_bytes(component("VCALENDAR", lines)))

    assert str(read.subcomponents[0]["DESCRIPTION"]) == value


def test_escapes_are_those_of_the_standard() -> None:
    assert text("a\\b;c,d\r\ne\tf") == "a\\\\b\\;c\\,d\\ne f"


def test_direction_overrides_are_left_out_and_letters_of_all_scripts_kept() -> None:
    assert text("\u202eשלום\u202c मात्रा") == "שלום मात्रा"


def test_a_long_line_is_folded_with_a_space() -> None:
    assert to_bytes(["X" * 80]) == b"X" * 75 + b"\r\n " + b"X" * 5 + b"\r\n"
