"""The message with which somebody looks whether a robot speaks."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from .registry import GroupNotice, GroupNoticeKind, GroupText

# After that nobody is looking into the group any more.
WORTH = dt.timedelta(hours=1)


def _texts(notices: list[GroupNotice]) -> list[GroupText | None]:
    text = GroupText(
        tag=pgettext("group message", "Test"),
        title=_("The group robot works"),
        body=_("this is a test message. There is nothing for you to do."),
        path="/",
    )
    return [text for _one in notices]


# Not registered: nobody chooses it, it is asked for on the robot's page.
TEST = GroupNoticeKind("reminders.robot_test", gettext_lazy("Test message"), lambda start, end: [], _texts)
