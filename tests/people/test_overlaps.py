"""Nobody holds one thing twice on a day, and nobody falls out of the lists while they are still here."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from intranet import clock
from intranet.people import reach
from intranet.people.exceptions import LeadershipError, MembershipError, PostingError
from intranet.people.models import Body, Leadership, Person, Unit, Window
from intranet.people.services import leaderships, memberships, postings
from tests.people.hall import make_person
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db
CHIEF = Leadership.Kind.CHIEF_REPRESENTATIVE


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def day(offset: int) -> dt.date:
    return clock.today() + dt.timedelta(days=offset)


@pytest.fixture
def branch(hall):
    return Body.objects.create(name="第一党支部", kind="party_branch")


def test_a_successor_waits_for_a_last_day_to_come(hall, officer):
    old, new = make_person("甲", "1", hall.tax), make_person("乙", "2", hall.tax)
    held = leaderships.appoint(kind=CHIEF, person=old, unit=hall.tax, starts_on=day(-9), by=officer)
    leaderships.dismiss(leadership=held, last_day=day(5), by=officer)
    for too_early in (0, 5):
        with pytest.raises(LeadershipError, match="until"):
            leaderships.appoint(kind=CHIEF, person=new, unit=hall.tax, starts_on=day(too_early), by=officer)
    leaderships.appoint(kind=CHIEF, person=new, unit=hall.police, by=officer)
    leaderships.appoint(kind="unit_head", person=new, unit=hall.tax, by=officer)
    leaderships.appoint(kind=CHIEF, person=new, unit=hall.tax, starts_on=day(6), by=officer)
    assert [row.person for row in Leadership.objects.on(day(5)).filter(unit=hall.tax, kind=CHIEF)] == [old]
    assert [row.person for row in Leadership.objects.on(day(6)).filter(unit=hall.tax, kind=CHIEF)] == [new]


def test_an_appointment_takes_no_role_that_was_given_by_hand(hall, officer):
    user = make_user(None, "chief_representative")
    leaderships.appoint(kind="window_head", person=user.person, window=hall.tax_window, by=officer)
    assert {"chief_representative", "window_head"} <= type(user).objects.get(pk=user.pk).role_keys


def test_a_closed_place_is_led_by_nobody_new(hall, officer):
    person = make_person("甲", "1", hall.tax)
    hall.tax.retired_on = day(0)
    with pytest.raises(LeadershipError, match="is closed"):
        leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, by=officer)
    hall.tax.retired_on = day(1)
    leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, by=officer)


def test_one_place_in_a_body_at_a_time(hall, officer, branch):
    person = make_person("甲", "1", hall.tax)
    first = memberships.join(person=person, body=branch, starts_on=day(-9), by=officer)
    memberships.leave(membership=first, last_day=day(5), by=officer)
    for too_early in (0, 5):
        with pytest.raises(MembershipError, match="lasts until"):
            memberships.join(person=person, body=branch, office="secretary", starts_on=day(too_early), by=officer)
    memberships.join(person=make_person("乙", "2"), body=branch, by=officer)
    memberships.join(person=person, body=branch, office="secretary", starts_on=day(6), by=officer)


def test_leavers_join_nothing(hall, officer, branch):
    with pytest.raises(MembershipError, match="not at the hall"):
        memberships.join(person=make_person("甲", "1", left_on=day(-1)), body=branch, by=officer)


def test_who_comes_back_before_having_gone_stays_in_the_lists(hall, officer):
    person = make_person("甲", "1", hall.tax)
    postings.withdraw(person=person, last_day=day(5), by=officer)
    with pytest.raises(PostingError, match="Enter the return after"):
        postings.enter(person=person, unit=hall.police, starts_on=day(7), by=officer)
    postings.enter(person=person, unit=hall.police, starts_on=day(6), by=officer)
    for offset in (0, 5, 6):
        assert Person.objects.current(day(offset)).filter(pk=person.pk).exists()
    assert Person.objects.get(pk=person.pk).entered_on == dt.date(2020, 1, 1)


def test_a_leaver_is_not_shown_as_head_on_the_first_day_of_an_appointment_never_taken_up(hall, officer, client):
    person = make_person("走先生", "1", hall.tax)
    leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, starts_on=day(3), by=officer)
    leaderships.appoint(kind="window_head", person=person, window=hall.tax_window, starts_on=day(3), by=officer)
    postings.withdraw(person=person, by=officer)
    assert {row.ends_on for row in person.leaderships.all()} == {day(3)}
    with clock.at(clock.start_of(day(3), 9)):
        client.force_login(make_user())
        for address in (
            f"/people/units/{hall.tax.pk}/",
            f"/people/windows/{hall.tax_window.pk}/",
            "/people/windows/",
        ):
            assert "走先生" not in client.get(address).content.decode(), address


def test_a_leaver_is_led_by_nobody_whatever_the_postings_say(hall, officer):
    boss = make_user()
    leaderships.appoint(kind=CHIEF, person=boss.person, unit=hall.tax, by=officer)
    gone = make_person("走先生", "1", hall.tax, left_on=day(-1))
    assert not reach.leads(boss, gone)
    assert reach.leads(boss, gone, day(-1)) is False
    leaderships.appoint(kind=CHIEF, person=boss.person, unit=hall.police, starts_on=day(-9), by=officer)
    there = make_person("乙", "2", hall.police, left_on=day(-1))
    assert reach.leads(boss, there, day(-1))
    assert not reach.leads(boss, there)


@pytest.mark.parametrize("model", [Unit, Body])
def test_nothing_belongs_to_itself(hall, model):
    top = model.objects.create(name="上级", kind="party_branch" if model is Body else "back_office")
    below = model.objects.create(name="下级", kind=top.kind, parent=top)
    below.full_clean()
    for parent in (top, below):
        top.parent = parent
        with pytest.raises(ValidationError, match="itself"):
            top.full_clean()
    # A circle that came from elsewhere ends the walk, too.
    model.objects.filter(pk=top.pk).update(parent=below)
    model(name="第三", kind=top.kind, parent=below).full_clean()


@pytest.mark.parametrize(("typed", "kept"), [("１２", "12"), (" 1 2", "12"), ("A²", "A2"), ("A01", "A01")])
def test_a_window_number_is_kept_in_one_form(hall, typed, kept):
    window = Window(number=typed, name="社保")
    window.full_clean()
    window.save()
    assert (window.number, window.sort_key) == (kept, Window.sort_key_of(kept))
    with pytest.raises(ValidationError, match="already exists"):
        Window(number=typed, name="社保").full_clean()


def test_a_number_with_a_raised_figure_still_sorts(hall):
    assert Window.sort_key_of("3²") == "0000033²"


@pytest.mark.parametrize("kind", ["unit", "window"])
def test_a_place_is_closed_only_when_nobody_is_posted_there(hall, officer, kind):
    """A closed place is in no list: whoever was left there would be at a place nobody finds."""
    person = make_person("甲", "1", hall.tax, hall.tax_window)
    closing = hall.tax if kind == "unit" else hall.tax_window
    closing.retired_on = day(0)
    with pytest.raises(ValidationError, match="1 person is still posted here"):
        closing.full_clean()
    closing.retired_on = day(1)
    closing.full_clean()
    postings.withdraw(person=person, last_day=day(-1), by=officer)
    closing.retired_on = day(0)
    closing.full_clean()
