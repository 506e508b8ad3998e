"""How much of a birthday is known, in words."""

from __future__ import annotations

from django.utils.formats import date_format

from intranet.ui.templatetags.ui import hall_date, hall_month, reads_chinese

from .models import Person


def birthday_text(person: Person) -> str:
    """1990年5月4日, 1990年5月 or 1990年: the day that stands in for an unknown one is never shown; "" without one."""
    born = person.birthday
    if born is None or person.birthday_precision == Person.Precision.DAY:
        return hall_date(born)
    if person.birthday_precision == Person.Precision.MONTH:
        return hall_month(born)
    return date_format(born, "Y年" if reads_chinese() else "Y", use_l10n=False)


def birthday_value(person: Person) -> str:
    """The same for a file: 1990-05-04, 1990-05 or 1990."""
    length = {Person.Precision.MONTH: 7, Person.Precision.YEAR: 4}.get(person.birthday_precision, 10)
    return person.birthday.isoformat()[:length] if person.birthday else ""
