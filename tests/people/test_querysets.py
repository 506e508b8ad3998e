import datetime as dt

import pytest

from intranet import clock
from intranet.people.models import CorrectionRequest, Person, Unit, Window, Zone
from tests.people.hall import make_crowd, make_person
from tests.people_of_the_hall import make_user


def day(offset: int) -> dt.date:
    return clock.today() + dt.timedelta(days=offset)


def found(text: str) -> list[str]:
    return [person.name for person in Person.objects.search(text)]


@pytest.fixture
def names(hall):
    make_person("吕丽华", "G001", hall.tax, hall.tax_window)
    make_person("王小明", "G002", hall.police, hall.police_window)
    make_person("欧阳明", "0103", hall.tax_section)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("吕", ["吕丽华"]),
        ("丽华", ["吕丽华"]),
        ("lv", ["吕丽华"]),
        ("Lü", ["吕丽华"]),
        ("lyu li", ["吕丽华"]),
        ("lvlih", ["吕丽华"]),
        ("lihua", ["吕丽华"]),
        ("ihua", []),
        ("llh", ["吕丽华"]),
        ("ll", ["吕丽华"]),
        ("lh", []),
        ("wangxiaoming", ["王小明"]),
        ("ming", ["欧阳明", "王小明"]),
        ("ouyang", ["欧阳明"]),
        ("G00", ["吕丽华", "王小明"]),
        ("g002", ["王小明"]),
        ("Ｇ００２", ["王小明"]),
        ("002", []),
        ("0103", ["欧阳明"]),
        ("税务", ["吕丽华"]),
        ("办税", ["欧阳明"]),
        ("公安 明", ["王小明"]),
        ("户籍", ["王小明"]),
        ("10", ["王小明"]),
        ("10号窗口", ["王小明"]),
        ("9号", ["吕丽华"]),
        ("1", []),
        ("1号", []),
        ("王小明 税务", []),
        ("", ["吕丽华", "欧阳明", "王小明"]),
        ("'; drop table", []),
        ("%", []),
    ],
)
def test_search(names, text, expected):
    assert found(text) == expected


def test_a_unit_is_found_by_its_short_name_and_by_its_whole_one(hall):
    make_person("王小明", "1", hall.police)
    Unit.objects.filter(pk=hall.police.pk).update(short_name="户政")
    assert found("户政") == found("公安分局") == ["王小明"]


def test_search_looks_at_the_place_of_today_only(hall):
    person = make_person("王小明", "1", hall.tax)
    person.postings.update(ends_on=day(-1))
    assert found("税务") == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("entered", "left", "is_current"),
    [(None, None, True), (0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False), (-9, 5, True)],
)
def test_current(entered, left, is_current):
    Person.objects.create(
        name="甲",
        staff_number="1",
        entered_on=None if entered is None else day(entered),
        left_on=None if left is None else day(left),
    )
    assert Person.objects.current().exists() is is_current


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "sees"), [(None, 0), ("hr_admin", 1), ("auditor", 1), ("system_admin", 0)])
def test_leavers_are_seen_by_the_personnel_office_and_auditors(role, sees):
    make_person("走了", "1", left_on=day(-1))
    user = make_user(None, *([role] if role else []))
    assert Person.objects.visible_to(user).filter(name="走了").count() == sees


def test_strangers_and_closed_accounts_see_nobody(hall):
    from django.contrib.auth.models import AnonymousUser

    user = make_user()
    user.is_active = False
    for who in (AnonymousUser(), None, user):
        assert not Person.objects.visible_to(who).exists()
        assert not Unit.objects.visible_to(who).exists()
        assert not Zone.objects.visible_to(who).exists()
    assert Zone.objects.visible_to(make_user()).exists()
    for who in (AnonymousUser(), None, user):
        assert not CorrectionRequest.objects.visible_to(who).exists()


def test_closed_units_and_windows(hall, officer):
    Unit.objects.filter(pk=hall.police.pk).update(retired_on=day(0))
    Window.objects.filter(pk=hall.general.pk).update(retired_on=day(1))
    user = make_user()
    assert hall.police not in Unit.objects.visible_to(user)
    assert hall.general in Window.objects.visible_to(user)
    assert hall.police in Unit.objects.visible_to(officer)


def test_windows_stand_in_the_order_of_their_numbers(hall):
    assert [window.number for window in Window.objects.all()] == ["1", "9", "10"]


def test_places_come_with_the_list(hall, django_assert_num_queries):
    make_crowd(hall, 30)
    with django_assert_num_queries(2):
        people = Person.objects.with_places().order_by("staff_number")
        places = [(p.place.unit.name, p.place.window and p.place.window.zone.name) for p in people]
    assert places[:3] == [("区税务局", "A区"), ("区税务局", None), ("区税务局", None)]


def test_places_of_another_day(hall):
    person = make_person("王", "1", hall.tax)
    person.postings.update(ends_on=day(-1))
    assert Person.objects.with_places().get().place is None
    assert Person.objects.with_places(day(-1)).get().place.unit == hall.tax
    assert person.place is None


def test_people_of_a_unit_and_a_window(hall):
    one = make_person("甲", "1", hall.tax, hall.tax_window)
    two = make_person("乙", "2", hall.tax_section)
    assert list(Person.objects.in_units([hall.tax.pk])) == [one]
    assert set(Person.objects.in_units([hall.tax.pk, hall.tax_section.pk])) == {one, two}
    assert list(Person.objects.at_window(hall.tax_window)) == [one]
    assert not Person.objects.at_window(hall.tax_window, dt.date(2019, 12, 31)).exists()
