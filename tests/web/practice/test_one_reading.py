"""A page of the practice is one reading: what it costs, and what the audit tells of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import event, select

from medplan.store.tables import AuditRow
from tests.api.practice import Practice
from tests.web.practice.desk import Desk


def desk_of(practice: Practice) -> Desk:
    """The prescriber at a desk, whose session has been seen already."""
    desk = Desk(practice.app)
    assert desk.sign_in("prescriber").status_code == 303
    return desk


def lines(practice: Practice) -> Sequence[tuple[str, str]]:
    """The acts and subjects of the audit, in order."""
    with practice.seen.reading.begin() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.number)).all()
        return [(row.act, row.subject) for row in rows]


@contextmanager
def counted(practice: Practice) -> Iterator[list[str]]:
    """Every statement, and every transaction's end, that the database is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    def end(_connection: object) -> None:
        sent.append("COMMIT")

    event.listen(practice.database.engine, "before_cursor_execute", note)
    event.listen(practice.database.engine, "commit", end)
    yield sent
    event.remove(practice.database.engine, "before_cursor_execute", note)
    event.remove(practice.database.engine, "commit", end)


def test_a_plan_s_page_leaves_a_line_for_the_plan_and_one_for_what_was_noticed(
    practice: Practice,
) -> None:
    path, desk = practice.prescriber.issued(), desk_of(practice)
    before = lines(practice)

    desk.read(path.removeprefix("/api/v1"))

    subject = path.rpartition("/")[2]
    assert lines(practice)[len(before) :] == [("plan.read", subject), ("check-in.read", subject)]


def test_a_plan_that_is_not_there_or_a_draft_leaves_no_line(practice: Practice) -> None:
    path = practice.prescriber.issued().removeprefix("/api/v1")
    draft = practice.prescriber.draft().headers["Location"].removeprefix("/api/v1")
    desk = desk_of(practice)
    before = lines(practice)

    assert desk.get(f"{path[:-1]}0").status_code == 404
    assert desk.get(draft).status_code == 303
    assert lines(practice) == before


def test_a_plan_s_page_is_read_in_one_transaction_and_noted_in_one(practice: Practice) -> None:
    path, desk = practice.prescriber.issued().removeprefix("/api/v1"), desk_of(practice)
    with counted(practice) as young:
        desk.read(path)
    stop = {"medicine": "naproxen", "effective": "2026-11-26", "reason": "Stomach ache."}
    etag = practice.prescriber.get(f"/api/v1{path}").headers["ETag"]
    practice.prescriber.post(f"/api/v1{path}/stops", stop, etag=etag)
    practice.prescriber.post(f"/api/v1{path}/feeds", {"name": "Mum"})
    with counted(practice) as old:
        desk.read(path)

    assert young.count("COMMIT") == 3  # who it is, the page, the lines of the audit
    assert len(old) == len(young)
