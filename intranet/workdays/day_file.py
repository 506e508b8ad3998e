"""Reading a file of days in the form of holiday-cn: {"year", "papers", "days": [{"name", "date", "isOffDay"}]}."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .exceptions import DayFileError
from .official import OfficialDay

LARGEST = 256 * 1024  # bytes; a year's file has about 5,000
MOST_DAYS = 366
NAME_LENGTH = 40


@dataclass(frozen=True)
class DayFile:
    """A year's notice: its days in order, and the addresses of the papers it rests on."""

    year: int
    papers: tuple[str, ...]
    days: tuple[OfficialDay, ...]


def read(content: bytes | str) -> DayFile:
    """The file's days. Raises DayFileError with the entry and what is wrong with it.

    A year's file may hold days of the year before (31 December before a long New Year), never others.
    """
    given = _parsed(content)
    if not isinstance(given, dict):
        raise DayFileError(_("The file must hold one object with “year” and “days”."))
    year = given.get("year")
    if type(year) is not int or not 2000 <= year <= 2100:
        raise DayFileError(_("“year” must be a year between 2000 and 2100."))
    entries = given.get("days")
    if not isinstance(entries, list):
        raise DayFileError(_("“days” must be a list."))
    if len(entries) > MOST_DAYS:
        raise DayFileError(_("The file names more than %(most)d days.") % {"most": MOST_DAYS})
    days = [_entry(number, entry, year) for number, entry in enumerate(entries, start=1)]
    _refuse_doubles(days)
    # Days of the year before alone would call this year announced and every holiday in it a working day.
    if not any(item.off and item.day.year == year for item in days):
        raise DayFileError(
            _("The file names no day for %(year)d: the notice is not yet published. Try again once it is.")
            % {"year": year}
        )
    return DayFile(year, _papers(given.get("papers")), tuple(sorted(days, key=lambda item: item.day)))


def _papers(given: Any) -> tuple[str, ...]:
    """The addresses that can be kept and shown; a file without any is as good."""
    listed = given if isinstance(given, list) else []
    return tuple(paper for paper in listed if isinstance(paper, str) and paper.isprintable())


def _parsed(content: bytes | str) -> Any:
    if len(content) > LARGEST:
        raise DayFileError(_("The file is larger than %(size)d KB; a year's file is far smaller.") % {"size": 256})
    try:
        return json.loads(content.decode("utf-8-sig") if isinstance(content, bytes) else content)
    except UnicodeDecodeError as error:
        raise DayFileError(_("The file is not written in UTF-8. Download it again.")) from error
    except json.JSONDecodeError as error:
        raise DayFileError(
            _("The file is not JSON: line %(line)d, column %(column)d. Download it again.")
            % {"line": error.lineno, "column": error.colno}
        ) from error
    except (RecursionError, ValueError) as error:
        raise DayFileError(_("The file is not a file of days. Download it again.")) from error


def _entry(number: int, entry: Any, year: int) -> OfficialDay:
    if not isinstance(entry, dict):
        raise DayFileError(_("Entry %(number)d must be an object.") % {"number": number})
    name, date, off = entry.get("name"), entry.get("date"), entry.get("isOffDay")
    if not isinstance(name, str) or not name.strip() or len(name.strip()) > NAME_LENGTH or not name.isprintable():
        raise DayFileError(
            _("Entry %(number)d: “name” must be a text of up to %(length)d characters.")
            % {"number": number, "length": NAME_LENGTH}
        )
    if not isinstance(off, bool):
        raise DayFileError(_("Entry %(number)d: “isOffDay” must be true or false.") % {"number": number})
    try:
        day = dt.datetime.strptime(date, "%Y-%m-%d").date()
    except (TypeError, ValueError) as error:
        raise DayFileError(
            _("Entry %(number)d: “date” must be a day such as %(year)d-10-01.") % {"number": number, "year": year}
        ) from error
    if day.year not in (year - 1, year):
        raise DayFileError(
            _("Entry %(number)d: %(day)s does not belong to the notice for %(year)d.")
            % {"number": number, "day": day, "year": year}
        )
    return OfficialDay(day, name.strip(), off)


def _refuse_doubles(days: list[OfficialDay]) -> None:
    seen: set[dt.date] = set()
    for number, item in enumerate(days, start=1):
        if item.day in seen:
            raise DayFileError(_("Entry %(number)d: %(day)s is named twice.") % {"number": number, "day": item.day})
        seen.add(item.day)
