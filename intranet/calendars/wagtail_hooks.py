from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import AccountFact
from intranet.ui.registry import DeskCard, NavigationItem

from .cards import coming_card
from .demo_feeds import feeds_of
from .registry import CalendarSubject
from .subjects import PROGRAMME_KEY, find_programme, programme_choices


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("calendars.subscribe", _("Subscribe to the calendar"), _("Calendar subscription created"))
    actions.register_action("calendars.revoke", _("End a subscription"), _("Calendar subscription ended"))
    actions.register_action("calendars.change", _("Change a subscription"), _("Calendar subscription changed"))
    actions.register_action("calendars.invite", _("Invite by mail"), _("Invited by mail"))
    actions.register_action("calendars.uninvite", _("Withdraw an invitation"), _("Invitation withdrawn"))
    actions.register_action("calendars.move", _("Move a calendar entry"), _("Calendar entry moved"))
    actions.register_action("calendars.cancel", _("Cancel a calendar entry"), _("Calendar entry cancelled"))


@hooks.register("register_calendar_subject")
def calendar_subject():
    return CalendarSubject(PROGRAMME_KEY, _("The hall"), programme_choices, find_programme)


@hooks.register("register_account_fact")
def account_fact():
    return AccountFact("calendars.feed", feeds_of)


@hooks.register("register_desk_card")
def desk_card():
    return DeskCard("calendars.coming", "calendars/desk_card.html", coming_card, order=60)


@hooks.register("register_navigation_item")
def navigation_item():
    return NavigationItem("calendars.month", _("Calendar"), "calendars:month", order=60)
