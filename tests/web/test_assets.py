"""The pages' own files: kept for a year, because their address changes with them."""

from http import HTTPStatus

from tests.api.practice import Practice
from tests.web.reading import read
from tests.web.test_pages import page_of


def test_a_file_is_kept_for_a_year_and_its_address_holds_its_hash(practice: Practice) -> None:
    address = next(
        link["href"]
        for link in read(practice, page_of(practice)).all("link")
        if link["rel"] == "stylesheet"
    )
    answer = practice.nobody.get(address)

    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert address == f"/assets/{answer.headers['ETag'].strip(chr(34))}/page.css"


def test_an_address_of_another_hash_or_name_gives_nothing(practice: Practice) -> None:
    for address in ("/assets/0000000000000000/page.css", "/assets/x/none.css", "/assets/x/none"):
        assert practice.nobody.get(address).status_code == HTTPStatus.NOT_FOUND
