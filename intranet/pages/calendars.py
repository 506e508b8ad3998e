"""Notices in the hall's public programme, on their day of issue."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import PageViewRestriction

from intranet.calendars.registry import PROGRAMME, Entry, Span, Stamp

from .models import NoticePage
from .unplugged import only_known


def entries(viewer: Any, span: Span, about: Any = None) -> Iterator[Entry]:
    """Only for the programme: in one's own calendar a notice would be an appointment one never made."""
    if about is not PROGRAMME:
        return
    rows = open_to_everybody().filter(date__gte=span.start, date__lt=span.end).order_by("date", "pk")
    for notice in rows:
        yield Entry(
            # Another day of issue is another entry, as a corrected paper is another paper.
            uid=f"pages.notice.{notice.pk}.{notice.date.isoformat()}",
            title=_("Notice: %(title)s") % {"title": notice.title},
            start=notice.date,
            end=notice.date + dt.timedelta(days=1),
            all_day=True,
            updated=notice.last_published_at,
            url=notice.url or "",
        )


def open_to_everybody() -> Any:
    """Published notices that everybody at the hall may open, whoever asks: the programme hangs on a wall."""
    rows = only_known(NoticePage.objects.filter(live=True))
    closed = Q()
    restrictions = PageViewRestriction.objects.exclude(restriction_type=PageViewRestriction.LOGIN)
    for restriction in restrictions.select_related("page"):
        closed |= Q(path__startswith=restriction.page.path)
    return rows.exclude(closed) if closed else rows


def stamps(viewer: Any) -> list[Stamp]:
    """Nothing of it is in anybody's own calendar."""
    return []
