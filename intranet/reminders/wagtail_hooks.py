from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.ui.registry import DeskCard, NavigationItem

from .cards import unread_card


@hooks.register("register_desk_card")
def desk_card():
    return DeskCard("reminders.unread", "reminders/desk_card.html", unread_card, order=20, waiting=True)


@hooks.register("register_navigation_item")
def navigation_item():
    return NavigationItem("reminders.inbox", _("Reminders"), "reminders:inbox", order=20, area="me")
