"""The rules of a time zone are changed by a new release of the tz database.

In the other release Auckland has no summer time, and another offset. What was issued keeps its
local times, its document and its calendar's bytes; what is amended later is told by the new rules.
"""

import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

from tests.api.practice import ACUTE, path_of
from tests.faults.ground import Ground, Result, practice_on
from tests.faults.killing import amendment, disagreements

_ZONE, _LIKE = "Pacific/Auckland", "Pacific/Fiji"
_STARTS = ("2026-11-23", "2027-04-01", "2026-11-30")


def check(ground: Ground) -> Iterator[Result]:
    """Issue by the old rules, read and amend by the new."""
    with practice_on(ground) as practice:
        torn = lost = 0
        for start in _STARTS:
            path = practice.prescriber.issued(ACUTE | {"start": start})
            feed = path_of(practice.prescriber.feed(path)["url"])
            before = practice.prescriber.get(path), practice.nobody.get(feed).data
            with _other_rules(ground.folder / "zones"):
                after = practice.prescriber.get(path), practice.nobody.get(feed).data
                torn += before[0].get_json() != after[0].get_json()
                torn += before[1] != after[1]
                change = amendment(4)
                change["request"] = change["request"] | {"start": start}
                answer = practice.prescriber.post(
                    f"{path}/amendments", change, etag=after[0].headers["ETag"]
                )
                lost += answer.status_code != 200
                amended = practice.prescriber.get(path).get_json()
                torn += not _times(amended) <= _times(before[0].get_json())
                torn += practice.nobody.get(feed).data == before[1]
        torn += len(disagreements(practice))
        yield Result("the tz database moves a zone's rules", len(_STARTS), lost, torn)


@contextmanager
def _other_rules(folder: Path) -> Iterator[None]:
    """Let another release of the tz database be found while the block lasts."""
    (folder / _ZONE).parent.mkdir(parents=True, exist_ok=True)
    rules = files("tzdata").joinpath("zoneinfo", *_LIKE.split("/")).read_bytes()
    (folder / _ZONE).write_bytes(rules)
    zoneinfo.reset_tzpath([str(folder)])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath(())
    zoneinfo.ZoneInfo.clear_cache()


def _times(shown: dict[str, Any]) -> set[str]:
    """Every clock time that a plan names."""
    found: set[str] = set()

    def walk(part: object) -> None:
        if isinstance(part, dict):
            found.update(str(v) for k, v in part.items() if k == "time")
            for inner in part.values():
                walk(inner)
        elif isinstance(part, list):
            for inner in part:
                walk(inner)

    walk(shown)
    return found
