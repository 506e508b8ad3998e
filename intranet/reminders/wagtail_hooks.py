from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from intranet.access.registry import DemoPart, PrivateField, RolePermissions, SealedField
from intranet.access.roles import SYSTEM_ADMIN
from intranet.ui.registry import DeskCard, NavigationItem

from . import group_sending, robot_cards, robot_demo, robot_facts
from .cards import unread_card
from .demo import load
from .officers import OFFICERS
from .registry import ClockJob


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


@hooks.register("register_desk_card")
def robots_card():
    return DeskCard("reminders.robots", "reminders/robots_card.html", robot_cards.failed_card, order=7, waiting=True)


@hooks.register("register_navigation_item")
def robots_item():
    return NavigationItem(
        "reminders.robots",
        _("Group robots"),
        "reminders:robots",
        lambda user: user.has_role(SYSTEM_ADMIN),
        820,
        "office",
        _("Let notices go into WeCom or DingTalk groups by themselves."),
    )


@hooks.register("register_clock_job")
def group_notices_job():
    # After everything that opens, closes or publishes: what happens in this minute is told in this minute.
    return ClockJob("reminders.group_notices", group_sending.run, order=900)


@hooks.register("register_sealed_field")
def sealed_robots():
    return [SealedField("reminders.Robot", "address_sealed"), SealedField("reminders.Robot", "secret_sealed")]


@hooks.register("register_private_field")
def private_messages():
    return [
        PrivateField("reminders.InboxMessage", name, lambda message: {message.recipient.username})
        for name in ("subject", "body")
    ]


@hooks.register("register_private_field")
def private_robots():
    return [
        PrivateField("reminders.Robot", name, robot_facts.readers_of_address, robot_facts.canary(name))
        for name in ("address_sealed", "secret_sealed")
    ]


@hooks.register("register_role_permissions")
def robot_permissions():
    granted = (f"reminders.{verb}_robot" for verb in ("view", "add", "change"))
    return RolePermissions("reminders.robots", {SYSTEM_ADMIN: tuple(granted)})


@hooks.register("register_log_actions")
def robot_actions(actions):
    for key, label, message in (
        ("reminders.robot_add", _("Add a group robot"), _("Group robot added")),
        ("reminders.robot_change", _("Change a group robot"), _("Group robot changed")),
        ("reminders.robot_on", _("Turn a group robot on"), _("Group robot turned on")),
        ("reminders.robot_off", _("Turn a group robot off"), _("Group robot turned off")),
        ("reminders.robot_test", _("Test a group robot"), _("Test message asked for")),
        ("reminders.robot_remove", _("Take a group robot away"), _("Group robot taken away")),
        ("reminders.group_post_skip", _("Skip a message to a group"), _("Message to a group skipped")),
        ("reminders.group_post_retry", _("Repeat a message to a group"), _("Message to a group tried again")),
    ):
        actions.register_action(key, label, message)


@hooks.register("register_demo")
def robot_demo_part():
    return DemoPart("reminders.robots", 90, robot_demo.load)
