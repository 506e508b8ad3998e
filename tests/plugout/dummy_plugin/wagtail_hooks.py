import datetime as dt

from wagtail import hooks

from intranet import clock
from intranet.calendars.registry import CalendarSource, Entry
from intranet.reminders.registry import ReminderRule, Text
from intranet.socket import SiteUrls
from intranet.ui.registry import DeskCard, NavigationItem

from .models import DummyRow


def entries(viewer, span, about=None):
    day = clock.today()
    return [Entry("dummy-1@hall", "Dummy", day, day + dt.timedelta(days=1), all_day=True)]


@hooks.register("register_desk_card")
def card():
    return DeskCard("dummy.card", "dummy_plugin/card.html", lambda request: {"count": DummyRow.objects.count()})


@hooks.register("register_reminder_rule")
def rule():
    return ReminderRule(
        "dummy.rule", "Dummy", lambda start, end: [], lambda reminders: [Text("Dummy", "") for _one in reminders]
    )


@hooks.register("register_calendar_source")
def source():
    return CalendarSource("dummy.source", "Dummy", entries)


@hooks.register("register_site_urls")
def urls():
    return SiteUrls("dummy_plugin", "dummy/", "tests.plugout.dummy_plugin.urls")


@hooks.register("register_navigation_item")
def item():
    return NavigationItem("dummy.front", "Dummy", "dummy_plugin:front")
