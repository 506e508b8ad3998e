"""People who begin at the demo hall today and have not opened their accounts: their slips can be printed."""

from __future__ import annotations

from intranet import clock
from intranet.access.registry import DemoHall

from . import demo_register as register
from .models import Person, Unit
from .services import accounts, postings

DEPARTMENTS, EACH = 3, 3


def load(hall: DemoHall) -> None:
    hall.say("今日报到 …")
    words = register.words(hall.data)
    used = set(Person.objects.values_list("name", flat=True))
    officer = hall.officers["hr_admin"]
    units = Unit.objects.current().filter(kind=Unit.Kind.POSTING_DEPARTMENT, parent__isnull=False)
    arrived = []
    for unit in units.order_by("order", "pk")[:DEPARTMENTS]:
        for _number in range(EACH):
            female = hall.draw.random() < 0.5
            person = Person.objects.create(
                staff_number=f"HW{Person.objects.count() + 1:04d}",
                name=register.invented_name(hall.draw, words, female, used),
                sex=Person.Sex.FEMALE if female else Person.Sex.MALE,
                employment=Person.Employment.CONTRACT,
                entered_on=clock.today(),
            )
            postings.enter(person=person, unit=unit, position="窗口工作人员", starts_on=clock.today(), by=officer)
            arrived.append(person)
    accounts.open_accounts(people=arrived, by=officer, active=False)
