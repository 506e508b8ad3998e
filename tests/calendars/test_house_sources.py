"""What the rooms of the house put into calendars: whoever changes it, it is in the next fetch, and only then."""

from __future__ import annotations

import datetime as dt
import re

import icalendar
import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from evaluations import calendars as rounds
from evaluations.services import rounds as round_service
from intranet import clock
from intranet.access import roles
from intranet.access.services import give_role, take_role
from intranet.calendars import services
from intranet.calendars.gathering import entries_for, feed_span
from intranet.calendars.models import FeedToken, Scheduled
from intranet.calendars.registry import PROGRAMME, Span
from intranet.pages.services import lay_out_site, publish_notice
from intranet.people import calendars as people
from intranet.people import private_facts
from intranet.people.models import Leadership, Person, Posting
from intranet.people.services import leaderships, postings, register
from intranet.sheets.models import SheetUpload
from intranet.sheets.services import import_file
from intranet.sheets.services.undoing import undo
from intranet.workdays import services as workdays
from tests.evaluations import hall as awards
from tests.people.hall import LONG_AGO, make_hall, make_person
from tests.people_of_the_hall import make_user
from tests.sheets.books import write_book

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.fixture
def officer(db):
    return make_user(None, "hr_admin", name="人事员")


@pytest.fixture
def clerk(hall):
    """Somebody at the tax window for years."""
    user = make_user("T4711", name="林晓")
    Posting.objects.create(person=user.person, unit=hall.tax, window=hall.tax_window, starts_on=LONG_AGO)
    return user


class Device:
    """A phone that fetches a feed, and remembers what it has."""

    def __init__(self, client, user, **given) -> None:
        self.client, self.etag = client, ""
        self.address = services.feed_path(services.issue_token(user=user, label="手机", **given))

    def fetch(self) -> dict[str, icalendar.Event] | None:
        """The entries by title, or None when nothing has changed."""
        answer = self.client.get(self.address, headers={"If-None-Match": self.etag} if self.etag else {})
        if answer.status_code == 304:
            return None
        assert answer.status_code == 200, answer.status_code
        self.etag = answer["ETag"]
        events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        return {str(event["SUMMARY"]): event for event in events}


@pytest.fixture
def phone(client, clerk):
    given = Device(client, clerk, off=["workdays.days"])
    assert given.fetch() is not None
    assert given.fetch() is None
    return given


def titles(found) -> list[str]:
    return [entry.title for entry in found]


class TestOwnPosts:
    def test_a_service_moves_somebody(self, phone, clerk, hall, officer):
        postings.transfer(
            person=clerk.person, unit=hall.police, window=hall.police_window, starts_on=TODAY + 7 * DAY, by=officer
        )
        found = phone.fetch()
        assert set(found) == {"最后一日：9号 税务登记", "到岗首日：10号 户籍"}
        first = found["到岗首日：10号 户籍"]
        assert (first["DTSTART"].dt, first["DTEND"].dt) == (TODAY + 7 * DAY, TODAY + 8 * DAY)
        assert found["最后一日：9号 税务登记"]["DTSTART"].dt == TODAY + 6 * DAY
        assert phone.fetch() is None

    def test_a_page_moves_somebody(self, phone, client, clerk, hall, officer):
        client.force_login(officer)
        page = client.get(reverse("people:transfer", args=[clerk.person.pk]))
        given = {
            **page.context["form"].initial,
            "unit": hall.police.pk,
            "starts_on": "2026-12-01",
            "position": "审核岗",
        }
        assert client.post(reverse("people:transfer", args=[clerk.person.pk]), given).status_code == 302
        client.logout()
        assert "到岗首日：审核岗 · 公安分局" in phone.fetch()
        assert phone.fetch() is None

    def test_an_import_moves_a_day_and_its_undoing_calls_it_off(self, phone, clerk, hall, officer, tmp_path):
        def bring(last_day, number):
            rows = [["工号", "单位", "窗口号", "进驻时间", "退出时间", "变动类型"]]
            rows += [["T4711", "区税务局", "9", LONG_AGO.isoformat(), last_day, "调动"]]
            path = write_book(tmp_path / f"p{number}.xlsx", rows)
            report = import_file(kind="postings", path=path, by=officer)
            assert report.outcome == "clean", report.errors

        bring("2026-12-10", 1)
        assert phone.fetch()["最后一日：9号 税务登记"]["SEQUENCE"] == 0
        bring("2026-12-17", 2)
        moved = phone.fetch()["最后一日：9号 税务登记"]
        assert (moved["SEQUENCE"], moved["DTSTART"].dt) == (1, dt.date(2026, 12, 17))
        assert phone.fetch() is None
        undo(upload=SheetUpload.objects.latest("pk"), by=officer)
        back = phone.fetch()["最后一日：9号 税务登记"]
        assert (back["SEQUENCE"], back["DTSTART"].dt) == (2, dt.date(2026, 12, 10))

    def test_the_admin_renames_a_window_and_nothing_rises(self, phone, client, clerk, hall, officer):
        postings.transfer(
            person=clerk.person, unit=hall.police, window=hall.police_window, starts_on=TODAY + DAY, by=officer
        )
        before = phone.fetch()["到岗首日：10号 户籍"]
        client.force_login(officer)
        window = hall.police_window
        address = reverse("people_window:edit", args=[window.pk])
        given = {
            "number": "10",
            "name": "户籍户政",
            "kind": window.kind,
            "zone": hall.zone.pk,
            "units": [hall.police.pk],
        }
        assert client.post(address, given).status_code == 302
        client.logout()
        after = phone.fetch()["到岗首日：10号 户籍户政"]
        assert (after["UID"], after["SEQUENCE"]) == (before["UID"], before["SEQUENCE"])
        assert phone.fetch() is None

    def test_what_is_gone_is_called_off(self, phone, clerk, hall, officer):
        new = postings.transfer(
            person=clerk.person, unit=hall.police, window=hall.police_window, starts_on=TODAY + DAY, by=officer
        )
        assert "到岗首日：10号 户籍" in phone.fetch()
        new.delete()
        register.change_person(person=clerk.person, office_phone="8001", by=officer)  # something that is in the log
        gone = phone.fetch()["【取消】到岗首日：10号 户籍"]
        assert (gone["STATUS"], gone["SEQUENCE"]) == ("CANCELLED", 1)
        assert gone["DTSTART"].dt == TODAY + DAY

    def test_an_appointment_says_the_role(self, phone, clerk, hall, officer):
        leaderships.appoint(
            kind="window_head", person=clerk.person, window=hall.tax_window, starts_on=TODAY + DAY, by=officer
        )
        assert "到岗首日：窗口负责人 · 9号 税务登记" in phone.fetch()

    def test_looking_in_english_changes_nothing(self, phone, client, clerk, hall, officer):
        postings.transfer(person=clerk.person, unit=hall.police, starts_on=TODAY + DAY, by=officer)
        phone.fetch()
        rows = list(Scheduled.objects.values_list("uid", "title", "sequence", "changed_at"))
        assert "到岗首日：公安分局" in [row[1] for row in rows]
        client.force_login(clerk)
        client.cookies["django_language"] = "en"
        assert "First day: " in client.get(reverse("calendars:month")).content.decode()
        client.cookies.clear()
        assert list(Scheduled.objects.values_list("uid", "title", "sequence", "changed_at")) == rows
        assert phone.fetch() is None

    def test_nobody_else_has_them(self, clerk, hall, officer):
        postings.transfer(person=clerk.person, unit=hall.police, starts_on=TODAY + DAY, by=officer)
        for other in (make_user(), officer, make_user(None, "centre_leader"), make_user(person=False)):
            assert titles(people.posts(other, feed_span(TODAY))) == []

    def test_constant_queries_once_shown(self, clerk, hall, django_assert_num_queries):
        list(people.posts(clerk, feed_span(TODAY)))
        for number in range(6):
            Posting.objects.filter(person=clerk.person, ends_on=None).update(ends_on=TODAY + number * DAY)
            Posting.objects.create(
                person=clerk.person, unit=hall.police, starts_on=TODAY + (number + 1) * DAY, position=f"岗{number}"
            )
        list(people.posts(clerk, feed_span(TODAY)))
        fresh = type(clerk).objects.select_related("person").get(pk=clerk.pk)
        with django_assert_num_queries(3):
            assert len(list(people.posts(fresh, feed_span(TODAY)))) == 12


class TestBirthdays:
    @pytest.fixture
    def born(self, hall):
        make_person("陈生", "B1", hall.tax, birthday=dt.date(1990, 12, 3))
        make_person("周月", "B2", hall.tax, birthday=dt.date(1988, 12, 1), birthday_precision="month")
        make_person("吴闰", "B3", hall.tax, birthday=dt.date(1996, 2, 29))
        make_person("郑农", "B4", hall.tax, birthday=dt.date(1985, 2, 20), birthday_calendar="lunar")
        make_person("冯走", "B5", hall.tax, birthday=dt.date(1991, 12, 20), left_on=dt.date(2026, 12, 19))

    @pytest.mark.parametrize("role", people.CARE_FOR_BIRTHDAYS)
    def test_those_who_care_for_them(self, born, role):
        found = list(people.birthdays(make_user(None, role), Span(TODAY, TODAY + 365 * DAY)))
        said = {entry.title: entry.start for entry in found}
        assert said == {
            "陈生生日": dt.date(2026, 12, 3),
            "吴闰生日": dt.date(2027, 2, 28),
            "郑农生日（农历）": dt.date(2027, 2, 6),
        }

    def test_no_year_and_no_age_anywhere(self, born, client):
        union = make_user(None, "union_officer")
        data = client.get(services.feed_path(services.issue_token(user=union, label="手机"))).content.decode()
        data = data.replace("\r\n ", "")
        assert "陈生生日" in data
        shown = "".join(line for line in data.split("\r\n") if line.startswith(("SUMMARY", "DESC")))
        for told in ("1990", "36", "37", "周月", "1996", "冯走"):
            assert told not in shown
        # The day in a UID is that of the coming birthday; the number before it is a key and may be any.
        uids = re.findall(r"UID:people\.birthday\.(.*)", data)
        assert uids
        assert all(re.fullmatch(r"\d+\.202[67]-\d\d-\d\d", uid.strip()) for uid in uids)

    @pytest.mark.parametrize("role", sorted(set(roles.ROLES) - set(people.CARE_FOR_BIRTHDAYS)))
    def test_nobody_else(self, born, role):
        assert list(people.birthdays(make_user(None, role), Span(TODAY, TODAY + 365 * DAY))) == []

    def test_whoever_cares_may_read_them(self):
        assert set(people.CARE_FOR_BIRTHDAYS) <= set(private_facts.ROLES_OF["birthday"])

    def test_they_hang_on_no_wall(self, born, hall):
        union = make_user(None, "union_officer", "hr_admin")
        for about in (hall.tax, hall.tax_window, PROGRAMME):
            assert list(people.birthdays(union, feed_span(TODAY), about=about)) == []

    def test_an_office_taken_away_takes_them_away(self, born, client):
        union, chief = make_user(None, "union_officer"), make_user(None, "system_admin")
        device = Device(client, union)
        assert "陈生生日" in device.fetch()
        take_role(union, "union_officer", by=chief)
        assert "陈生生日" not in device.fetch()
        give_role(union, "union_officer", by=chief)
        assert "陈生生日" in device.fetch()

    def test_a_correction_is_in_the_next_fetch(self, born, client, officer):
        device = Device(client, make_user(None, "union_chair"))
        assert device.fetch()["陈生生日"]["DTSTART"].dt.month == 12
        assert device.fetch() is None
        register.change_person(person=Person.objects.get(name="陈生"), birthday=dt.date(1990, 1, 5), by=officer)
        assert device.fetch()["陈生生日"]["DTSTART"].dt == dt.date(2027, 1, 5)

    def test_one_query_for_a_thousand(self, born, django_assert_max_num_queries):
        union = make_user(None, "union_officer")
        assert union.has_role("union_officer")
        with django_assert_max_num_queries(1):
            list(people.birthdays(union, feed_span(TODAY)))


class TestWindowsAndUnits:
    @pytest.fixture
    def head(self, hall, officer):
        user = make_user(name="窗口长")
        Posting.objects.create(person=user.person, unit=hall.tax, window=hall.tax_window, starts_on=LONG_AGO)
        leaderships.appoint(kind="window_head", person=user.person, window=hall.tax_window, by=officer)
        return user

    def screen(self, client, user, window) -> Device:
        return Device(client, user, subject="people.window", subject_key=str(window.pk), off=["workdays.days"])

    def test_a_window_shows_who_begins_there(self, client, head, hall, officer):
        screen = self.screen(client, head, hall.tax_window)
        screen.fetch()
        newcomer = make_person("新来", "N1", hall.police)
        postings.transfer(
            person=newcomer,
            unit=hall.tax,
            window=hall.tax_window,
            starts_on=TODAY + 3 * DAY,
            position="A岗",
            by=officer,
        )
        assert list(screen.fetch()) == ["新来到岗：A岗 · 9号 税务登记"]
        assert screen.fetch() is None

    def test_no_last_day_is_on_the_wall(self, client, head, hall, officer, clerk):
        screen = self.screen(client, head, hall.tax_window)
        screen.fetch()
        postings.withdraw(person=clerk.person, last_day=TODAY + 3 * DAY, by=officer)
        assert screen.fetch() is None

    def test_who_leads_it_and_who_runs_the_screens(self, head, hall, officer, clerk):
        def windows(user):
            return [name for _key, name in people.SUBJECTS[0].choices(user)]

        assert windows(head) == ["9号 税务登记"]
        assert windows(clerk) == []
        assert len(windows(officer)) == 3
        key = str(hall.tax_window.pk)
        assert people.SUBJECTS[0].find(head, key) == hall.tax_window
        for user, asked in ((clerk, key), (head, str(hall.police_window.pk)), (head, "x"), (head, "²"), (head, "")):
            assert people.SUBJECTS[0].find(user, asked) is None

    def test_it_ends_with_the_appointment(self, client, head, hall, officer):
        screen = self.screen(client, head, hall.tax_window)
        screen.fetch()
        row = Leadership.objects.get(person=head.person)
        leaderships.dismiss(leadership=row, last_day=TODAY, by=officer)
        assert screen.fetch() is None  # today is still theirs
        with clock.at(clock.start_of(TODAY + DAY, 8)):
            assert client.get(screen.address).status_code == 404
        assert FeedToken.objects.valid().exists()

    def test_a_chief_has_the_department_with_its_sections(self, client, hall, officer):
        chief = make_user(name="首代")
        Posting.objects.create(person=chief.person, unit=hall.tax, starts_on=LONG_AGO)
        leaderships.appoint(kind="chief_representative", person=chief.person, unit=hall.tax, by=officer)
        device = Device(client, chief, subject="people.unit", subject_key=str(hall.tax.pk), off=["workdays.days"])
        device.fetch()
        person = make_person("新股员", "N2", hall.police)
        postings.transfer(person=person, unit=hall.tax_section, starts_on=TODAY + DAY, by=officer)
        assert list(device.fetch()) == ["新股员到岗：办税服务股"]
        assert people.SUBJECTS[1].find(chief, str(hall.police.pk)) is None

    def test_constant_queries(self, client, head, hall, officer):
        screen = self.screen(client, head, hall.tax_window)

        def queries():
            return client.get(screen.address).headers["Server-Timing"]

        screen.fetch()
        few = queries()
        for number in range(5):
            person = make_person(f"新{number}", f"N{number}")
            Posting.objects.create(
                person=person, unit=hall.tax, window=hall.tax_window, starts_on=TODAY + number * DAY
            )
        assert queries() == few


class TestDays:
    def test_everybody_has_them_and_every_wall(self, clerk, hall, officer):
        workdays.keep_day(day=dt.date(2027, 1, 1), kind="holiday", name="元旦", by=officer)
        workdays.keep_day(day=dt.date(2027, 1, 3), kind="workday", name="元旦", by=officer)
        workdays.keep_day(day=dt.date(2027, 3, 8), kind="half_day", name="妇女节", by=officer)
        span = Span(dt.date(2027, 1, 1), dt.date(2027, 4, 1))
        for about in (None, hall.tax, PROGRAMME):
            said = titles(entries_for(clerk, span, about=about))
            assert said == ["元旦（休）", "元旦（班）", "妇女节（半天）"]

    def test_page_service_and_import_are_in_the_next_fetch(self, client, clerk, officer, tmp_path):
        device = Device(client, clerk)
        device.fetch()
        client.force_login(officer)
        given = {"day": "2027-05-03", "kind": "holiday", "name": "劳动节", "source": ""}
        assert client.post(reverse("workdays:day"), given).status_code == 302
        client.logout()
        assert "劳动节（休）" in device.fetch()
        assert device.fetch() is None
        workdays.keep_day(day=dt.date(2027, 5, 3), kind="workday", name="劳动节", by=officer)
        changed = device.fetch()
        assert "劳动节（班）" in changed
        assert "劳动节（休）" not in changed
        path = write_book(tmp_path / "d.xlsx", [["日期", "类型", "名称"], ["2027-06-09", "放假", "端午节"]])
        assert import_file(kind="workdays", path=path, by=officer).created == 1
        assert "端午节（休）" in device.fetch()
        workdays.remove_day(day=dt.date(2027, 6, 9), by=officer)
        assert "端午节（休）" not in device.fetch()
        assert device.fetch() is None


class TestProgramme:
    @pytest.fixture
    def device(self, client, clerk):
        lay_out_site()
        return Device(client, clerk, subject="calendars.programme", off=["workdays.days"])

    def notice(self, title, day=TODAY):
        return publish_notice(title=title, text="内容", issuing_unit="办公室", by=None, date=day)

    def test_notices_that_everybody_may_open(self, device):
        self.notice("消防演练")
        kept, secret, locked = self.notice("登录可见"), self.notice("只给工会"), self.notice("密码")
        draft = self.notice("草稿")
        draft.unpublish()
        for page, kind in ((kept, "login"), (secret, "groups"), (locked, "password")):
            PageViewRestriction.objects.create(page=page, restriction_type=kind, password="x")
        assert set(device.fetch()) == {"通知：消防演练", "通知：登录可见"}
        assert device.fetch() is None

    def test_rounds_that_have_opened(self, db):
        hall = awards.make_hall()
        with clock.at(awards.BEFORE):
            prepared = awards.plan(hall)
            assert list(rounds.entries(hall.officer, feed_span(awards.BEFORE.date()), about=PROGRAMME)) == []
        with clock.at(awards.OPENS):
            round_service.open_round(election=prepared, by=hall.officer)
            found = titles(rounds.entries(None, feed_span(awards.OPENS.date()), about=PROGRAMME))
        assert len(found) == 2
        assert "投票" in "".join(found)
        assert list(rounds.entries(hall.officer, feed_span(TODAY), about=hall.unit)) == []

    def test_ones_own_calendar_has_no_notices(self, client, clerk, device):
        self.notice("消防演练")
        assert "通知：消防演练" not in Device(client, clerk).fetch()


def test_all_together_stay_at_two_queries(client, clerk, hall, officer, django_assert_num_queries):
    union = make_user(None, "union_officer", "hr_admin")
    for user in (clerk, union):
        device = Device(client, user)
        device.fetch()
        with django_assert_num_queries(2):
            assert device.fetch() is None


@pytest.mark.control
def test_without_the_memory_a_moved_day_would_not_rise(phone, clerk, hall, officer, monkeypatch):
    monkeypatch.setattr(people, "as_remembered", lambda start, entries: list(entries))
    postings.transfer(person=clerk.person, unit=hall.police, starts_on=TODAY + DAY, by=officer)
    first = phone.fetch()["到岗首日：公安分局"]
    Posting.objects.filter(person=clerk.person, ends_on=None).update(starts_on=TODAY + 2 * DAY)
    register.change_person(person=clerk.person, office_phone="8001", by=officer)
    assert phone.fetch()["到岗首日：公安分局"]["SEQUENCE"] == first["SEQUENCE"] == 0
