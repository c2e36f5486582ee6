"""Pages as a test reads them: their elements, their words, their forms."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

from typing_extensions import override
from werkzeug.test import TestResponse

from tests.api.practice import PUBLIC_URL, Practice

VOID = {"meta", "link", "img", "input", "br"}


@dataclass
class Page(HTMLParser):
    """What a test looks at in a page: its elements, its text, and whether they nest."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    @override
    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    @override
    def handle_data(self, data: str) -> None:
        if data.strip():
            assert not {"script", "style"} & set(self.open), "inline code"
            self.words.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(self.words)

    def all(self, *tags: str) -> list[dict[str, str]]:
        """The attributes of every element with one of these tags."""
        return [attributes for tag, attributes in self.elements if tag in tags]

    def fields(self) -> dict[str, str]:
        """What the page's first form sends when nothing is chosen."""
        hidden = [a for a in self.all("input") if a.get("type") == "hidden"]
        return {a["name"]: a["value"] for a in reversed(hidden)}


def page_in(answer: TestResponse) -> Page:
    """Read the page that an answer holds."""
    page = Page()
    page.feed(answer.text)
    page.close()
    assert page.open == []
    return page


def read(practice: Practice, address: str) -> Page:
    """Read a page of a browser that sends no script."""
    return page_in(practice.nobody.get(address))


def link_to(practice: Practice, plan: str, *may: str) -> str:
    """Make a patient's link that allows this much, and give its path."""
    made = practice.prescriber.post(f"{plan}/patient-links", {"name": "Mum's", "may": list(may)})
    assert made.status_code == 201, made.text
    url: str = made.get_json()["url"]
    return url.removeprefix(PUBLIC_URL)


def send(practice: Practice, address: str, **fields: object) -> TestResponse:
    """Send a form as a browser without script does."""
    return practice.app.test_client().post(address, data=fields)


def follow(practice: Practice, answer: TestResponse) -> Page:
    """Read the page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return read(practice, answer.headers["Location"])
