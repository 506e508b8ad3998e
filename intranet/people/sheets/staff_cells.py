"""Reading one row of a staff register: phones, window, dates and birthday agree with each other."""

from __future__ import annotations

import datetime as dt

from intranet.sheets import values
from intranet.sheets.issues import problem
from intranet.sheets.row import Row
from intranet.workdays.lunar import LunarDay, LunarError, solar_of

from ..models import Window
from ..rules import OLDEST, YOUNGEST, birthday_fault, is_mobile


def read_birthday(row: Row) -> tuple[dt.date, str, str] | None:
    """(solar day, precision, calendar) of the row's birthday cell; None after noting an error."""
    given = row.values["birthday"]
    if isinstance(given, values.DateValue):
        return given.day, given.precision, ""
    if given.year is None:
        row.error(problem("bad_date", value=row.shown("birthday")), "birthday")
        return None
    try:
        return solar_of(LunarDay(given.year, given.month, given.day, given.leap)), "day", "lunar"
    except LunarError:
        row.error(problem("bad_date", value=row.shown("birthday")), "birthday")
        return None


def read_phones(row: Row) -> None:
    """Only a mobile can be reminded; a landline in the same cell belongs to the office."""
    numbers = row.get("mobile")
    if numbers:
        mobiles = [number for number in numbers if is_mobile(number)]
        others = [number for number in numbers if not is_mobile(number)]
        if len(mobiles) > 1:
            row.warn(problem("several_phones", value=mobiles[0]), "mobile")
        if others and "office_phone" not in row.values:
            row.values["office_phone"] = others
        if mobiles:
            row.values["mobile"] = mobiles[0]
        else:
            row.values.pop("mobile")
            row.warn(problem("no_mobile", value=numbers[0]), "mobile")
    if isinstance(row.get("office_phone"), list):
        row.values["office_phone"] = "、".join(row.values["office_phone"])


def check_window(row: Row) -> None:
    """One window; a department's own window only for people of its units."""
    found = row.get("window")
    if isinstance(found, list):
        if len(found) > 1:
            row.warn(problem("several_windows", value=found[0].number), "window")
        row.values["window"] = found[0]
    window, unit = row.get("window"), row.get("unit")
    general = window is None or window.kind in (Window.Kind.GENERAL, Window.Kind.JOINT_APPROVAL)
    if general or unit is None:
        return
    owners = {owner.pk for owner in window.owners}
    if owners and not owners & {unit.pk, unit.parent_id}:
        row.error(problem("foreign_window", value=window.number, unit=unit.name), "window")


def read_dates(row: Row, today: dt.date) -> None:
    """Days instead of date cells; the birthday last, it is compared with the others."""
    for name in ("service_start_month", "entered_on"):
        given = row.get(name)
        if given is None:
            continue
        if not isinstance(given, values.DateValue):
            row.error(problem("bad_date", value=row.shown(name)), name)
        elif given.day > today and name == "service_start_month":
            row.error(problem("future_date", value=row.shown(name)), name)
        else:
            row.values[name] = given.day
            row.values.setdefault("precisions", {})[name] = given.precision
    if row.get("birthday") is not None:
        check_birthday(row, today)


def check_birthday(row: Row, today: dt.date) -> None:
    """A possible birthday before all other dates; one that differs from the identity number is told."""
    read = read_birthday(row)
    if read is None:
        return
    day, _precision, _calendar = read
    said = row.shown("birthday")
    if day > today:
        row.error(problem("future_birthday", value=said), "birthday")
    elif birthday_fault(day, today):
        row.error(problem("impossible_birthday", value=said, youngest=YOUNGEST, oldest=OLDEST), "birthday")
    row.values["birthday"] = read
    if day > today or birthday_fault(day, today):
        # Against a birthday that is wrong, no other date is.
        return
    number = row.get("national_id")
    if isinstance(number, str) and not number[6:14].startswith(f"{day:%Y%m}"):
        row.warn(problem("differs_from_id"), "birthday")
    for name in ("service_start_month", "entered_on"):
        other = row.get(name)
        if isinstance(other, dt.date) and other <= day:
            row.error(problem("date_order", value=row.shown(name), other=said), name)
