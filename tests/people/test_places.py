import datetime as dt

import pytest
from django.utils import translation

from intranet import clock
from intranet.access.models import AuditEntry, User
from intranet.people import reach
from intranet.people.exceptions import AccountError, LeadershipError, MembershipError, PostingError
from intranet.people.models import Body, Leadership, Membership, Person, Posting, Unit
from intranet.people.services import accounts, due, leaderships, memberships, postings
from intranet.people.signals import person_left
from tests.people.hall import make_person, place
from tests.people_of_the_hall import make_user

pytestmark = pytest.mark.django_db

CHIEF = Leadership.Kind.CHIEF_REPRESENTATIVE
WINDOW_HEAD = Leadership.Kind.WINDOW_HEAD
UNIT_HEAD = Leadership.Kind.UNIT_HEAD


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def day(offset: int) -> dt.date:
    return clock.today() + dt.timedelta(days=offset)


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


# Postings


def test_entry_begins_a_posting_today(hall, officer):
    person = Person.objects.create(name="甲", staff_number="1")
    posting = postings.enter(person=person, unit=hall.tax, window=hall.tax_window, position=" 窗口 ", by=officer)
    person.refresh_from_db()
    assert (posting.starts_on, posting.ends_on, posting.position) == (day(0), None, "窗口")
    assert person.entered_on == day(0)
    entry = AuditEntry.objects.get(action="people.enter")
    assert (entry.user, entry.object_id) == (officer, str(person.pk))


def test_a_second_entry_is_refused(hall, officer):
    person = make_person("甲", "1", hall.tax)
    with pytest.raises(PostingError, match="already works at"):
        postings.enter(person=person, unit=hall.police, by=officer)
    assert person.postings.count() == 1


def test_an_entry_keeps_the_first_day_that_is_known(hall, officer):
    person = make_person("甲", "1")
    postings.enter(person=person, unit=hall.tax, starts_on=day(-3), by=officer)
    person.refresh_from_db()
    assert person.entered_on == dt.date(2020, 1, 1)


def test_somebody_who_comes_back(hall, officer):
    person = make_person("甲", "1", hall.tax)
    postings.withdraw(person=person, last_day=day(-5), by=officer)
    for too_early in (-6, -5):
        with pytest.raises(PostingError, match="later first day"):
            postings.enter(person=person, unit=hall.tax, starts_on=day(too_early), by=officer)
    postings.enter(person=person, unit=hall.police, starts_on=day(-4), by=officer)
    person.refresh_from_db()
    assert (person.left_on, person.entered_on) == (None, day(-4))
    assert person.postings.count() == 2


def test_a_transfer_ends_one_posting_and_begins_the_next(hall, officer):
    person = make_person("甲", "1", hall.tax)
    old = person.postings.get()
    new = postings.transfer(person=person, unit=hall.police, by=officer, seen=old)
    old.refresh_from_db()
    assert (old.unit, old.ends_on, old.ending) == (hall.tax, day(-1), Posting.Ending.TRANSFER)
    assert (new.unit, new.starts_on, new.ends_on) == (hall.police, day(0), None)
    assert AuditEntry.objects.filter(action="people.transfer").count() == 1


def test_a_transfer_that_cannot_be(hall, officer):
    person = make_person("甲", "1")
    with pytest.raises(PostingError, match="Enter one first"):
        postings.transfer(person=person, unit=hall.tax, by=officer)
    place(person, hall.tax, starts_on=day(-1))
    with pytest.raises(PostingError, match="Nothing changes"):
        postings.transfer(person=person, unit=hall.tax, by=officer)
    with pytest.raises(PostingError, match="later first day"):
        postings.transfer(person=person, unit=hall.police, starts_on=day(-1), by=officer)
    assert person.postings.get().ends_on is None
    postings.transfer(person=person, unit=hall.tax, position="组长", by=officer)


def test_a_transfer_after_somebody_elses_is_told(hall, officer):
    person = make_person("甲", "1", hall.tax)
    seen = person.postings.get()
    postings.transfer(person=person, unit=hall.police, starts_on=day(-2), by=officer, seen=seen)
    with pytest.raises(PostingError, match="Somebody else has just moved"):
        postings.transfer(person=person, unit=hall.centre, by=officer, seen=seen)
    with pytest.raises(PostingError, match="Somebody else has just moved"):
        postings.withdraw(person=person, by=officer, seen=seen)
    assert person.postings.count() == 2


def test_windows_take_their_units_sections_and_general_ones_everyone(hall, officer):
    def enter(number, unit, window):
        return postings.enter(person=make_person("甲", number), unit=unit, window=window, by=officer)

    enter("1", hall.tax, hall.tax_window)
    enter("2", hall.tax_section, hall.tax_window)
    enter("3", hall.police, hall.general)
    with pytest.raises(PostingError, match="does not belong to"):
        enter("4", hall.police, hall.tax_window)
    with pytest.raises(PostingError, match="does not belong to"):
        enter("5", hall.centre, hall.tax_window)
    hall.general.kind = "bank"
    with pytest.raises(PostingError, match="does not belong to"):
        enter("6", hall.police, hall.general)
    hall.general.kind = "joint_approval_window"
    enter("7", hall.police, hall.general)


def test_closed_places_take_nobody(hall, officer):
    person = make_person("甲", "1")
    hall.tax.retired_on = day(0)
    with pytest.raises(PostingError, match="is closed"):
        postings.enter(person=person, unit=hall.tax, by=officer)
    hall.tax.retired_on = day(1)
    hall.tax_window.retired_on = day(0)
    with pytest.raises(PostingError, match="is closed"):
        postings.enter(person=person, unit=hall.tax, window=hall.tax_window, by=officer)
    postings.enter(person=person, unit=hall.tax, by=officer)


# Withdrawal


def test_a_withdrawal_ends_everything_and_closes_the_account(
    hall, officer, client, django_capture_on_commit_callbacks
):
    user = make_user(None, "union_officer")
    person = place(user.person, hall.tax)
    body = Body.objects.create(name="第一工会小组", kind="union_group")
    leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, starts_on=day(-9), by=officer)
    memberships.join(person=person, body=body, starts_on=day(-9), by=officer)
    client.force_login(fresh(user))
    assert client.get("/people/me/").status_code == 200
    told = []

    def hear(**facts):
        told.append((facts["person"].pk, facts["last_day"]))

    person_left.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            postings.withdraw(person=person, by=officer)
    finally:
        person_left.disconnect(hear)
    user = fresh(user)
    posting = person.postings.get()
    assert (posting.ends_on, posting.ending) == (day(0), Posting.Ending.WITHDRAWAL)
    assert person.leaderships.get().ends_on == day(0)
    assert person.memberships.get().ends_on == day(0)
    assert (user.is_active, user.has_usable_password(), user.groups.count()) == (False, False, 0)
    assert told == [(person.pk, day(0))]
    assert client.get("/people/me/").status_code == 302
    user.is_active = True
    user.save()
    assert client.get("/people/me/").status_code == 302, "an old session must not come back to life"


def test_a_withdrawal_to_come_leaves_the_account_until_then(hall, officer):
    user = make_user(None)
    person = place(user.person, hall.tax)
    leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, by=officer)
    postings.withdraw(person=person, last_day=day(1), by=officer)
    assert fresh(user).is_active
    due.run(clock.start_of(day(1), 12))
    assert fresh(user).is_active
    due.run(clock.start_of(day(2)))
    due.run(clock.start_of(day(2)))
    assert not fresh(user).is_active
    assert not fresh(user).groups.exists()


def test_a_withdrawal_cannot_lie_before_the_posting(hall, officer):
    person = make_person("甲", "1")
    place(person, hall.tax, starts_on=day(-2))
    with pytest.raises(PostingError, match="on or after"):
        postings.withdraw(person=person, last_day=day(-3), by=officer)
    postings.withdraw(person=person, last_day=day(-2), by=officer)
    with pytest.raises(PostingError, match="no posting at present"):
        postings.withdraw(person=person, by=officer)


# Leaderships and reach


def test_appointing_gives_the_role_and_reach(hall, officer):
    boss, head, clerk = make_user(), make_user(), make_user()
    place(boss.person, hall.tax)
    place(head.person, hall.tax, hall.tax_window)
    place(clerk.person, hall.tax_section, hall.tax_window)
    other = make_person("别人", "9", hall.police)
    leaderships.appoint(kind=CHIEF, person=boss.person, unit=hall.tax, by=officer)
    leaderships.appoint(kind=WINDOW_HEAD, person=head.person, window=hall.tax_window, by=officer)
    boss, head = fresh(boss), fresh(head)
    assert boss.has_role("chief_representative")
    assert head.has_role("window_head")
    assert not head.has_role("chief_representative")
    assert set(reach.led_by(boss)) == {head.person, clerk.person}
    assert list(reach.led_by(head)) == [clerk.person]
    assert set(reach.units_led_by(boss)) == {hall.tax, hall.tax_section}
    assert list(reach.windows_led_by(head)) == [hall.tax_window]
    assert not reach.windows_led_by(boss)
    assert not reach.led_by(clerk)
    assert set(reach.leaders_of(clerk.person)) == {boss.person, head.person}
    assert not reach.leaders_of(other)
    assert not reach.leads(boss, other)
    assert reach.leads(boss, clerk.person)
    assert not reach.led_by(boss, day(-1))


def test_the_head_of_the_centre_does_not_lead_the_departments(hall, officer):
    boss = make_user()
    back = Unit.objects.create(name="业务科", kind="back_office", parent=hall.centre)
    clerk, taxman = make_person("甲", "1", back), make_person("乙", "2", hall.tax)
    leaderships.appoint(kind=UNIT_HEAD, person=boss.person, unit=hall.centre, by=officer)
    assert list(reach.led_by(fresh(boss))) == [clerk]
    assert list(reach.leaders_of(clerk)) == [boss.person]
    assert not reach.leaders_of(taxman)
    assert fresh(boss).role_keys == {"staff"}


def test_nobody_without_entry_leads(hall, officer):
    from django.contrib.auth.models import AnonymousUser

    account = make_user(None, person=False)
    for user in (account, AnonymousUser(), None):
        assert reach.person_of(user) is None
        assert not reach.led_by(user)
        assert not reach.units_led_by(user)
        assert not reach.windows_led_by(user)
    assert reach.place_of(None) is None
    assert not reach.leaders_of(make_person("甲", "1"))


def test_a_successor_ends_the_one_before(hall, officer):
    old, new = make_user(), make_user()
    leaderships.appoint(kind=CHIEF, person=old.person, unit=hall.tax, starts_on=day(-9), by=officer)
    with pytest.raises(LeadershipError, match="already holds"):
        leaderships.appoint(kind=CHIEF, person=old.person, unit=hall.tax, by=officer)
    with pytest.raises(LeadershipError, match="was appointed from"):
        leaderships.appoint(kind=CHIEF, person=new.person, unit=hall.tax, starts_on=day(-9), by=officer)
    leaderships.appoint(kind=UNIT_HEAD, person=new.person, unit=hall.tax, by=officer)
    assert old.person.leaderships.get().ends_on is None
    leaderships.appoint(kind=CHIEF, person=new.person, unit=hall.tax, by=officer)
    assert old.person.leaderships.get().ends_on == day(-1)
    assert not fresh(old).has_role("chief_representative")
    assert fresh(new).has_role("chief_representative")


@pytest.mark.parametrize(
    ("kind", "places"),
    [
        (WINDOW_HEAD, ()),
        (WINDOW_HEAD, ("unit",)),
        (WINDOW_HEAD, ("unit", "window")),
        (CHIEF, ()),
        (CHIEF, ("window",)),
        (UNIT_HEAD, ("unit", "window")),
    ],
)
def test_kind_and_place_belong_together(hall, officer, kind, places):
    given = {"unit": hall.tax, "window": hall.tax_window}
    person = make_person("甲", "1", hall.tax)
    with pytest.raises(LeadershipError, match="Choose"):
        leaderships.appoint(kind=kind, person=person, by=officer, **{name: given[name] for name in places})


def test_leavers_are_not_appointed(hall, officer):
    person = make_person("甲", "1", left_on=day(-1))
    with pytest.raises(LeadershipError, match="not at the hall"):
        leaderships.appoint(kind=CHIEF, person=person, unit=hall.tax, by=officer)


def test_dismissal_takes_the_role_with_the_last_appointment(hall, officer):
    user = make_user()
    first = leaderships.appoint(kind=CHIEF, person=user.person, unit=hall.tax, starts_on=day(-3), by=officer)
    second = leaderships.appoint(kind=CHIEF, person=user.person, unit=hall.police, starts_on=day(-3), by=officer)
    with pytest.raises(LeadershipError, match="on or after"):
        leaderships.dismiss(leadership=first, last_day=day(-4), by=officer)
    leaderships.dismiss(leadership=first, by=officer)
    assert fresh(user).has_role("chief_representative")
    leaderships.dismiss(leadership=second, last_day=day(-3), by=officer)
    assert not fresh(user).has_role("chief_representative")
    with pytest.raises(LeadershipError, match="already ended"):
        leaderships.dismiss(leadership=second, by=officer)
    assert AuditEntry.objects.filter(action="people.dismiss").count() == 2


def test_an_appointment_to_come_gives_its_role_on_its_day_and_a_role_given_by_hand_stays(hall, officer):
    user, by_hand = make_user(), make_user(None, "window_head")
    leaderships.appoint(kind=WINDOW_HEAD, person=user.person, window=hall.general, starts_on=day(3), by=officer)
    assert not fresh(user).has_role("window_head")
    due.run(clock.start_of(day(2)))
    assert not fresh(user).has_role("window_head")
    due.run(clock.start_of(day(3)))
    assert fresh(user).has_role("window_head")
    assert fresh(by_hand).has_role("window_head")


# Memberships


def test_joining_changing_office_and_leaving(hall, officer):
    person = make_person("甲", "1", hall.tax)
    body = Body.objects.create(name="第一党支部", kind="party_branch")
    first = memberships.join(person=person, body=body, starts_on=day(-5), by=officer)
    with pytest.raises(MembershipError, match="already belongs"):
        memberships.join(person=person, body=body, by=officer)
    with pytest.raises(MembershipError, match="later first day"):
        memberships.join(person=person, body=body, office="secretary", starts_on=day(-5), by=officer)
    second = memberships.join(person=person, body=body, office="secretary", by=officer)
    first.refresh_from_db()
    assert first.ends_on == day(-1)
    assert list(person.memberships.on()) == [second]
    with pytest.raises(MembershipError, match="on or after"):
        memberships.leave(membership=second, last_day=day(-1), by=officer)
    memberships.leave(membership=second, by=officer)
    with pytest.raises(MembershipError, match="already ended"):
        memberships.leave(membership=second, by=officer)
    body.retired_on = day(0)
    with pytest.raises(MembershipError, match="is closed"):
        memberships.join(person=person, body=body, by=officer)
    assert Membership.objects.count() == 2


# Accounts


def test_opening_an_account(officer):
    person = make_person("甲", "G7", email="a@hall.test")
    user = accounts.open_account(person=person, by=officer, password="erstes-Passwort")
    assert (user.username, user.name, user.email, user.role_keys) == ("G7", "甲", "a@hall.test", {"staff"})
    assert user.must_change_password
    assert user.check_password("erstes-Passwort")
    assert fresh(user).person == person
    with pytest.raises(AccountError, match="already has an account"):
        accounts.open_account(person=person, by=officer)


def test_an_account_without_password_lets_nobody_in_until_one_is_set(officer):
    person = make_person("甲", "G7")
    user = accounts.open_account(person=person, by=officer)
    assert not user.has_usable_password()
    assert not user.must_change_password
    accounts.open_account(person=person, by=officer, password="erstes-Passwort")
    assert fresh(user).check_password("erstes-Passwort")


def test_accounts_that_cannot_be_opened(officer):
    make_user("G7", person=False)
    with pytest.raises(AccountError, match="already taken"):
        accounts.open_account(person=make_person("甲", "G7"), by=officer)
    with pytest.raises(AccountError, match="has left"):
        accounts.open_account(person=make_person("乙", "G8", left_on=day(-1)), by=officer)


def test_many_accounts_at_once(officer, django_assert_max_num_queries):
    people = [make_person("甲", f"N{number:03d}") for number in range(120)]
    accounts.open_account(person=people[0], by=officer)
    with django_assert_max_num_queries(20):
        users = accounts.open_accounts(people=people, by=officer, active=False)
    assert len(users) == 119
    assert not any(fresh(user).is_active for user in users[:3])
    assert fresh(users[5]).groups.get().role.key == "staff"
    assert Person.objects.filter(user__isnull=True, staff_number__startswith="N").count() == 0
    assert AuditEntry.objects.get(action="people.open_accounts").data == {"count": 119}
    assert accounts.open_accounts(people=people, by=officer) == []
    make_user("M1", person=False)
    with pytest.raises(AccountError, match="M1"):
        accounts.open_accounts(people=[make_person("乙", "M1")], by=officer)


@pytest.mark.parametrize(("role", "opens"), [("window_head", True), ("scrutineer", False), ("system_admin", False)])
def test_an_account_with_further_roles_is_opened_by_the_system_administrator_only(officer, role, opens):
    user = make_user(None, role)
    user.set_unusable_password()
    user.is_active = False
    user.save()
    if opens:
        accounts.open_account(person=user.person, by=officer, password="erstes-Passwort")
    else:
        with pytest.raises(AccountError, match="further roles"):
            accounts.open_account(person=user.person, by=officer, password="erstes-Passwort")
        assert not fresh(user).is_active
        accounts.open_account(person=user.person, by=make_user(None, "system_admin"), password="erstes-Passwort")
    assert fresh(user).is_active
