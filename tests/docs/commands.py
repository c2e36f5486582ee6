"""The commands that the documentation tells its readers to run, page by page."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LOOKS_LIKE_ONE = re.compile(
    r"^\s*(?:\$ )?(?:python3? -m|python examples|make [a-z]|curl |systemctl |deploy/|pip "
    r"|medplan (?:plan|verify|compare|formulary|serve|user|token|client|db|worker|audit|privacy)\b)"
)


def every_page() -> list[Path]:
    """List every page that people read; the pages about the formulary are made from its files."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "clients/python/README.md"]
    found += sorted((ROOT / "docs").rglob("*.md"))
    return [page for page in found if page.parent.name != "formulary"]


def commands_of(page: Path) -> list[str]:
    """Give a page's commands in order, each with the lines that it goes on over."""
    found: list[str] = []
    for language, block in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "sh":
            joined = re.sub(r"\\\n", "\\\n\0", block)
            lines = joined.replace("\n\0", "\0").splitlines()
            found += [line.replace("\0", "\n") for line in lines if line.strip()]
    return found


def commands() -> Mapping[str, list[str]]:
    """Give every command by its page."""
    found = {str(page.relative_to(ROOT)): commands_of(page) for page in every_page()}
    return {page: told for page, told in found.items() if told}


def loose_commands(text: str) -> Iterator[str]:
    """Give lines that are set as code, look like a command, and stand in no block of commands."""
    rest = _FENCE.sub(lambda block: "" if block[1] == "sh" else block[0], text)
    fenced = False
    for line in rest.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif (fenced or line.startswith("    ")) and _LOOKS_LIKE_ONE.match(line):
            yield line


def words_set_as_code(text: str) -> Iterator[str]:
    """Give what stands between single backticks."""
    yield from re.findall(r"`([^`\n]+)`", _FENCE.sub("", text))
