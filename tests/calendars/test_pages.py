import datetime as dt
import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from intranet import clock
from intranet.calendars import services
from intranet.calendars.cards import coming_card
from intranet.calendars.models import FeedToken
from intranet.calendars.months import (
    WEEK,
    agenda_of,
    day_of_text,
    month_of,
    neighbours,
    row_of,
    shown_span,
    steps_around,
    week_of,
    weeks_of,
)
from tests.people_of_the_hall import make_user

from .conftest import HOUR, NOON, entry
from .readers import read_with

DAY = dt.timedelta(days=1)
NOVEMBER = dt.date(2026, 11, 1)
TODAY = dt.date(2026, 11, 24)
# What the form of a subscription holds besides the name of the device.
LOOK = {"title": "", "colour": "teal", "kinds": ["dummy.garden"]}


class TestMonths:
    @pytest.mark.parametrize(
        ("text", "month"),
        [
            ("2026-12", dt.date(2026, 12, 1)),
            ("2026-01", dt.date(2026, 1, 1)),
            ("2000-01", dt.date(2000, 1, 1)),
            ("2099-12", dt.date(2099, 12, 1)),
            *[(odd, NOVEMBER) for odd in ("", "2026-13", "2026-00", "1999-12", "2100-01", "x", "2026-1", "²⁰²⁶-12")],
        ],
    )
    def test_which_month(self, text, month):
        assert month_of(text, TODAY) == month

    def test_neighbours(self):
        assert neighbours(NOVEMBER) == (dt.date(2026, 10, 1), dt.date(2026, 12, 1))
        assert neighbours(dt.date(2026, 1, 1)) == (dt.date(2025, 12, 1), dt.date(2026, 2, 1))
        assert neighbours(dt.date(2000, 2, 1))[0] == dt.date(2000, 1, 1)
        assert neighbours(dt.date(2099, 11, 1))[1] == dt.date(2099, 12, 1)
        assert neighbours(dt.date(2000, 1, 1)) == (None, dt.date(2000, 2, 1))
        assert neighbours(dt.date(2099, 12, 1)) == (dt.date(2099, 11, 1), None)

    def test_whole_weeks_from_monday(self):
        span = shown_span(NOVEMBER)
        assert (span.start, span.end) == (dt.date(2026, 10, 26), dt.date(2026, 12, 7))

    def test_an_entry_stands_on_each_of_its_days(self):
        entries = [
            entry(uid="days", start=TODAY, end=TODAY + 2 * DAY, all_day=True),
            entry(uid="night", title="值班", start=NOON + 8 * HOUR, end=clock.start_of(TODAY + DAY)),
            entry(uid="long", title="长", start=dt.date(2026, 10, 1), end=dt.date(2027, 1, 1), all_day=True),
        ]
        weeks = weeks_of(NOVEMBER, entries, TODAY)
        days = {day["day"]: day for week in weeks for day in week}
        assert [one["title"] for one in days[TODAY]["entries"]] == ["浇水", "值班", "长"]
        assert [one["title"] for one in days[TODAY + DAY]["entries"]] == ["浇水", "长"]
        assert [one["title"] for one in days[TODAY + 2 * DAY]["entries"]] == ["长"]
        assert days[TODAY]["today"]
        assert not days[TODAY + DAY]["today"]
        assert days[dt.date(2026, 10, 31)]["outside"]
        assert not days[NOVEMBER]["outside"]
        assert len(days) == 42

    def test_the_agenda_holds_what_touches_the_month(self):
        entries = [
            entry(uid="before", start=dt.date(2026, 10, 30), end=NOVEMBER, all_day=True),
            entry(uid="into", start=dt.date(2026, 10, 30), end=NOVEMBER + DAY, all_day=True),
            entry(uid="timed"),
            entry(uid="after", start=dt.date(2026, 12, 1), end=dt.date(2026, 12, 2), all_day=True),
        ]
        rows = agenda_of(NOVEMBER, entries)
        assert [row["entry"].uid for row in rows] == ["into", "timed"]
        assert [row["time"] for row in rows] == ["", "12:00"]
        whole = entry(start=clock.start_of(NOVEMBER), end=clock.start_of(NOVEMBER + DAY), all_day=True)
        assert [row["time"] for row in agenda_of(NOVEMBER, [whole])] == [""]
        assert (rows[0]["first"], rows[0]["last"]) == (dt.date(2026, 10, 30), NOVEMBER)


@pytest.mark.django_db
class TestPages:
    def test_the_month_shows_ones_own_entries(self, source, client, member):
        source.own[member.pk] = [entry(title="给花浇水"), entry(uid="gone", title="停", cancelled=True)]
        source.own[make_user().pk] = [entry(title="别人的")]
        client.force_login(member)
        page = client.get(reverse("calendars:month")).content.decode()
        assert "给花浇水" in page
        assert "已取消" in page
        assert "别人的" not in page
        assert "?month=2026-10" in page
        assert "?month=2026-12" in page
        assert "本月暂无日程" in client.get(reverse("calendars:month") + "?month=2027-03").content.decode()

    def test_one_entry_as_a_file(self, source, client, member):
        source.own[member.pk] = [entry(uid="a/b@hall"), entry(uid="other@hall")]
        client.force_login(member)
        answer = client.get(reverse("calendars:entry", args=["a/b@hall"]))
        assert answer["Content-Disposition"] == 'attachment; filename="entry.ics"'
        assert answer.content.count(b"BEGIN:VEVENT") == 1
        assert b"UID:a/b@hall" in answer.content
        client.force_login(make_user())
        assert client.get(reverse("calendars:entry", args=["a/b@hall"])).status_code == 404

    def test_subscribing_shows_the_address_once(self, source, client, member):
        client.force_login(member)
        answer = client.post(reverse("calendars:subscriptions"), {**LOOK, "label": "我的手机"})
        assert "no-store" in answer["Cache-Control"]
        page = answer.content.decode()
        [address] = re.findall(r'id="feed-address">([^<]+)<', page)
        assert address.startswith("http://testserver/feeds/")
        assert "data:image/svg+xml" in page
        assert client.get(address).status_code == 200
        again = client.get(reverse("calendars:subscriptions")).content.decode()
        assert "我的手机" in again
        assert address not in again

    def test_a_subscription_needs_a_name(self, client, member):
        client.force_login(member)
        client.post(reverse("calendars:subscriptions"), {**LOOK, "label": " "})
        client.post(reverse("calendars:subscriptions"), {**LOOK, "label": "长" * 61})
        assert not FeedToken.objects.exists()

    def test_ending_and_renewing(self, client, member, address):
        client.force_login(member)
        row = FeedToken.objects.get()
        page = client.post(reverse("calendars:renew", args=[row.pk])).content.decode()
        [new] = re.findall(r'id="feed-address">([^<]+)<', page)
        assert client.get(address).status_code == 404
        assert client.get(new).status_code == 200
        newest = FeedToken.objects.valid().get()
        page = client.post(reverse("calendars:end", args=[newest.pk]), follow=True).content.decode()
        assert "订阅已停用" in page
        assert client.get(new).status_code == 404
        for name in ("end", "renew"):
            page = client.post(reverse(f"calendars:{name}", args=[newest.pk]), follow=True).content.decode()
            assert "该订阅已停用，请重新创建" in page

    def test_a_foreign_subscription_is_a_missing_one(self, client, member, address):
        row = FeedToken.objects.get()
        client.force_login(make_user())
        for name in ("end", "renew"):
            assert client.post(reverse(f"calendars:{name}", args=[row.pk])).status_code == 404
            assert client.get(reverse(f"calendars:{name}", args=[row.pk])).status_code == 405
        row.refresh_from_db()
        assert row.revoked_at is None

    def test_the_list_takes_constant_queries(self, client, member, address):
        client.force_login(member)

        def queries():
            return client.get(reverse("calendars:subscriptions")).headers["Server-Timing"]

        few = queries()
        for number in range(5):
            services.issue_token(user=member, label=f"设备{number}")
        assert queries() == few

    def test_the_desk_card_shows_seven_days(self, source, member):
        request = RequestFactory().get("/")
        request.user = member
        assert coming_card(request) is None
        source.own[member.pk] = [
            entry(uid=f"{n}", start=NOON + n * HOUR, end=NOON + (n + 1) * HOUR) for n in range(7)
        ]
        source.own[member.pk] += [
            entry(uid="gone", cancelled=True),
            entry(uid="past", start=NOON - 9 * DAY, end=NOON - 8 * DAY),
        ]
        assert [row["entry"].uid for row in coming_card(request)["rows"]] == ["0", "1", "2", "3", "4"]

    @pytest.mark.parametrize(
        ("times", "said"),
        [
            ({"start": NOON, "end": NOON + HOUR}, "2026年11月24日 12:00"),
            ({"start": NOON, "end": NOON + DAY + 5.5 * HOUR}, "2026年11月24日 12:00 – 2026年11月25日 17:30"),
            ({"start": NOON, "end": NOON + 12 * HOUR + DAY}, "2026年11月24日 12:00 – 2026年11月25日 24:00"),
            ({"start": TODAY, "end": TODAY + 2 * DAY, "all_day": True}, "2026年11月24日 – 2026年11月25日"),
        ],
    )
    def test_a_span_of_days_says_when_it_ends(self, times, said):
        shown = render_to_string("calendars/when.html", {"row": row_of(entry(**times))})
        assert shown.strip() == said


class TestWeeksAndLists:
    def test_which_day(self):
        for text, day in [
            ("2026-12-01", dt.date(2026, 12, 1)),
            ("2026-08-26", dt.date(2026, 8, 26)),  # 90 days back
            ("2027-12-29", dt.date(2027, 12, 29)),  # 400 days ahead
            *[(odd, TODAY) for odd in ("", "x", "2026-08-25", "2027-12-30", "2026-02-30", "²⁰²⁶-12-01")],
        ]:
            assert day_of_text(text, TODAY) == day, text

    def test_steps_end_where_feeds_do(self):
        assert steps_around(TODAY, WEEK, TODAY) == (TODAY - WEEK, TODAY + WEEK)
        assert steps_around(TODAY - 90 * DAY, WEEK, TODAY) == (None, TODAY - 83 * DAY)
        assert steps_around(TODAY + 400 * DAY, WEEK, TODAY) == (TODAY + 393 * DAY, None)

    def test_a_week_shows_time_and_place(self):
        monday = dt.date(2026, 11, 23)
        entries = [
            entry(title="到岗", location="三楼"),
            entry(title="夜班", start=NOON + 8 * HOUR, end=NOON + 20 * HOUR),
            entry(title="整天", start=TODAY, end=TODAY + DAY, all_day=True),
        ]
        days = {day["day"]: day for day in week_of(monday, entries, TODAY)}
        assert list(days) == [monday + n * DAY for n in range(7)]
        shown = [(one["title"], one["time"], one["place"]) for one in days[TODAY]["entries"]]
        assert shown == [("到岗", "12:00", "三楼"), ("夜班", "20:00", ""), ("整天", "", "")]
        # On its second day it has no time: it did not begin then.
        assert [(one["title"], one["time"]) for one in days[TODAY + DAY]["entries"]] == [("夜班", "")]
        assert [day["today"] for day in days.values()].count(True) == 1


@pytest.mark.django_db
class TestWeekAndAgendaPages:
    def get(self, client, name, query=""):
        answer = client.get(reverse(f"calendars:{name}") + query)
        assert answer.status_code == 200
        return answer.content.decode()

    def test_the_same_entries_in_all_three(self, source, client, member):
        source.own[member.pk] = [
            entry(title="给花浇水", location="三楼"),
            entry(uid="gone", title="停", cancelled=True),
            entry(uid="later", title="年终", start=NOON + 20 * DAY, end=NOON + 21 * DAY),
        ]
        source.own[make_user().pk] = [entry(title="别人的")]
        client.force_login(member)
        for name in ("month", "week", "agenda"):
            page = self.get(client, name)
            assert "给花浇水" in page, name
            assert "三楼" in page, name
            assert "12:00" in page, name
            assert "已取消" in page, name
            assert "别人的" not in page, name
            for other in ("month", "week", "agenda"):
                assert f'href="{reverse(f"calendars:{other}")}"' in page
            assert page.count('aria-current="page"') >= 1
            assert "data-print" in page
        assert "年终" not in self.get(client, "week")
        assert "年终" in self.get(client, "agenda")

    def test_turning_the_pages(self, source, client, member):
        client.force_login(member)
        week = self.get(client, "week")
        assert "?day=2026-11-17" in week
        assert "?day=2026-12-01" in week
        assert "回到本周" not in week
        assert "2026年11月23日 – 2026年11月29日" in week
        assert "回到本周" in self.get(client, "week", "?day=2026-12-02")
        agenda = self.get(client, "agenda")
        assert "?from=2026-10-25" in agenda
        assert "?from=2026-12-24" in agenda
        assert "这 30 天暂无日程" in agenda
        assert "从今天起" in self.get(client, "agenda", "?from=2027-01-01")

    def test_the_last_page_has_no_next(self, source, client, member):
        client.force_login(member)
        page = self.get(client, "week", "?day=2027-12-29")
        assert 'rel="next"' not in page
        assert 'rel="prev"' in page

    def test_constant_queries(self, source, client, member):
        client.force_login(member)

        def queries():
            return [client.get(reverse(f"calendars:{name}")).headers["Server-Timing"] for name in ("week", "agenda")]

        source.own[member.pk] = [entry()]
        few = queries()
        source.own[member.pk] = [entry(uid=f"{n}") for n in range(30)]
        assert queries() == few

    def test_how_to_subscribe_is_said_before_and_after(self, source, client, member):
        client.force_login(member)
        before = self.get(client, "subscriptions")
        after = client.post(reverse("calendars:subscriptions"), {**LOOK, "label": "手机"}).content.decode()
        for page in (before, after):
            for name in (
                "iPhone",
                "小米",
                "华为",
                "OPPO",
                "vivo",
                "钉钉",
                "企业微信",
                "Outlook",
                "Thunderbird",
                "WPS",
            ):
                assert name in page
            assert "一天只更新一次" in page
            assert "以本站提醒为准" in page
        assert "data:image/svg+xml" in after
        assert "webcal://testserver/feeds/" in after

    def test_one_entry_survives_in_another_program(self, source, client, member, tmp_path):
        source.own[member.pk] = [entry(uid="a/b@hall", title="给花浇水🌱", alarm_minutes=30)]
        client.force_login(member)
        data = client.get(reverse("calendars:entry", args=["a/b@hall"])).content
        [found] = read_with("ical.js", data, tmp_path)
        assert (found["uid"], found["title"], found["alarms"]) == ("a/b@hall", "给花浇水🌱", [-30])
        assert found["start"] == NOON.isoformat()
