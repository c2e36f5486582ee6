"""A patient's data: sealed, given out whole, erased for good, and not kept longer than needed."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import String, Text, select, text, update

from medplan.services.audit.checking import check_audit
from medplan.services.operation.retention import Removed, retain
from medplan.services.patients.patient_data import erase_patient, export_patient
from medplan.services.refusals import NotFoundError
from medplan.store.database import Database
from medplan.store.ids import PLAN, read_id
from medplan.store.keys import KeyMissingError, MasterKeys
from medplan.store.tables import DraftRow, FeedBodyRow, PatientRow, PlanRow, RevisionRow, Row
from medplan.store.tables.sealing import Sealed
from tests.api.practice import ACUTE, Practice, path_of

HOUSE = "Invented Practice"
CANARY = ACUTE["patient"]["reference"]
OTHER = ACUTE | {"patient": ACUTE["patient"] | {"reference": "invented:somebody-else"}}
# Columns of tables about plans that are not sealed: closed words, hashes, versions, and what
# `store.patients.erase` wipes.
NOT_SEALED = {
    "counter_check": {"verdict", "answer"},
    "event": {"kind"},
    "check_in": {"level"},
    "feed": {"name", "detail", "grouping", "labels", "medicines", "token_sha256"},
    "patient_link": {"name", "token_sha256", "may"},
    "plan": {"status", "planned_ahead"},
    "revision": {"act", "formulary_version", "tzdata_version"},
}


def lived(practice: Practice) -> tuple[str, dict[str, Any]]:
    """A plan with a life: issued, revised, with a feed, a link and a check-in; its feed."""
    prescriber = practice.prescriber
    path = prescriber.issued()
    etag = prescriber.get(path).headers["ETag"]
    stop = {"medicine": "naproxen", "reason": "Canary: asked her son.", "taper": "none"}
    assert prescriber.post(f"{path}/stops", stop, etag=etag).status_code == 200
    feed = prescriber.feed(path, name="Canary's phone", labels={"paracetamol": "Canary"})
    assert prescriber.post(f"{path}/patient-links", {"name": "Canary"}).status_code == 201
    assert prescriber.post(f"{path}/check-ins", {"noticed": []}).status_code == 201
    return path, feed


def everything(practice: Practice) -> str:
    """Every row of every table, as the database has it."""
    with practice.seen.engine.connect() as connection:
        return "\n".join(
            str(row)
            for table in Row.metadata.sorted_tables
            for row in connection.execute(text(f"SELECT * FROM {table.name}"))  # noqa: S608 - our own
        )


def test_no_table_shows_who_a_patient_is_or_what_they_take(practice: Practice) -> None:
    lived(practice)

    stored = everything(practice)

    for secret in (CANARY, "canary-8841", "asked her son", '"courses"', "weight_kg"):
        assert secret not in stored


def test_every_text_about_a_plan_is_sealed_or_accounted_for() -> None:
    texts = {}
    for mapper in Row.registry.mappers:
        table = mapper.class_
        if not (hasattr(table, "plan_id") or table.__tablename__ in {"plan", "draft"}):
            continue
        sealed = set(table.sealed) if issubclass(table, Sealed) else set()
        columns = {c.name for c in table.__table__.columns if isinstance(c.type, String | Text)}
        texts[table.__tablename__] = columns - sealed

    assert {name: columns for name, columns in texts.items() if columns} == NOT_SEALED


def test_an_erased_patient_can_not_be_read_again_and_the_audit_stays_whole(
    practice: Practice,
) -> None:
    path, feed = lived(practice)
    kept = practice.prescriber.issued(OTHER)
    draft = practice.prescriber.draft().headers["Location"]
    lines = check_audit(practice.database, ()).lines

    assert erase_patient(practice.database, HOUSE, CANARY, practice.clock.now) == 2

    for gone in (path, draft, f"{path}/revisions/1", f"{path}/text", f"{path}/feeds"):
        answer = practice.prescriber.get(gone)
        assert (answer.status_code, answer.get_json()["title"]) == (410, "Erased"), gone
    assert practice.nobody.get(path_of(feed["url"])).status_code == 404
    listed = practice.prescriber.get("/api/v1/plans").get_json()["items"]
    assert [item["patient_reference"] for item in listed] == ["invented:somebody-else"]
    assert practice.prescriber.get(kept).status_code == 200
    assert (
        practice.prescriber.get("/api/v1/changes?from=2026-11-23&to=2026-12-23").status_code == 200
    )
    checked = check_audit(practice.database, ())
    assert not checked.faults
    assert checked.lines > lines
    assert "Canary" not in everything(practice)
    with practice.seen.reading.begin() as session:
        tombstone = session.scalars(
            select(PatientRow).where(PatientRow.erased_at.is_not(None))
        ).one()
    assert (tombstone.wrapped_key, tombstone.reference_index) == (None, None)


def test_an_erased_patient_who_comes_back_is_somebody_new(practice: Practice) -> None:
    practice.prescriber.issued()
    erase_patient(practice.database, HOUSE, CANARY, practice.clock.now)

    path = practice.prescriber.issued()

    assert practice.prescriber.get(path).get_json()["request"]["patient"]["reference"] == CANARY
    with pytest.raises(NotFoundError):
        erase_patient(practice.database, "Another Practice", CANARY, practice.clock.now)


def test_everything_about_a_patient_is_given_out_and_nothing_that_opens_a_door(
    practice: Practice,
) -> None:
    path, feed = lived(practice)
    practice.prescriber.issued(OTHER)

    found: Any = export_patient(practice.database, HOUSE, CANARY, practice.clock.now)
    told = json.dumps(found)

    assert found["patient"] == {"reference": CANARY, "known_since": "2026-11-22T03:30:00+00:00"}
    (plan,) = found["plans"]
    assert plan["id"] == path.rpartition("/")[2]
    assert [r["number"] for r in plan["revision"]] == [1, 2]
    assert plan["revision"][1]["reason"] == "Canary: asked her son."
    assert plan["revision"][0]["request"]["patient"]["reference"] == CANARY
    assert {"check_in", "event", "feed", "patient_link", "revision"} <= set(plan)
    assert any(line["act"] == "plan.issue" for line in found["audit"])
    assert "token_sha256" not in told
    assert feed["url"].rpartition("/")[2] not in told
    assert "somebody-else" not in told


def test_what_is_old_is_removed_and_what_is_not_stays(practice: Practice) -> None:
    path, feed = lived(practice)
    practice.prescriber.draft()
    early = practice.clock.now
    nothing = retain(practice.database, early + timedelta(hours=47))
    answers = retain(practice.database, early + timedelta(hours=49))
    later = retain(practice.database, early + timedelta(days=31))
    much_later = retain(practice.database, early + timedelta(days=500))

    assert nothing == Removed()
    assert (answers.drafts, answers.feed_bodies) == (0, 0)
    assert answers.answers > 5
    assert later == Removed(drafts=1)
    assert much_later.feed_bodies == 1
    assert practice.prescriber.get(path).status_code == 200
    assert not check_audit(practice.database, ()).faults
    with practice.seen.reading.begin() as session:
        assert session.scalars(select(FeedBodyRow)).all() == []
    assert feed["id"].startswith("fed_")


def test_only_the_keys_it_was_written_with_open_a_database(practice: Practice) -> None:
    practice.prescriber.issued()
    address = practice.seen.url.render_as_string(hide_password=False)
    wrong, both = (
        Database(address, MasterKeys(keys))
        for keys in (("another key",), ("a new key", "known-to-everybody-so-for-development-only"))
    )

    with pytest.raises(KeyMissingError), wrong.reading.begin() as session:
        session.scalars(select(PlanRow)).all()
    with both.reading.begin() as session:
        assert CANARY in session.scalars(select(RevisionRow)).one().request
    wrong.close()
    both.close()


def test_a_text_moved_to_another_row_is_not_taken(practice: Practice) -> None:
    names = [practice.prescriber.draft().headers["Location"] for _ in range(2)]
    own, moved = (read_id(PLAN, name.rpartition("/")[2]) for name in names)
    with practice.seen.engine.begin() as connection:
        taken = connection.execute(select(DraftRow.plan).where(DraftRow.id == own)).scalar_one()
        connection.execute(update(DraftRow).where(DraftRow.id == moved).values(plan=taken))

    assert practice.prescriber.get(names[0]).status_code == 200
    assert practice.prescriber.get(names[1]).status_code == 503
