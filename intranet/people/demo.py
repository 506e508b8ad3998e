"""The demo hall's people: registers imported as a personnel office would, then eight months of comings and goings.

The registers came in more than two years ago: whole years of awards lie behind the hall.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from intranet import clock
from intranet.access import services as access
from intranet.access.demo import DEMO_PASSWORD
from intranet.access.registry import DemoHall
from intranet.sheets.services import import_file

from . import demo_register as register
from .models import Body, Leadership, Membership, Person, Posting, Unit, Window
from .services import accounts, corrections, leaderships, memberships, postings

# Which rows of the register hold which role: the two leaders come first, then the back offices in order.
ROLES = {
    "centre_leader": (0, 1),
    "hr_admin": (2,),
    "site_editor": (3,),
    "inspection": (6, 7),
    "system_admin": (13,),
    "auditor": (19,),
    "scrutineer": (21, 8),
    "union_chair": (23,),
    "union_officer": (24, 16),
}


def load(hall: DemoHall) -> None:
    words = register.words(hall.data)
    people = register.invent(hall, words, hall.staff)
    with clock.at(clock.start_of(hall.today - dt.timedelta(days=register.BROUGHT_IN_DAYS_AGO), 9)):
        personnel = _personnel_officer(people[ROLES["hr_admin"][0]])
        _import(hall, words, people, personnel)
        _open_accounts(personnel)
        _appoint(hall, words, personnel)
        _join(hall, words, personnel)
    _give_roles(hall, people, personnel)
    _comings_and_goings(hall, words, personnel)
    _name_the_firsts(hall)
    _corrections(hall, personnel)


def _personnel_officer(row: register.Invented) -> Any:
    """Somebody has to import the first register: the personnel officer's account comes before it."""
    user = get_user_model().objects.create_user(username=row.number, name=row.name, email=_mail(row.number))
    access.give_role(user, "staff")
    access.give_role(user, "hr_admin")
    return user


def _mail(number: str) -> str:
    return f"{number.lower()}@hall.test"


def _import(hall: DemoHall, words: dict[str, Any], people: list[register.Invented], by: Any) -> None:
    folder = settings.VAR_DIR / "demo"
    books = {
        "departments": register.write_book(
            folder / "进驻单位.xlsx",
            "进驻单位和科室一览表",
            ["单位名称", "简称", "单位类型", "上级单位", "办公电话"],
            register.unit_rows(words),
        ),
        "windows": register.write_book(
            folder / "窗口.xlsx",
            "服务窗口一览表",
            ["窗口号", "窗口名称", "窗口类型", "所在区域", "进驻单位"],
            register.window_rows(words),
        ),
        "union_groups": register.write_book(
            folder / "工会小组.xlsx", "工会小组名单", ["工会小组"], [[name] for name in words["union_groups"]]
        ),
        "staff_register": register.write_register(folder / "花名册.xlsx", people),
    }
    for kind, path in books.items():
        report = import_file(kind=kind, path=path, by=by)
        if report.errors:
            raise RuntimeError(f"{path.name}: {report.errors[0]}")
        hall.say(f"{path.name}:{report.created} 行")
    me = Person.objects.get(staff_number=by.username)
    me.user = by
    me.save(update_fields=["user"])


def _open_accounts(by: Any) -> None:
    """Every demo person can sign in with the same first password; nobody real is among them."""
    accounts.open_accounts(people=Person.objects.current().filter(user__isnull=True), by=by)
    _make_usable()


def _make_usable() -> None:
    people = list(Person.objects.filter(user__is_active=True).select_related("user"))
    password = make_password(DEMO_PASSWORD)
    for person in people:
        person.email = person.user.email = _mail(person.staff_number)
        person.user.password, person.user.is_demo, person.user.must_change_password = password, True, False
    Person.objects.bulk_update(people, ["email"], batch_size=200)
    get_user_model().objects.bulk_update(
        [person.user for person in people], ["email", "password", "is_demo", "must_change_password"], batch_size=200
    )


def _appoint(hall: DemoHall, words: dict[str, Any], by: Any) -> None:
    hall.say("首席代表、窗口负责人 …")
    today = clock.today()
    for unit in Unit.objects.filter(kind__in=[Unit.Kind.POSTING_DEPARTMENT, Unit.Kind.BANK_COUNTER]).order_by(
        "order", "pk"
    ):
        seated = Posting.objects.on().filter(unit=unit).select_related("person").order_by("person__staff_number")
        if first := seated.first():
            leaderships.appoint(
                kind=Leadership.Kind.CHIEF_REPRESENTATIVE, person=first.person, unit=unit, starts_on=today, by=by
            )
    chiefs = set(Leadership.objects.values_list("person_id", flat=True))
    for window in Window.objects.order_by("sort_key"):
        seated = Posting.objects.on().filter(window=window).exclude(person__in=chiefs).select_related("person")
        if len(seated) >= 2:
            leaderships.appoint(
                kind=Leadership.Kind.WINDOW_HEAD, person=seated[0].person, window=window, starts_on=today, by=by
            )


def _join(hall: DemoHall, words: dict[str, Any], by: Any) -> None:
    hall.say("党支部、女职工委员会、团支部 …")
    bodies = {
        name: Body.objects.get_or_create(name=name, defaults={"kind": kind})[0] for name, kind in words["bodies"]
    }
    committee, first, second, office, women, league = bodies.values()
    offices = [Membership.Office.CHAIR, Membership.Office.VICE_CHAIR, *[Membership.Office.COMMITTEE_MEMBER] * 3]
    officials = Person.objects.filter(staff_number__in=[f"HW{n + 1:04d}" for n in (23, 24, 16, 5, 9)])
    for place, person in zip(offices, officials.order_by("-staff_number"), strict=True):
        memberships.join(person=person, body=committee, office=place, by=by)
    for person in Person.objects.current().with_places().order_by("pk"):
        if person.political_status in ("party_member", "probationary_member"):
            at_window = person.place and person.place.window
            branch = (first if int(at_window.number) % 2 else second) if at_window else office
            memberships.join(person=person, body=branch, by=by)
        elif person.political_status == "league_member":
            memberships.join(person=person, body=league, by=by)
    for person in Person.objects.current().filter(sex=Person.Sex.FEMALE).order_by("pk")[:5]:
        memberships.join(person=person, body=women, office=Membership.Office.COMMITTEE_MEMBER, by=by)


def _give_roles(hall: DemoHall, people: list[register.Invented], by: Any) -> None:
    for role, rows in ROLES.items():
        for index in rows:
            access.give_role(Person.objects.get(staff_number=people[index].number).user, role, by=by)


def _comings_and_goings(hall: DemoHall, words: dict[str, Any], by: Any) -> None:
    """Each month one withdrawal, one newcomer in the same place, and one transfer within a unit."""
    hall.say("人员流动 …")
    leading = set(Leadership.objects.values_list("person_id", flat=True))
    seated = list(
        Posting.objects.open()
        .filter(window__isnull=False)
        .exclude(person__in=leading)
        .select_related("person", "unit", "window")
        .order_by("pk")
    )
    leaving = hall.draw.sample(seated, 8)
    used: set[str] = set(Person.objects.values_list("name", flat=True))
    for months, posting in zip(range(8, 0, -1), leaving, strict=True):
        day = hall.today - dt.timedelta(days=months * 30)
        with clock.at(clock.start_of(day, 10)):
            postings.withdraw(person=posting.person, last_day=day, by=by)
            _newcomer(hall, words, used, posting, day + dt.timedelta(days=1), by)
    gone = {posting.person_id for posting in leaving}
    moving = hall.draw.sample([posting for posting in seated if posting.person_id not in gone], 6)
    for months, posting in zip(range(7, 1, -1), moving, strict=True):
        elsewhere = (
            Window.objects.current().filter(units=posting.unit).exclude(pk=posting.window_id).order_by("pk").first()
        )
        if elsewhere:
            day = hall.today - dt.timedelta(days=months * 30 - 7)
            with clock.at(clock.start_of(day, 11)):
                postings.transfer(
                    person=posting.person,
                    unit=posting.unit,
                    window=elsewhere,
                    position=posting.position,
                    starts_on=day,
                    by=by,
                )
    _make_usable()


def _newcomer(
    hall: DemoHall, words: dict[str, Any], used: set[str], left: Posting, first_day: dt.date, by: Any
) -> None:
    female = hall.draw.random() < 0.6
    name = register.invented_name(hall.draw, words, female, used)
    person = Person.objects.create(
        staff_number=f"HW{Person.objects.count() + 1:04d}",
        name=name,
        sex=Person.Sex.FEMALE if female else Person.Sex.MALE,
        birthday=dt.date(hall.draw.randint(1990, 2003), hall.draw.randint(1, 12), hall.draw.randint(1, 28)),
        political_status=Person.PoliticalStatus.LEAGUE_MEMBER,
        employment=Person.Employment.CONTRACT,
        is_union_member=True,
        mobile=f"138000{hall.draw.randint(10000, 99999)}",
        entered_on=first_day,
    )
    postings.enter(
        person=person, unit=left.unit, window=left.window, position="窗口工作人员", starts_on=first_day, by=by
    )
    accounts.open_account(person=person, by=by)


def _name_the_firsts(hall: DemoHall) -> None:
    """The account of each role that a newcomer is shown; the clerk sits beside the chief representative."""
    for role, rows in ROLES.items():
        hall.officers[role] = Person.objects.select_related("user").get(staff_number=f"HW{rows[0] + 1:04d}").user
    now = Leadership.objects.on().select_related("person__user", "unit")
    chief = now.filter(kind=Leadership.Kind.CHIEF_REPRESENTATIVE).order_by("pk").first()
    head = now.filter(kind=Leadership.Kind.WINDOW_HEAD).order_by("pk").first()
    hall.officers["chief_representative"] = chief.person.user
    hall.officers["window_head"] = head.person.user
    leading = set(now.values_list("person_id", flat=True))
    clerk = (
        Posting.objects.open()
        .filter(unit=chief.unit, window__isnull=False)
        .exclude(person__in=leading)
        .select_related("person__user")
        .order_by("person__staff_number")
        .first()
    )
    hall.officers["staff"] = clerk.person.user
    joined = clock.start_of(hall.today - dt.timedelta(days=register.BROUGHT_IN_DAYS_AGO + 1))
    firsts = [user.pk for user in hall.officers.values()]
    get_user_model().objects.filter(is_demo=True).exclude(pk__in=firsts).update(date_joined=clock.now())
    get_user_model().objects.filter(pk__in=firsts).update(date_joined=joined)


def _corrections(hall: DemoHall, by: Any) -> None:
    """Two people asked for an entry to be put right: one is answered, one waits on the personnel officer's desk."""
    clerk = Person.objects.get(user=hall.officers["staff"])
    chief = Person.objects.get(user=hall.officers["chief_representative"])
    with clock.at(clock.start_of(hall.today - dt.timedelta(days=6), 10)):
        answered = corrections.ask(person=chief, field="other", text="姓名拼音中的姓读错了音。", by=chief.user)
    with clock.at(clock.start_of(hall.today - dt.timedelta(days=5), 15)):
        corrections.accept(request=answered, answer="已按户口簿更正，谢谢提醒。", by=by)
    with clock.at(clock.start_of(hall.today - dt.timedelta(days=1), 11)):
        corrections.ask(person=clerk, field="office_phone", text="办公电话已改为8236，请更新。", by=clerk.user)
