"""Routes of everything that a plan holds: read, vread, history, search, and all of it at once."""

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Blueprint, Response, request

from medplan.errors import InvalidRequestError, Problem
from medplan.fhir.out.bundles import history, search_set
from medplan.fhir.routes.answers import answer, check_format, here, onward_from, packs, place
from medplan.fhir.routes.kinds import KINDS, Kind, Seen, plan_of_id
from medplan.fhir.routes.queries import Query, named_patient, read_query
from medplan.fhir.routes.searching import Spot, page, read_spot, wanted, write_spot
from medplan.fhir.values import Resource
from medplan.gate.context import caller, context, parts
from medplan.gate.doors import needs
from medplan.services.access import Right, may
from medplan.services.records.standings import (
    Found,
    Standing,
    read_standing,
    read_standings,
    search_standings,
)
from medplan.services.refusals import NotFoundError
from medplan.store.plans import PlanFilter

blueprint = Blueprint("fhir-plans", __name__)

_PROVENANCE = "Provenance"
_PLANS_AT_ONCE = 20


def add_kind(kind: Kind) -> None:
    """Hang the routes of one kind of resource; each asks for the right that the kind needs."""

    def read(resource_id: str) -> Response:
        check_format()
        return answer(_read(kind, resource_id))

    def read_history(resource_id: str) -> Response:
        check_format()
        return answer(history(_versions(kind, resource_id), place(), here()))

    def read_version(resource_id: str, version: str) -> Response:
        check_format()
        return answer(_version(kind, resource_id, version))

    def search() -> Response:
        check_format()
        return _search(kind)

    one = f"/{kind.name}/<resource_id>"
    for rule, view in (
        (f"/{kind.name}", search),
        (one, read),
        (f"{one}/_history", read_history),
        (f"{one}/_history/<version>", read_version),
    ):
        name = f"{view.__name__}_{kind.name}"
        blueprint.add_url_rule(rule, name, needs(kind.right)(view), methods=["GET"])


for one_kind in KINDS.values():
    add_kind(one_kind)


@blueprint.get("/CarePlan/<resource_id>/$everything")
@needs(Right.FHIR_CARE_PLAN)
def read_whole_plan(resource_id: str) -> Response:
    """Read a plan with all that it holds, as far as the caller may see it."""
    check_format()
    plan_id = plan_of_id(resource_id)
    standing = read_standing(parts(), caller(), Right.FHIR_CARE_PLAN, plan_id)
    found = _everything(_see(standing))
    if found[0]["id"] != resource_id:
        raise NotFoundError
    return answer(search_set(found, place(), here(), None))


@blueprint.get("/Patient/$everything")
@needs(Right.FHIR_CARE_PLAN)
def read_whole_patient() -> Response:
    """Read every plan of a patient, whom `identifier` or `patient` names."""
    check_format()
    named = request.args.get("identifier") or request.args.get("patient")
    if not named:
        detail = "whose plans: identifier=system|value, or patient=reference"
        raise InvalidRequestError([Problem("identifier", "missing", detail)])
    return _whole_patient(named_patient(named, packs()))


@blueprint.get("/Patient/<path:reference>/$everything")
@needs(Right.FHIR_CARE_PLAN)
def read_named_patient(reference: str) -> Response:
    """Read every plan of a patient, by the reference that plans keep."""
    check_format()
    return _whole_patient(reference)


def _whole_patient(patient: str) -> Response:
    """A patient's plans, the newest first; a page holds so many, each whole."""
    secret_key = context().secret_key
    scope = ["fhir", "$everything", caller().organisation_id.hex, patient]
    spot = read_spot(secret_key, scope, request.args.get("_cursor"))
    found = search_standings(
        parts(),
        caller(),
        Right.FHIR_CARE_PLAN,
        PlanFilter(patient=patient),
        older_than=spot.after,
        limit=_PLANS_AT_ONCE,
    )
    resources = [r for standing in found.standings for r in _everything(_see(standing))]
    onward: str | None = None
    if found.more:
        onward = onward_from(write_spot(secret_key, scope, Spot(found.standings[-1].plan_id)))
    return answer(search_set(resources, place(), here(), onward))


def _everything(seen: Seen) -> list[Resource]:
    """All that a plan holds, as far as the caller may see it."""
    kinds = [kind for kind in KINDS.values() if may(caller(), kind.right, seen.standing.plan_id)]
    return [resource for kind in kinds for resource in kind.of(seen)]


def _see(standing: Standing) -> Seen:
    jurisdiction = standing.plan.formulary.jurisdiction
    return Seen(standing, parts().formularies[jurisdiction], packs()[jurisdiction])


def _read(kind: Kind, resource_id: str) -> Resource:
    """A resource as it stands. A Provenance stands for good: it belongs to its revision."""
    if kind.name == _PROVENANCE:
        return _versions(kind, resource_id)[0]
    standing = read_standing(parts(), caller(), kind.right, plan_of_id(resource_id))
    found = [r for r in kind.of(_see(standing)) if r["id"] == resource_id]
    if not found:
        raise NotFoundError
    return found[0]


def _versions(kind: Kind, resource_id: str) -> Sequence[Resource]:
    """A resource at every revision that has it, the last one first.

    Raises:
        NotFoundError: none has it.
    """
    standings = read_standings(parts(), caller(), kind.right, plan_of_id(resource_id))
    found = [r for standing in standings for r in kind.of(_see(standing)) if r["id"] == resource_id]
    if not found:
        raise NotFoundError
    return found


def _version(kind: Kind, resource_id: str, version: str) -> Resource:
    for resource in _versions(kind, resource_id):
        meta = resource["meta"]
        if isinstance(meta, dict) and meta["versionId"] == version:
            return resource
    raise NotFoundError


def _search(kind: Kind) -> Response:
    query, secret_key = read_query(kind.name, packs()), context().secret_key
    scope = query.scope(kind.name, caller().organisation_id.hex)
    further: Spot | None = None
    if query.ids:
        found = _by_id(kind, query)
    else:
        spot = read_spot(secret_key, scope, query.cursor)
        found, further = page(kind, query, spot, _looking(kind, query), _see)
    onward = None if further is None else onward_from(write_spot(secret_key, scope, further))
    return answer(search_set(found, place(), here(), onward))


def _looking(kind: Kind, query: Query) -> Callable[[UUID, int], Found]:
    """How a search looks at the organisation's plans, some at a time."""
    status = next(iter(query.statuses)).value if len(query.statuses) == 1 else None
    asked = PlanFilter(status, query.patient, updated_since=query.updated.first)

    def look(after: UUID, limit: int) -> Found:
        return search_standings(parts(), caller(), kind.right, asked, older_than=after, limit=limit)

    return look


def _by_id(kind: Kind, query: Query) -> list[Resource]:
    """The resources that a search names; a name that nothing has is none."""
    found: list[Resource] = []
    for resource_id in sorted(query.ids):
        try:
            plan_id = plan_of_id(resource_id)
            standing = read_standing(parts(), caller(), kind.right, plan_id)
        except NotFoundError:
            continue
        if query.patient in {None, standing.patient}:
            found += [r for r in wanted(kind, query, _see(standing)) if r["id"] == resource_id]
    return found
