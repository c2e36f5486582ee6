"""The language that sentences are written in, as a value that wording is given.

Every sentence stands in English where it is used and is looked up in a catalogue (gettext); days
and numbers follow the locale (CLDR, by Babel). Sentences of the formulary are not among them: who
translates those answers for what they say. Reads no file and knows no request.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from gettext import NullTranslations
from typing import Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

Part = str | int


def marked(message: str) -> str:
    """Mark a sentence in a table for the catalogue; it is said where it is used."""
    return message


def marked_many(one: str, many: str) -> tuple[str, str]:
    """Mark a sentence that depends on a count, as `marked` does."""
    return one, many


@dataclass(frozen=True, slots=True)
class Language:
    """A locale with its catalogue of sentences. What a catalogue lacks is said in English."""

    locale: Locale
    catalogue: NullTranslations = field(default_factory=NullTranslations)

    def say(self, message: str, **parts: Part) -> str:
        """A sentence with its parts put in: `say("Take {amount}", amount=…)`."""
        return self.catalogue.gettext(message).format(**parts)

    def say_many(self, one: str, many: str, count: int, **parts: Part) -> str:
        """A sentence that depends on a count, by the language's own plural rule; it may use
        `{count}`."""
        return self.catalogue.ngettext(one, many, count).format(count=count, **parts)

    def day(self, day: date) -> str:
        """A day in full: `Monday 23 November 2026`."""
        return self._dated(day, self.catalogue.pgettext("date", "EEEE d MMMM y"))

    def short_day(self, day: date) -> str:
        """A day where the year is plain from what stands around it: `Mon 23 November`."""
        return self._dated(day, self.catalogue.pgettext("date", "EEE d MMMM"))

    def brief_day(self, day: date) -> str:
        """A day where there is little room: `23 Nov`."""
        return self._dated(day, self.catalogue.pgettext("date", "d MMM"))

    def weekday(self, day: date) -> str:
        """A day of a week where there is little room: `Mon 23`."""
        return self._dated(day, self.catalogue.pgettext("date", "EEE d"))

    def number(self, value: Decimal) -> str:
        """A number in full, never rounded, with its thousands parted: `1,000`, `7.5`."""
        return _number(self.locale, value)

    def listed(self, words: Iterable[str]) -> str:
        """Words as a list in a sentence: `A`, `A and B`, `A, B and C`."""
        named = list(words)
        return named[0] if len(named) == 1 else _list(self.locale, tuple(named), "standard")

    def either(self, words: Iterable[str]) -> str:
        """Words to choose from: `A`, `A or B`, `A, B or C`."""
        return _list(self.locale, tuple(words), "or")

    def _dated(self, day: date, pattern: str) -> str:
        return _date(self.locale, day, pattern)


# Numbers, days and lists recur all over a plan, and CLDR's rules take long to apply.
@lru_cache(maxsize=4096)
def _number(locale: Locale, value: Decimal) -> str:
    return format_decimal(value.normalize(), locale=locale, decimal_quantization=False)


@lru_cache(maxsize=4096)
def _date(locale: Locale, day: date, pattern: str) -> str:
    return format_date(day, pattern, locale=locale)


@lru_cache(maxsize=1024)
def _list(locale: Locale, words: tuple[str, ...], style: Literal["standard", "or"]) -> str:
    return format_list(words, style=style, locale=locale)


ENGLISH = Language(Locale("en", "GB"))
