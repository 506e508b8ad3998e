"""What the clock does for pages."""

from __future__ import annotations

import datetime as dt

from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Revision

from intranet import clock

from .unplugged import known_types, only_known


def publish_scheduled(now: dt.datetime) -> None:
    """Publish what has a date of publication that has come, take down what has expired.

    Wagtail's command of this name asks the operating system for the time, so a rehearsal would not move
    it, and stops at the first page of an application that is not plugged in.
    """
    for page in only_known(Page.objects.filter(live=True, expire_at__lte=now)).order_by("expire_at").specific():
        page.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    due = Revision.page_revisions.filter(approved_go_live_at__lte=now, content_type__in=known_types())
    for revision in due.order_by("approved_go_live_at"):
        action = PublishPageRevisionAction(revision, log_action="wagtail.publish.scheduled")
        # The action holds the date against the operating system's clock once more.
        action.object.go_live_at = min(revision.approved_go_live_at, clock.real_now())
        action.execute(skip_permission_checks=True)
