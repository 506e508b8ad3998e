"""Who moves leads no longer what they left: by the form and by both sheets."""

from __future__ import annotations

import datetime as dt

import pytest

from intranet import clock
from intranet.access.models import AuditEntry
from intranet.people import reach
from intranet.people.models import Leadership, Posting
from intranet.people.services import leaderships, postings
from intranet.sheets.services import import_file
from tests.people_of_the_hall import make_user
from tests.sheets.books import write_book

from .hall import LONG_AGO, make_person, place

pytestmark = pytest.mark.django_db
YESTERDAY = clock.today() - dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def a_place_to_keep_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "uploads"


@pytest.fixture
def head(hall):
    user = make_user("K1", name="科长")
    place(user.person, hall.tax, hall.tax_window)
    return user.person


def lead(person, kind, **at):
    return leaderships.appoint(kind=kind, person=person, starts_on=LONG_AGO, by=None, **at)


def by_form(person, unit, window, tmp_path):
    postings.transfer(person=person, unit=unit, window=window, by=None)


def by_postings(person, unit, window, tmp_path):
    row = [person.staff_number, unit.name, window.number if window else "—", clock.today().isoformat()]
    path = write_book(tmp_path / "p.xlsx", [["工号", "单位", "窗口号", "开始日期"], row])
    report = import_file(kind="postings", path=path, by=None)
    assert not report.errors, report.errors


def by_register(person, unit, window, tmp_path):
    row = [person.staff_number, person.name, unit.name, window.number if window else "—"]
    path = write_book(tmp_path / "r.xlsx", [["工号", "姓名", "所在单位", "窗口号"], row])
    report = import_file(kind="staff_register", path=path, by=None)
    assert not report.errors, report.errors


WAYS = pytest.mark.parametrize("move", [by_form, by_postings, by_register])


@WAYS
def test_a_head_who_moves_leads_the_old_place_no_longer(hall, head, move, tmp_path):
    unit, window = lead(head, "unit_head", unit=hall.tax), lead(head, "window_head", window=hall.tax_window)
    mate = make_person("同事", "M1", hall.tax, hall.tax_window, mobile="13800001234")
    assert reach.leads(head.user, mate)
    assert head.user.has_role("window_head")
    move(head, hall.police, hall.police_window, tmp_path)
    for row in (unit, window):
        row.refresh_from_db()
        assert row.ends_on == YESTERDAY
        entry = AuditEntry.objects.filter(action="people.dismiss", object_id=str(row.pk)).get()
        assert entry.data["person"] == head.pk
    again = type(head.user).objects.get(pk=head.user.pk)
    assert not reach.leads(again, mate)
    assert not again.has_role("window_head")


@WAYS
def test_what_belongs_to_the_new_place_too_goes_on(hall, head, move, tmp_path):
    """From the office to its section; and the head of the whole hall leads it from any of its units."""
    unit, window = lead(head, "unit_head", unit=hall.tax), lead(head, "window_head", window=hall.tax_window)
    leader = place(make_user("Z1", name="主任").person, hall.centre)
    whole = lead(leader, "unit_head", unit=hall.centre)
    elsewhere = lead(leader, "chief_representative", unit=hall.police)
    move(head, hall.tax_section, hall.tax_window, tmp_path)
    move(leader, hall.tax, None, tmp_path)
    assert not Leadership.objects.filter(
        pk__in=[unit.pk, window.pk, whole.pk, elsewhere.pk], ends_on__isnull=False
    ).exists()


@WAYS
def test_only_the_window_is_left(hall, head, move, tmp_path):
    unit, window = lead(head, "unit_head", unit=hall.tax), lead(head, "window_head", window=hall.tax_window)
    move(head, hall.tax, hall.general, tmp_path)
    unit.refresh_from_db()
    window.refresh_from_db()
    assert (unit.ends_on, window.ends_on) == (None, YESTERDAY)


def test_a_posting_that_is_written_over_is_left_too(hall, head, tmp_path):
    row = lead(head, "window_head", window=hall.tax_window)
    first = ["K1", "公安分局", "10", LONG_AGO.isoformat()]
    path = write_book(tmp_path / "p.xlsx", [["工号", "单位", "窗口号", "开始日期"], first])
    assert import_file(kind="postings", path=path, by=None).updated == 1
    row.refresh_from_db()
    assert row.ends_on == YESTERDAY


@pytest.mark.control
def test_an_appointment_from_after_the_move_is_left_alone(hall, head, tmp_path):
    by_form(head, hall.police, hall.police_window, tmp_path)
    later = leaderships.appoint(kind="unit_head", person=head, unit=hall.tax, by=None, starts_on=None)
    Posting.objects.filter(person=head, ends_on__isnull=True).update(starts_on=clock.today() - dt.timedelta(days=30))
    Posting.objects.filter(person=head, ends_on__isnull=False).update(ends_on=clock.today() - dt.timedelta(days=31))
    Leadership.objects.filter(pk=later.pk).update(starts_on=clock.today() - dt.timedelta(days=9))
    by_form(head, hall.centre, None, tmp_path)
    later.refresh_from_db()
    assert later.ends_on is None


def test_a_move_to_come_ends_it_on_the_day_before(hall, head):
    row = lead(head, "window_head", window=hall.tax_window)
    day = clock.today() + dt.timedelta(days=10)
    postings.transfer(person=head, unit=hall.police, window=hall.police_window, starts_on=day, by=None)
    row.refresh_from_db()
    assert row.ends_on == day - dt.timedelta(days=1)
    assert head.user.has_role("window_head")
