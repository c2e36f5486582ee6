"""Which language a page speaks: the reader's own where there is a catalogue, else English.

Pages and wording share one catalogue for each language, read once when the application starts.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale
from babel.support import Translations
from flask import Flask, current_app, g, request

from medplan.wording.language import ENGLISH, Language

SHIPPED = Path(__file__).resolve().parents[1] / "translations"
_NAME = "medplan-languages"
_ENGLISH = "en"


def install_languages(app: Flask, folder: Path | None) -> None:
    """Let pages speak English and every language that a folder has a catalogue of (None: those
    that we ship)."""
    app.extensions[_NAME] = {_ENGLISH: ENGLISH, **dict(_catalogues(folder or SHIPPED))}
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the extension adds it
        gettext=_say, ngettext=_say_many, pgettext=_say_as, newstyle=True
    )
    app.jinja_env.globals.update(language=language, page_language=page_language)


def language() -> Language:
    """The language that this page's sentences are written in: what the browser asks for first of
    all that there is."""
    found = g.get("language")
    if found is None:
        known: Mapping[str, Language] = current_app.extensions[_NAME]
        found = g.language = known[request.accept_languages.best_match(known, _ENGLISH)]
    assert isinstance(found, Language)  # noqa: S101 - tells the type checker what was put there
    return found


def page_language() -> str:
    """The page's language as HTML names it."""
    return str(language().locale).replace("_", "-")


def _say(message: str) -> str:
    return language().catalogue.gettext(message)


def _say_many(one: str, many: str, count: int) -> str:
    return language().catalogue.ngettext(one, many, count)


def _say_as(about: str, message: str) -> str:
    return language().catalogue.pgettext(about, message)


def _catalogues(folder: Path) -> Iterator[tuple[str, Language]]:
    """The compiled catalogues of a folder: `<language>/LC_MESSAGES/messages.mo`."""
    for file in sorted(folder.glob("*/LC_MESSAGES/messages.mo")):
        name = file.parents[1].name
        catalogue = Translations.load(str(folder), [name])
        yield name.replace("_", "-"), Language(Locale.parse(name), catalogue)
