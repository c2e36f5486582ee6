"""The page of a calendar link: what its holder reads, and what a browser is told."""

from itertools import pairwise

from tests.api.practice import Practice, path_of
from tests.web.reading import read


def page_of(practice: Practice, **wish: object) -> str:
    """Make a feed and give its page's path."""
    made = practice.prescriber.feed(practice.prescriber.issued(), **wish)
    return path_of(made["url"]).removesuffix(".ics")


def test_the_address_comes_first_with_a_copy_button_then_the_link(practice: Practice) -> None:
    address = page_of(practice)
    page = read(practice, address)

    field_ = page.all("input")[0]
    assert field_["value"] == f"https://plans.example.org{address}.ics"
    assert "readonly" in field_
    assert [label["for"] for label in page.all("label")] == [field_["id"]]
    assert [b["data-copies"] for b in page.all("button")] == [field_["id"]]
    links = [a["href"] for a in page.all("a")]
    assert links == ["#main", f"webcal://plans.example.org{address}.ics", f"{address}/plan.ics"]
    order = [tag for tag, _ in page.elements if tag in {"input", "button", "a"}]
    assert order == ["a", "input", "button", "a", "a"]


def test_headings_are_in_order_and_images_have_words(practice: Practice) -> None:
    page = read(practice, page_of(practice))
    levels = [int(tag[1]) for tag, _ in page.elements if tag in {"h1", "h2", "h3"}]

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(image["alt"] for image in page.all("img"))
    assert page.all("html") == [{"lang": "en-GB"}]
    ids = [a["id"] for _, a in page.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {a["aria-labelledby"] for a in page.all("section")} <= set(ids)


def test_every_client_is_explained_with_its_alarms_and_its_delay(practice: Practice) -> None:
    page = read(practice, page_of(practice))
    text = " ".join(page.words)

    for name in ("Google", "Apple", "Outlook", "Thunderbird", "Nextcloud", "Home Assistant"):
        assert name in text
    assert "ICSx" in text
    assert text.count("Alarms") == text.count("Picks up changes") == 7
    assert "Don't rely on the calendar alone." in text
    assert "store its text" in text


def test_a_page_holds_no_inline_code_and_nothing_from_elsewhere(practice: Practice) -> None:
    address = page_of(practice)
    answer = practice.nobody.get(address)
    page = read(practice, address)

    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'; script-src 'self'")
    sources = [a["src"] for a in page.all("script", "img")] + [a["href"] for a in page.all("link")]
    assert all(source.startswith("/") and not source.startswith("//") for source in sources)
    assert [practice.nobody.get(source).status_code for source in sources] == [200] * len(sources)
    assert not [a for _, a in page.elements for name in a if name.startswith("on")]
    assert not [a for _, a in page.elements if "style" in a]


def test_a_page_is_kept_by_nobody_and_tells_nobody(practice: Practice) -> None:
    address = page_of(practice)

    for path in (address, f"{address}/qr.svg", f"{address}/plan.ics"):
        headers = practice.nobody.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Robots-Tag"] == "noindex"
        assert "Set-Cookie" not in headers


def test_a_name_can_not_become_markup(practice: Practice) -> None:
    address = page_of(practice, name='<script>alert(1)</script> & "Mum"')

    assert "<script>alert" not in practice.nobody.get(address).text
    assert '<script>alert(1)</script> & "Mum"' in read(practice, address).words


def test_the_code_is_a_picture_without_scripts(practice: Practice) -> None:
    answer = practice.nobody.get(f"{page_of(practice)}/qr.svg")

    assert answer.headers["Content-Type"].startswith("image/svg+xml")
    assert answer.text.count("<svg") == 1
    assert "<script" not in answer.text


def test_the_file_has_alarms_and_the_feeds_own_events(practice: Practice) -> None:
    address = page_of(practice)
    got = practice.nobody.get(f"{address}/plan.ics")
    feed = practice.nobody.get(f"{address}.ics").text

    assert got.headers["Content-Disposition"] == 'attachment; filename="plan.ics"'
    assert "BEGIN:VALARM" in got.text
    assert "aproxen" not in got.text
    assert uids(got.text) == uids(feed)


def uids(calendar: str) -> list[str]:
    """The UIDs of a calendar's events."""
    return [line for line in calendar.splitlines() if line.startswith("UID:")]


def test_links_that_open_nothing_all_say_the_same(practice: Practice) -> None:
    prescriber = practice.prescriber
    plan = prescriber.issued()
    revoked = prescriber.feed(plan)
    prescriber.send("DELETE", f"{plan}/feeds/{revoked['id']}")
    gone = path_of(revoked["url"]).removesuffix(".ics")
    unknown = "/f/mpf_" + "A" * 51

    for below in ("", "/qr.svg", "/plan.ics"):
        answers = [practice.nobody.get(f"{path}{below}") for path in (gone, unknown)]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.data for answer in answers}) == 1


def test_the_link_in_a_calendar_opens_a_page_that_needs_no_token(practice: Practice) -> None:
    address = page_of(practice)
    calendar = practice.nobody.get(f"{address}.ics").text.replace("\r\n ", "")

    assert "Check today's plan: https://plans.example.org/f\r\n" in calendar
    assert address.removeprefix("/f/") not in calendar
    assert read(practice, "/f").all("h1") == [{}]
