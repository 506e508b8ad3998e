"""Who leaves or comes back by a sheet of postings leaves and comes back as by a form."""

import datetime as dt

import pytest

from intranet import clock
from intranet.access.models import AuditEntry, User
from intranet.people.models import Body, Leadership, Person
from intranet.people.services import departures, leaderships, memberships
from intranet.people.signals import person_left
from intranet.sheets.services import import_file
from tests.people.hall import make_person, place
from tests.people_of_the_hall import make_user
from tests.sheets.books import write_book

pytestmark = pytest.mark.django_db
HEADINGS = ["工号", "单位", "进驻时间", "退出时间", "结束方式"]


def day(offset: int) -> dt.date:
    return clock.today() + dt.timedelta(days=offset)


@pytest.fixture
def bring(tmp_path, settings, officer):
    settings.MEDIA_ROOT = tmp_path / "uploads"

    def brought(*rows):
        report = import_file(kind="postings", path=write_book(tmp_path / "p.xlsx", [HEADINGS, *rows]), by=officer)
        assert (report.outcome, report.errors) == ("clean", [])
        return report

    return brought


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_a_withdrawal_in_a_sheet_takes_everything_with_it(hall, officer, bring, django_capture_on_commit_callbacks):
    user, stays = make_user("HW01"), make_user("HW02")
    person = place(user.person, hall.tax, starts_on=day(-100))
    place(stays.person, hall.tax, starts_on=day(-100))
    body = Body.objects.create(name="第一党支部", kind="party_branch")
    leaderships.appoint(kind=Leadership.Kind.UNIT_HEAD, person=person, unit=hall.tax, starts_on=day(-9), by=officer)
    memberships.join(person=person, body=body, starts_on=day(-9), by=officer)
    told = []

    def hear(**facts):
        told.append((facts["person"].pk, facts["last_day"]))

    person_left.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            bring(
                ["HW01", "区税务局", day(-100).isoformat(), day(-2).isoformat(), "离职"],
                ["HW02", "区税务局", day(-100).isoformat(), "", ""],
            )
    finally:
        person_left.disconnect(hear)
    person.refresh_from_db()
    assert (person.left_on, fresh(user).is_active, fresh(user).role_keys) == (day(-2), False, set())
    assert (person.leaderships.get().ends_on, person.memberships.get().ends_on) == (day(-2), day(-2))
    assert told == [(person.pk, day(-2))]
    assert AuditEntry.objects.get(action="people.withdraw").user == officer
    assert stays.person in Person.objects.visible_to(stays)
    assert person not in Person.objects.visible_to(stays)
    assert fresh(stays).is_active


def test_an_announced_withdrawal_leaves_the_account_until_then(hall, bring):
    user = make_user("HW01")
    place(user.person, hall.tax, starts_on=day(-100))
    bring(["HW01", "区税务局", day(-100).isoformat(), day(2).isoformat(), "退出"])
    assert Person.objects.get(staff_number="HW01").left_on == day(2)
    assert fresh(user).is_active


def test_the_history_of_somebody_who_is_here_again_sends_nobody_away(hall, bring):
    user = make_user("HW01")
    place(user.person, hall.police, starts_on=day(-10))
    bring(["HW01", "区税务局", day(-300).isoformat(), day(-200).isoformat(), "退出"])
    assert Person.objects.get(staff_number="HW01").left_on is None
    assert fresh(user).is_active


def test_a_move_is_no_departure(hall, bring):
    person = make_person("甲", "HW01")
    bring(["HW01", "区税务局", day(-300).isoformat(), day(-200).isoformat(), "调动"])
    person.refresh_from_db()
    assert person.left_on is None


def test_who_is_posted_again_before_having_gone_keeps_the_first_day(hall, bring):
    person = make_person("甲", "HW01", left_on=day(4))
    bring(["HW01", "区税务局", day(5).isoformat(), "", ""])
    person.refresh_from_db()
    assert (person.left_on, person.entered_on) == (None, dt.date(2020, 1, 1))


def test_a_departure_needs_a_last_day(hall, officer):
    person = make_person("甲", "1", hall.tax)
    with pytest.raises(ValueError, match="last day"):
        departures.depart(person=person, posting=person.postings.get(), by=officer)
