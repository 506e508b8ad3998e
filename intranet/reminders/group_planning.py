"""What the kinds say has become due turns into one post for each robot that carries them."""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict

from django.db import transaction

from .group_models import GroupPost, RobotTopic
from .models import ClockMark
from .planner import FIRST_LOOK_BACK, OVERLAP
from .registry import GroupNoticeKind, group_notice_kinds
from .states import OutboxState

logger = logging.getLogger(__name__)


def plan_posts(now: dt.datetime) -> list[str]:
    """Plan everything due up to ``now`` for the robots that are on; gives the keys of the kinds that failed.

    Each kind has its own mark, as reminder rules have (``planner.plan``): one that fails, or whose plug-in was out,
    is asked about the whole gap the next time.
    """
    listening: dict[str, list[RobotTopic]] = defaultdict(list)
    for topic in RobotTopic.objects.listened_to():
        listening[topic.kind].append(topic)
    if not listening:
        return []
    failed = []
    marks = ClockMark.objects.under("group")
    for key, kind in group_notice_kinds().items():
        if key not in listening:
            continue
        try:
            _plan_kind(kind, listening[key], marks.get(key), now)
        except Exception:
            logger.exception("The kind of group notice %s could not be planned", key)
            failed.append(key)
    return failed


def _plan_kind(kind: GroupNoticeKind, topics: list[RobotTopic], mark: dt.datetime | None, now: dt.datetime) -> None:
    oldest = min(topic.since for topic in topics)
    start = max(oldest, now - FIRST_LOOK_BACK if mark is None else min(mark, now) - OVERLAP)
    posts = [
        GroupPost(
            kind=kind.key,
            object=notice.object,
            occasion=notice.occasion,
            robot_id=topic.robot_id,
            due=notice.due,
            until=notice.until,
            state=OutboxState.EXPIRED if notice.until < now else OutboxState.PLANNED,
        )
        for notice in kind.due(start, now)
        for topic in topics
        # What was due before somebody asked for it is no news.
        if notice.due > topic.since
    ]
    with transaction.atomic():
        GroupPost.objects.bulk_create(posts, ignore_conflicts=True)
        ClockMark.objects.reach({f"group:{kind.key}": now})
