"""Named numbers: asked by key, unknown is never nought, a window of several people is their mean."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ImproperlyConfigured
from wagtail import hooks

from intranet.figures.exceptions import UnknownFigure
from intranet.figures.registry import Figure, FigureKind, SubjectKind, figure_kinds, subject_kinds
from intranet.figures.services.numbers import answers_for, numbers_about, numbers_of
from intranet.people.models import Person, Posting
from tests.people.hall import make_person

FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
pytestmark = pytest.mark.django_db


def figure(known, subject="person", key="test.known", asked=None):
    def numbers(ids, first, last):
        if asked is not None:
            asked.append((set(ids), first, last))
        return [Figure(pk, number) for pk, number in known.items()]

    return FigureKind(key, "已知", "", subject, numbers)


@pytest.fixture
def registered():
    made = []

    def register(*kinds):
        context = hooks.register_temporarily("register_figure", lambda: list(kinds))
        context.__enter__()
        made.append(context)

    yield register
    for context in made:
        context.__exit__(None, None, None)


def test_the_room_knows_people_windows_and_units():
    assert list(subject_kinds()) == ["person", "window", "unit"]


def test_only_what_is_known_and_asked_for_is_answered(registered):
    asked = []
    registered(figure({1: Decimal("2.5"), 7: Decimal(9)}, asked=asked))
    assert numbers_of("test.known", [1, 2], FIRST, LAST) == {1: Decimal("2.5")}
    assert asked == [({1, 2}, FIRST, LAST)]
    assert numbers_of("test.known", [], FIRST, LAST) == {}


def test_a_figure_nobody_gives_is_unknown():
    with pytest.raises(UnknownFigure, match=r"test\.gone"):
        numbers_of("test.gone", [1], FIRST, LAST)


def test_a_figure_about_nothing_known_stops_the_start(registered):
    registered(figure({}, subject="ship"))
    with pytest.raises(ImproperlyConfigured, match="ship"):
        figure_kinds()


def test_a_subject_kind_may_be_added_by_a_plug_in(registered):
    registered(figure({3: Decimal(1)}, subject="ship"))
    with hooks.register_temporarily("register_subject_kind", lambda: SubjectKind("ship", "船", Person)):
        assert numbers_about("test.known", "ship", [3], FIRST, LAST) == {3: Decimal(1)}


def test_a_window_is_the_mean_of_its_people_of_whom_it_is_known(hall, registered):
    people = [make_person("张三", str(n), hall.tax, hall.tax_window) for n in range(4)]
    gone = make_person("早走", "8", hall.tax, hall.tax_window)
    gone.postings.update(ends_on=FIRST - dt.timedelta(days=1))
    late = make_person("后来", "9", hall.tax)
    Posting.objects.filter(person=late).update(window=hall.tax_window, starts_on=LAST + dt.timedelta(days=1))
    known = {people[0].pk: Decimal(90), people[1].pk: Decimal(91), people[2].pk: Decimal(90)}
    registered(figure({**known, gone.pk: Decimal(1), late.pk: Decimal(1)}))
    windows = [hall.tax_window.pk, hall.police_window.pk]
    assert numbers_about("test.known", "window", windows, FIRST, LAST) == {hall.tax_window.pk: Decimal("90.3333")}


def test_who_was_there_for_one_day_of_the_period_counts(hall, registered):
    first = make_person("第一", "1", hall.tax, hall.tax_window)
    first.postings.update(ends_on=FIRST)
    last = make_person("末日", "2", hall.tax, hall.tax_window)
    last.postings.update(starts_on=LAST)
    registered(figure({first.pk: Decimal(80), last.pk: Decimal(100)}))
    assert numbers_about("test.known", "window", [hall.tax_window.pk], FIRST, LAST) == {
        hall.tax_window.pk: Decimal("90.0000")
    }


def test_a_unit_has_the_people_of_its_sections_but_not_of_departments_below(hall, registered):
    tax, section = make_person("税", "1", hall.tax), make_person("股", "2", hall.tax_section)
    leader = make_person("主任", "3", hall.centre)
    registered(figure({tax.pk: Decimal(10), section.pk: Decimal(20), leader.pk: Decimal(60)}))
    numbers = numbers_about("test.known", "unit", [hall.tax.pk, hall.centre.pk], FIRST, LAST)
    assert numbers == {hall.tax.pk: Decimal("15.0000"), hall.centre.pk: Decimal("60.0000")}


def test_a_figure_about_windows_says_nothing_of_people(registered):
    registered(figure({}, subject="window"), figure({}, key="test.people"))
    with pytest.raises(UnknownFigure):
        numbers_about("test.known", "person", [1], FIRST, LAST)
    assert {"test.known", "test.people"} <= set(answers_for("window"))
    assert "test.known" not in answers_for("person")
    assert "test.known" not in answers_for("unit")


def test_windows_cost_the_same_queries_however_many(hall, registered, django_assert_num_queries):
    registered(figure({}))
    for ids in ([hall.tax_window.pk], [hall.tax_window.pk, hall.police_window.pk, hall.general.pk]):
        with django_assert_num_queries(1):
            numbers_about("test.known", "window", ids, FIRST, LAST)
    for ids in ([hall.tax.pk], [hall.tax.pk, hall.police.pk, hall.centre.pk]):
        with django_assert_num_queries(2):
            numbers_about("test.known", "unit", ids, FIRST, LAST)
