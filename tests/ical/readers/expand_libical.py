"""Print when the events of an iCalendar file begin, as libical sees them (Debian: gir1.2-ical-3.0).

Run by the system's own Python, which has its bindings:

    expand_libical.py FILE      -> JSON: timed events as UTC instants, whole days as dates, in order
"""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import gi  # type: ignore[import-not-found] # the system's, not ours

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # type: ignore[import-not-found] # noqa: E402 - after its version

KIND = ICalGLib.ComponentKind.VEVENT_COMPONENT
FROM = ICalGLib.Time.new_from_string("20200101T000000Z")
TO = ICalGLib.Time.new_from_string("20400101T000000Z")
found: dict[str, list[str]] = {"instants": [], "days": []}


def keep(event: ICalGLib.Component, span: ICalGLib.TimeSpan, *_given: object) -> bool:
    """Note when a recurrence begins, and go on."""
    moment = datetime.fromtimestamp(span.get_start(), UTC)
    if event.get_dtstart().is_date():
        found["days"].append(moment.date().isoformat())
    else:
        found["instants"].append(moment.isoformat())
    return True


text = Path(sys.argv[1]).read_bytes().decode()
calendar = ICalGLib.Component.new_from_string(text)
event = calendar.get_first_component(KIND)
while event is not None:
    event.foreach_recurrence(FROM, TO, keep)
    event = calendar.get_next_component(KIND)
sys.stdout.write(json.dumps({kind: sorted(values) for kind, values in found.items()}))
