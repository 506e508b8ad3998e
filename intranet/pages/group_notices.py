"""A notice for chat groups. Everyone who may read a notice that is open to all may pass it on: that is how notices
travel at a hall, from the centre's group into those of the departments. One that is kept to some groups is passed on
by site editors alone, and by no robot: its title would reach people it is kept from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail.models import PageViewRestriction

from intranet.access.roles import SITE_EDITOR
from intranet.reminders.registry import GroupNotice, GroupNoticeKind, GroupText

if TYPE_CHECKING:
    from .models import NoticePage

# After that, who has not been told in the group has read it on the desk.
NEWS_FOR = dt.timedelta(days=3)


def group_text(notice: NoticePage) -> GroupText | None:
    """What a group is told of a notice, in the active language; None when no site shows it."""
    path = notice.get_url()
    if not path:
        return None
    body = _("%(unit)s has issued a notice. Sign in to read it.")
    if notice.must_read:
        body = _("%(unit)s has issued a notice. Sign in to read it, then press “I have read this”.")
    return GroupText(pgettext("group message", "Notice"), notice.title, body % {"unit": notice.issuing_unit}, path)


def may_pass_on(user: Any, notice: NoticePage) -> bool:
    """Whether to offer the text: published, and open to everyone unless the person edits the site."""
    if not user.is_authenticated or not notice.live or not notice.pk:
        return False
    if user.has_role(SITE_EDITOR):
        return True
    return all(one.restriction_type == PageViewRestriction.LOGIN for one in notice.get_view_restrictions())


def _notices() -> Any:
    # By name: the models of this room import this file.
    return apps.get_model("pages", "NoticePage").objects.open_to_all()


def due(start: dt.datetime, end: dt.datetime) -> Iterator[GroupNotice]:
    """When a notice is published for the first time; a correction is no news."""
    found = _notices().filter(first_published_at__gt=start, first_published_at__lte=end)
    for pk, at in found.order_by("first_published_at").values_list("pk", "first_published_at"):
        yield GroupNotice(f"pages.noticepage:{pk}", "published", at, at + NEWS_FOR)


def texts(notices: list[GroupNotice]) -> list[GroupText | None]:
    """None for what has been taken down or kept to some since; a few queries, however many notices."""
    numbers = [int(notice.object.rpartition(":")[2]) for notice in notices]
    found = {notice.pk: notice for notice in _notices().filter(pk__in=numbers)}
    return [group_text(found[number]) if number in found else None for number in numbers]


KIND = GroupNoticeKind("pages.notice", gettext_lazy("Notice published"), due, texts)
