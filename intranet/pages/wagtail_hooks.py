from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.models import Page
from wagtail.permissions import register_permission_policy

from intranet.access.registry import DemoPart
from intranet.access.roles import SITE_EDITOR
from intranet.calendars.registry import CalendarSource
from intranet.reminders.registry import ClockJob
from intranet.ui.registry import DeskCard, NavigationItem

from . import admin, calendars, cards, demo, group_notices, jobs, papers, permissions
from .policies import KnownPagesPolicy
from .unplugged import is_unplugged, only_known

register_permission_policy(Page, KnownPagesPolicy(Page))


@hooks.register("register_desk_card")
def desk_cards():
    return [
        DeskCard("pages.must_read", "pages/cards/must_read.html", cards.must_read, order=10, waiting=True),
        DeskCard("pages.notices", "pages/cards/notices.html", cards.newest_notices, order=80),
    ]


@hooks.register("register_navigation_item")
def navigation_items():
    return [
        NavigationItem("pages.desk", _("My desk"), "pages:desk", order=10),
        NavigationItem("pages.home", _("Home"), "pages:home", order=20),
        NavigationItem("pages.news", _("News"), "pages:news", order=30),
        NavigationItem("pages.notices", _("Notices"), "pages:notices", order=40),
        NavigationItem("pages.search", _("Search"), "pages:search", order=90),
        NavigationItem(
            "pages.editing",
            _("Edit pages"),
            "wagtailadmin_explore_root",
            visible=lambda user: user.has_role(SITE_EDITOR),
            order=20,
            area="office",
            sentence=_("Write notices and news, and see who has read them."),
        ),
    ]


@hooks.register("register_role_permissions")
def role_permissions():
    return permissions.EDITORS


@hooks.register("register_calendar_source")
def calendar_source():
    return CalendarSource(
        "pages.notices", _("Notices (in the public programme)"), calendars.entries, calendars.stamps
    )


@hooks.register("register_clock_job")
def clock_jobs():
    return ClockJob("pages.publish_scheduled", jobs.publish_scheduled, order=20)


@hooks.register("register_group_notice")
def group_notice_kinds():
    return group_notices.KIND


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("pages.confirm_read", _("Confirm reading"), _("Reading confirmed"))


@hooks.register("before_serve_page")
def no_page_of_an_absent_application(page, request: HttpRequest, args, kwargs):
    if is_unplugged(page):
        raise Http404


@hooks.register("construct_explorer_page_queryset")
def explorer_without_absent_applications(parent_page, pages, request: HttpRequest):
    return only_known(pages)


@hooks.register("construct_page_chooser_queryset")
def chooser_without_absent_applications(pages, request: HttpRequest):
    return only_known(pages)


@hooks.register("construct_main_menu")
def only_what_makes_sense(request: HttpRequest, menu_items):
    menu_items[:] = admin.fitting(menu_items, request.user)


@hooks.register("construct_homepage_panels")
def quiet_front(request: HttpRequest, panels):
    panels[:] = admin.fitting_panels(panels)


@hooks.register("register_paper")
def paper_kinds():
    return [papers.NOTICE, papers.MATERIAL]


@hooks.register("register_demo")
def demo_part():
    return DemoPart("pages", 20, demo.load)
