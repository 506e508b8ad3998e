"""What the register gives to calendars: one's own posts, birthdays for those who care for them, who begins where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet import clock
from intranet.access import roles
from intranet.calendars.memory import as_remembered
from intranet.calendars.registry import CalendarSubject, Entry, Span, Stamp, recorded
from intranet.workdays.lunar import birthday_in

from . import reach
from .models import Leadership, Person, Posting, Unit, Window

DAY = dt.timedelta(days=1)
# A subset of who may read birthdays (private_facts): the personnel office keeps them, the union brings the cake.
CARE_FOR_BIRTHDAYS = (roles.UNION_OFFICER, roles.UNION_CHAIR)
RUNS_THE_SCREENS = (roles.HR_ADMIN,)


def stamps(viewer: Any) -> list[Stamp]:
    """Register and postings note no time of change; the log does."""
    return [recorded("people", "sheets")]


def posts(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """First and last days of one's own posts and appointments; of a window or unit, who begins there."""
    if about is None:
        person = reach.person_of(viewer)
        found = _own(person) if person is not None else []
    else:
        found = _beginning_at(about, span)
    yield from (entry for entry in found if span.start <= clock.day_of(_instant(entry)) < span.end)


def _instant(entry: Entry) -> dt.datetime:
    return entry.start if isinstance(entry.start, dt.datetime) else clock.start_of(entry.start)


def _own(person: Person) -> list[Entry]:
    start = f"people.person.{person.pk}."
    entries = []
    rows: list[Posting | Leadership] = [*person.postings.select_related("unit", "window")]
    rows += person.leaderships.select_related("unit", "window")
    for row in rows:
        uid = f"{start}{row._meta.model_name}.{row.pk}"
        name = _role_and_place(row)
        entries.append(_day(f"{uid}.first", row.starts_on, format_lazy("{}{}", gettext_lazy("First day: "), name)))
        if row.ends_on is not None:
            entries.append(_day(f"{uid}.last", row.ends_on, format_lazy("{}{}", gettext_lazy("Last day: "), name)))
    return as_remembered(start, entries)


def _role_and_place(row: Posting | Leadership) -> Any:
    """A 岗 comes with rosters; today's roles are the position and what somebody leads."""
    if isinstance(row, Leadership):
        return format_lazy("{} · {}", Leadership.Kind(row.kind).label, str(row.place))
    return " · ".join(filter(None, (row.position, str(row.window or row.unit))))


def _day(uid: str, day: dt.date, title: Any, url: str = "") -> Entry:
    return Entry(uid=uid, title=title, start=day, end=day + DAY, all_day=True, url=url)


def _beginning_at(about: Any, span: Span) -> Iterator[Entry]:
    """First days at a window or unit. Last days are not for a screen on the wall."""
    rows = Posting.objects.filter(starts_on__gte=span.start, starts_on__lt=span.end)
    if isinstance(about, Window):
        rows = rows.filter(window=about)
    elif isinstance(about, Unit):
        rows = rows.filter(unit__in=reach.with_sections({about.pk}))
    else:
        return
    for row in rows.select_related("person", "unit", "window").order_by("starts_on", "pk"):
        # Another first day is another entry: for whom nobody is told by name, no memory is kept.
        uid = f"people.posting.{row.pk}.{row.starts_on.isoformat()}"
        said = {"name": row.person.name, "place": _role_and_place(row)}
        yield _day(uid, row.starts_on, _("%(name)s begins: %(place)s") % said)


def birthdays(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """Birthdays of who is at the hall then, without year or age; for the union's officers only, and on no wall."""
    if about is not None or not viewer.has_role(*CARE_FOR_BIRTHDAYS):
        return
    people = Person.objects.visible_to(viewer).exclude(birthday=None).filter(birthday_precision="day")
    for person in people.order_by("pk"):
        for day in _birthdays_of(person, span):
            if span.start <= day < span.end and (person.left_on is None or person.left_on >= day):
                title = (
                    _("%(name)s: birthday") if person.birthday_calendar == "solar" else _("%(name)s: lunar birthday")
                )
                # Nothing of the year of birth, in the uid neither; a corrected birthday is another entry.
                uid = f"people.birthday.{person.pk}.{day.isoformat()}"
                yield _day(uid, day, title % {"name": person.name}, reverse("people:person", args=[person.pk]))


def _birthdays_of(person: Person, span: Span) -> list[dt.date]:
    born = (person.birthday, person.birthday_calendar, person.birthday_precision)
    return [day for year in range(span.start.year, span.end.year + 1) for day in _days(year, *born)]


class _Born:
    """What ``lunar.birthday_in`` asks of a person."""

    def __init__(self, birthday: dt.date, calendar: str, precision: str) -> None:
        self.birthday, self.birthday_calendar, self.birthday_precision = birthday, calendar, precision


@lru_cache(maxsize=8192)
def _days(year: int, birthday: dt.date, calendar: str, precision: str) -> tuple[dt.date, ...]:
    """A lunar birthday takes a millisecond, and an officer's feed holds a thousand."""
    return tuple(birthday_in(year, _Born(birthday, calendar, precision)))


def _windows_of(viewer: Any) -> Any:
    if viewer.has_role(*RUNS_THE_SCREENS):
        return Window.objects.current()
    return reach.windows_led_by(viewer).current()


def _units_of(viewer: Any) -> Any:
    if viewer.has_role(*RUNS_THE_SCREENS):
        return Unit.objects.current()
    return reach.units_led_by(viewer).current()


def _subject(key: str, title: Any, rows_of: Any) -> CalendarSubject:
    def choices(viewer: Any) -> Iterable[tuple[str, str]]:
        return [(str(row.pk), str(row)) for row in rows_of(viewer)]

    def find(viewer: Any, row_key: str) -> Any | None:
        return rows_of(viewer).filter(pk=row_key).first() if row_key.isdecimal() else None

    return CalendarSubject(key, title, choices, find)


SUBJECTS = (
    _subject("people.window", gettext_lazy("Windows"), _windows_of),
    _subject("people.unit", gettext_lazy("Units"), _units_of),
)
