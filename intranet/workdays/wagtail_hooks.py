from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access import roles
from intranet.access.registry import RolePermissions
from intranet.calendars.registry import CalendarSource
from intranet.ui.registry import NavigationItem

from . import calendars, papers
from .sheets import WORKDAYS


@hooks.register("register_navigation_item")
def navigation_items():
    return [
        NavigationItem("workdays.days", _("Workdays and holidays"), "workdays:this_year", order=80),
    ]


@hooks.register("register_role_permissions")
def role_permissions():
    return RolePermissions(
        "workdays",
        {
            roles.HR_ADMIN: (
                "workdays.view_day",
                "workdays.add_day",
                "workdays.change_day",
                "workdays.delete_day",
                "workdays.view_year",
                "workdays.change_year",
            )
        },
    )


@hooks.register("register_calendar_source")
def calendar_source():
    return CalendarSource("workdays.days", _("Holidays and make-up workdays"), calendars.entries, calendars.stamps)


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("workdays.import", _("Import days"), _("Days imported"))
    actions.register_action("workdays.keep_day", _("Name a day"), _("Day named"))
    actions.register_action("workdays.remove_day", _("Remove a day"), _("Day removed"))
    actions.register_action("workdays.announce", _("Mark a year"), _("Year marked"))


@hooks.register("register_paper")
def paper_kinds():
    return papers.MATERIAL


@hooks.register("register_sheet")
def sheets():
    return WORKDAYS
