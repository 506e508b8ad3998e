from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import DemoPart
from intranet.ui.registry import DeskCard, NavigationItem

from .cards import unread_card
from .demo import load
from .officers import OFFICERS


@hooks.register("register_desk_card")
def desk_card():
    return DeskCard("reminders.unread", "reminders/desk_card.html", unread_card, order=20, waiting=True)


@hooks.register("register_navigation_item")
def navigation_items():
    return [
        NavigationItem("reminders.inbox", _("Reminders"), "reminders:inbox", order=20, area="me"),
        NavigationItem(
            "reminders.outlook",
            _("To be sent"),
            "reminders:outlook",
            visible=lambda user: user.has_role(*OFFICERS),
            order=70,
            area="office",
            sentence=_("See what goes out in the next 14 days, hold it back, and edit the texts"),
        ),
    ]


@hooks.register("register_log_actions")
def log_actions(actions):
    actions.register_action("reminders.keep_wishes", _("Keep wishes"), _("Wishes for reminders kept"))
    actions.register_action("reminders.hold", _("Hold a reminder"), _("Reminder held"))
    actions.register_action("reminders.skip", _("Leave a reminder out"), _("Reminder left out"))
    actions.register_action("reminders.release", _("Release a reminder"), _("Reminder released"))
    actions.register_action("reminders.retry", _("Try a reminder again"), _("Reminder tried again"))
    actions.register_action("reminders.set_kind", _("Set a kind of reminder"), _("Kind of reminder set"))
    actions.register_action("reminders.keep_text", _("Edit the text of a reminder"), _("Text of a reminder edited"))
    actions.register_action(
        "reminders.original_text", _("Go back to the original text"), _("Original text of a reminder in use again")
    )


@hooks.register("register_demo")
def demo():
    return DemoPart("reminders", 90, load)
