"""A hall whose entries are as awkward as forms allow: what exports must carry out and back unchanged.

A later kind adds rows of its own here; the test of the round trip asks for them.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from evaluations.models import Award, Candidate, Election, Honour, RoundInput
from intranet import clock
from intranet.figures.models import MonthlyScore, WindowMonth
from intranet.people.models import Body, Membership, Person, Posting, Unit, Window, Zone
from intranet.people.services import identity
from intranet.sheets.values import with_check_digit
from intranet.workdays.models import Day, Year

TEXTS = (
    "=1+1",
    "+86",
    "-3",
    "@SUM(A1)",
    "\t制表符",
    '"引号"和逗号,',
    "'单引号",
    "0012",
    "123456789012345678",
    "𬱖𠮷",
    "第一行\n第二行\r\n第三行",
    "＝全角",
    "无",
    "—",
    "同上",
    "  前后空格  ",
    "1985.1",
    "1E5",
    "TRUE",
    "2026-01-02",
    '="0012"',
    "#N/A",
    "合计",
    "注:不是注",
    "是",
)
LONG_AGO = dt.date(2019, 3, 4)
PHONES = (
    "见通讯录",
    "0475-8101转2",
    "0475-8101-2",
    "8212",
    "0475 8212345",
    "０４７５－８２１２３４５",
    "8001、8002",
    "=8001",
    "00123",
)


# Counts of paper ballots are never taken out; a recommendation belongs to a round that runs, which the tests of
# awards hold (tests/evaluations/test_review_sheets.py takes theirs out and brings them back).
ELSEWHERE = frozenset({"paper_ballots", "recommendations"})


def make() -> None:
    units, windows = _places()
    committee = Body.objects.create(name="=工会委员会", kind=Body.Kind.UNION_COMMITTEE)
    groups = [
        Body.objects.create(name=name, kind=Body.Kind.UNION_GROUP, parent=committee)
        for name in ("-第一小组", "@第二", "0012")
    ]
    people = [_person(at, text) for at, text in enumerate(TEXTS)]
    for at, person in enumerate(people):
        start = LONG_AGO + dt.timedelta(days=at)
        begin = {"person": person, "position": TEXTS[at][:60].strip() if at % 2 else ""}
        Posting.objects.create(
            **begin, unit=units[0], starts_on=start, ends_on=start + dt.timedelta(days=30), ending="transfer"
        )
        there = {"unit": units[at % 3], "window": windows[at % 3] if at % 4 else None}
        Posting.objects.create(**begin, **there, starts_on=start + dt.timedelta(days=31))
        Membership.objects.create(person=person, body=groups[at % 3], starts_on=start)
    Membership.objects.filter(person=people[0]).update(office=Membership.Office.GROUP_LEADER)
    Year.objects.get_or_create(year=2031)
    for at, text in enumerate(TEXTS):
        # A name that says 合计 or 注: is no day's; a note may.
        name = "节日" if text in ("合计", "注:不是注") else " ".join(text.split())
        Day.objects.create(
            day=dt.date(2031, 1, 1) + dt.timedelta(days=at),
            kind=("holiday", "workday", "half_day")[at % 3],
            name=name[:40],
            source=text.strip()[:60],
        )
    _clients_votes(people)
    _figures(units, windows, people)
    for at, person in enumerate(people[:4]):
        Honour.objects.create(
            person=person,
            award_name=("=先进个人", "+标兵", "-服务之星", "@红旗手")[at],
            name=person.name,
            period_label=f"{2010 + at}年",
            period_first=dt.date(2010 + at, 1, 1),
            text=TEXTS[at].strip()[:100],
            published_on=dt.date(2010 + at, 12, 31),
        )


def _clients_votes(people: list[Person]) -> None:
    """Votes of clients in a round that still takes them: votes alone, grades alone, some grades missing."""
    award = Award.objects.create(slug="nasty", name="-服务之星", ballot_kind="none")
    clients = {"key": "clients", "kind": "clients", "label": "=群众评价", "weight": "100"}
    opens, now = clock.start_of(LONG_AGO, 9), clock.start_of(LONG_AGO, 17)
    election = Election.objects.create(
        award=award,
        slug="nasty-2019-02",
        period_first=dt.date(2019, 2, 1),
        period_last=dt.date(2019, 2, 28),
        phase="assessment",
        recommendation_opens=opens,
        recommendation_closes=now,
        reviewed_at=now,
        rules={**award.rules(), "components": [clients]},
    )
    notes = ("得票 12", "满意 3、基本满意 0、不满意 0、不了解 1", "满意 1、不满意 1")
    for number, (person, value, note) in enumerate(zip(people, ("12", "100", "50"), notes, strict=False)):
        candidate = Candidate.objects.create(election=election, key=f"k{number}", person=person, name=person.name)
        RoundInput.objects.create(
            **{"election": election, "component": "clients", "candidate": candidate},
            **{"value": value, "note": note, "created_at": now},
        )


def _figures(units: list[Unit], windows: list[Window], people: list[Person]) -> None:
    """Months of windows, with ratings and without, and scores whose reasons are awkward."""
    now = clock.now()
    for at in range(9):
        grades = dict.fromkeys(WindowMonth.GRADES, at) if at % 2 else {}
        WindowMonth.objects.create(
            window=windows[at % 3],
            month=dt.date(2026, 1 + at // 3, 1),
            cases_handled=at * 1000,
            finished_on_the_spot=at,
            changed_at=now,
            **grades,
        )
    for at, text in enumerate(TEXTS):
        subject = {"person": people[at]} if at % 3 else {"window": windows[at % 2]}
        month = dt.date(2024 + at // 12, 1 + at % 12, 1)
        MonthlyScore.objects.create(
            **subject, month=month, score=Decimal("98.5"), reason=text.strip(), changed_at=now
        )


def _places() -> tuple[list[Unit], list[Window]]:
    zone = Zone.objects.create(name="+东区")
    top = Unit.objects.create(name="=政务中心", short_name="-中心", kind="centre", office_phone=PHONES[0])
    units = [top]
    for at, phone in enumerate(PHONES):
        units.append(
            Unit.objects.create(
                name=f'@{at}局"分"局',
                short_name=f"00{at}",
                kind="posting_department",
                parent=top,
                office_phone=phone,
            )
        )
    windows = [
        Window.objects.create(number=number, name=name, kind="general_window", zone=zone)
        for number, name in (("001", "=综合"), ("A-1", "-12"), ("5-6", "窗口，一"))
    ]
    windows[0].units.add(*units[:3])
    return units, windows


def _person(at: int, text: str) -> Person:
    person = Person(
        staff_number=("007", "0008", "HW-1", "123456789012345")[at] if at < 4 else f"N{at:03d}",
        name=("𬱖吉", "买买提·艾力", "Anna Lee", "王五")[at % 4],
        sex=("female", "male", "")[at % 3],
        birthday=(dt.date(1985, 3, 12), dt.date(1985, 3, 1), dt.date(1985, 1, 1), None, dt.date(1985, 10, 1))[at % 5],
        birthday_precision=("day", "month", "year", "day", "month")[at % 5],
        birthday_calendar=("solar", "lunar")[at % 2],
        political_status=("masses", "party_member", "")[at % 3],
        employment=("contract", "agency", "")[at % 3],
        is_union_member=True,
        mobile="13800001234" if at % 2 else "",
        office_phone=PHONES[at % len(PHONES)],
        email="a+b@hall.test" if at % 2 else "",
        note=text,
        service_start_month=dt.date(2008, 7, 1 + at % 2),
        entered_on=LONG_AGO,
    )
    identity.put(person, with_check_digit(f"11990019850312{at:03d}") if at % 3 else "")
    person.save()
    return person
