"""A small hall for tests, and a crowd for counting queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from intranet.people import pinyin
from intranet.people.models import Person, Posting, Unit, Window, Zone

LONG_AGO = dt.date(2020, 1, 1)


@dataclass
class Hall:
    centre: Unit
    tax: Unit
    tax_section: Unit
    police: Unit
    zone: Zone
    tax_window: Window
    police_window: Window
    general: Window


def make_hall() -> Hall:
    centre = Unit.objects.create(name="云溪区政务服务中心", short_name="中心", kind="centre", order=1)
    tax = Unit.objects.create(name="区税务局", short_name="税务", kind="posting_department", parent=centre)
    section = Unit.objects.create(name="办税服务股", kind="posting_department", parent=tax)
    police = Unit.objects.create(name="公安分局", short_name="公安", kind="posting_department", parent=centre)
    zone = Zone.objects.create(name="A区", order=1)
    tax_window = Window.objects.create(number="9", name="税务登记", kind="department", zone=zone)
    police_window = Window.objects.create(number="10", name="户籍", kind="department", zone=zone)
    general = Window.objects.create(number="1", name="综合受理", kind="general_window")
    tax_window.units.add(tax)
    police_window.units.add(police)
    return Hall(centre, tax, section, police, zone, tax_window, police_window, general)


def place(person: Person, unit: Unit, window: Window | None = None, starts_on: dt.date = LONG_AGO) -> Person:
    Posting.objects.create(person=person, unit=unit, window=window, starts_on=starts_on)
    return person


def make_person(name: str, number: str, unit: Unit | None = None, window: Window | None = None, **fields) -> Person:
    person = Person.objects.create(name=name, staff_number=number, entered_on=LONG_AGO, **fields)
    return place(person, unit, window) if unit else person


def make_crowd(hall: Hall, count: int, start: int = 0) -> None:
    """``count`` people at the tax office, every third at its window; written in bulk."""
    people = []
    for number in range(start, start + count):
        person = Person(name=f"王{chr(0x4E00 + number % 900)}", staff_number=f"C{number:05d}", entered_on=LONG_AGO)
        pinyin.fill(person)
        people.append(person)
    Person.objects.bulk_create(people)
    Posting.objects.bulk_create(
        Posting(person=person, unit=hall.tax, window=hall.tax_window if not i % 3 else None, starts_on=LONG_AGO)
        for i, person in enumerate(people)
    )
