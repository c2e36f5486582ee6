"""Versions as ETags: what is sent again only if it has changed, and the promise that a change is
based on the version that was read."""

from http import HTTPStatus

from flask import Response, request

from medplan.gate.refusals import NoVersionError


def etag_of(version: int) -> str:
    """Write a plan's version as a strong ETag."""
    return f'"v{version}"'


def unless_known(response: Response) -> Response:
    """Give a reading, or no body where If-None-Match says that its version is known (RFC 9110,
    13.1.2)."""
    tag, _weak = response.get_etag()
    if tag is None or not request.if_none_match.contains_weak(tag):
        return response
    return Response(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": response.headers["ETag"]})


def expected_versions() -> frozenset[int]:
    """Read If-Match: the versions that the caller is content to act on.

    A tag that is none of ours matches nothing, so the change will be refused as stale. `*` names
    no version that was read and counts as absent.

    Raises:
        NoVersionError: there is no If-Match.
    """
    sent = request.if_match
    if not sent or sent.star_tag:
        raise NoVersionError
    tags = filter(
        None, sent.as_set()
    )  # some of what is no list of tags is read as one without text
    numbers = (tag.removeprefix("v") for tag in tags if tag.startswith("v"))
    return frozenset(int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) < 10)
