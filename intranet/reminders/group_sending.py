"""Posts on their way: claimed, written, sent, and settled one by one; never in a request."""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_variables

from intranet import clock
from intranet.access.sealed import SealBroken, unseal

from . import robot_addresses
from .channels import BACK_OFF, MAX_TRIES
from .exceptions import RobotError
from .group_models import GroupPost, Robot
from .group_planning import plan_posts
from .registry import GroupNoticeKind, GroupText, group_notice_kinds
from .robot_calls import TOO_MANY, CallFailed, call
from .robot_messages import message_for
from .robot_test import TEST
from .states import OutboxState

logger = logging.getLogger(__name__)

# The services take twenty a minute and count by their own clocks: stay well below.
A_MINUTE = 15
BATCH = 5
HOLD = dt.timedelta(minutes=3)
SILENCE = dt.timedelta(minutes=10)
# Seconds after which nothing new is begun: reminders wait for the tick that runs this.
LONGEST = 20.0

NOT_WRITTEN = gettext_noop("The text of the message could not be made.")
NOT_OPENED = gettext_noop("The kept address cannot be opened or is no longer allowed. Enter it again.")


class GroupNoticesFailed(Exception):
    """Some kinds could not be planned; the rest was done."""


def run(now: dt.datetime) -> None:
    """The clock job: plan, then send. Raises GroupNoticesFailed at the end for kinds that failed."""
    failed = plan_posts(now)
    send_posts(now)
    if failed:
        raise GroupNoticesFailed(", ".join(failed))


def known_kinds() -> dict[str, GroupNoticeKind]:
    return {**group_notice_kinds(), TEST.key: TEST}


def send_posts(now: dt.datetime, longest: float = LONGEST) -> Counter[str]:
    """Send what is due and still worth it; gives how many posts ended in which state.

    Safe in several processes at once. A robot whose address does not answer is left for its next try, and the
    other robots go on.
    """
    stop = time.monotonic() + longest
    outcome: Counter[str] = Counter()
    if expired := GroupPost.objects.outdated(now).settle(OutboxState.EXPIRED):
        outcome[OutboxState.EXPIRED] = expired
    kinds = known_kinds()
    ready = GroupPost.objects.deliverable(now).filter(kind__in=list(kinds))
    for robot in Robot.objects.speaking().filter(pk__in=ready.order_by().values("robot")).order_by("pk"):
        while time.monotonic() < stop and (batch := claim(robot, kinds, now)):
            settled, goes_on = _send_batch(robot, batch, kinds, now, stop)
            outcome += settled
            if not goes_on:
                break
    return outcome


def claim(robot: Robot, kinds: dict[str, GroupNoticeKind], now: dt.datetime) -> list[GroupPost]:
    """Take the robot's next posts for this run alone, no more than its service takes in a minute.

    The robot's row is the lock: two processes must not both use up the same minute.
    """
    mine, real = uuid.uuid4(), clock.real_now()
    with transaction.atomic():
        if not Robot.objects.speaking().select_for_update().filter(pk=robot.pk).exists():
            return []
        posts = GroupPost.objects.filter(robot=robot)
        room = A_MINUTE - posts.filter(tried_at__gt=real - dt.timedelta(minutes=1)).count()
        keys = list(posts.deliverable(now).filter(kind__in=list(kinds)).values_list("pk", flat=True)[:BATCH])[
            : max(room, 0)
        ]
        if not keys:
            return []
        posts.filter(pk__in=keys).update(state=OutboxState.CLAIMED, claim=mine, claimed_until=real + HOLD)
    return list(GroupPost.objects.held_by(mine).order_by("kind", "due", "pk"))


def _send_batch(
    robot: Robot, batch: list[GroupPost], kinds: dict[str, GroupNoticeKind], now: dt.datetime, stop: float
) -> tuple[Counter[str], bool]:
    """How the posts ended, and whether there is use in going on with this robot now."""
    outcome: Counter[str] = Counter()
    texts = _texts(batch, kinds)
    for position, post in enumerate(batch):
        if time.monotonic() > stop:
            _put_back(batch[position:])
            return outcome, False
        text = texts.get(post.pk, NOT_WRITTEN)
        if text is None:
            outcome[OutboxState.SKIPPED] += _held(post).settle(OutboxState.SKIPPED)
        elif isinstance(text, str):
            outcome += _try_again(post, now, CallFailed(text))
        elif _begun(post):
            try:
                _tell(robot, post, text)
            except CallFailed as failed:
                logger.warning("Robot %s did not take message %s: %s", robot.pk, post.pk, failed.reason)
                outcome += _try_again(post, now, failed)
                _remember_failure(robot, now, failed)
                _put_back(batch[position + 1 :])
                return outcome, False
            outcome += _sent(robot, post, now)
    return outcome, True


def _texts(batch: list[GroupPost], kinds: dict[str, GroupNoticeKind]) -> dict[int, GroupText | None]:
    """The words of each post by its key, in the hall's language; those of a kind that fails are missing."""
    written: dict[int, GroupText | None] = {}
    for key in dict.fromkeys(post.kind for post in batch):
        posts = [post for post in batch if post.kind == key]
        try:
            with translation.override(settings.LANGUAGE_CODE):
                texts = kinds[key].texts([post.notice for post in posts])
            written |= {post.pk: text for post, text in zip(posts, texts, strict=True)}
        except Exception:
            logger.exception("The kind of group notice %s could not write its texts", key)
    return written


@sensitive_variables("address", "secret", "message")
def _tell(robot: Robot, post: GroupPost, text: GroupText) -> None:
    try:
        address = robot_addresses.read(unseal(robot.address_sealed), robot.form)
        secret = unseal(robot.secret_sealed)
    except (SealBroken, RobotError):
        raise CallFailed(NOT_OPENED) from None
    try:
        message = message_for(robot, post, text, secret, clock.real_now())
    except Exception as error:
        # Counted as a try like any other: a text nobody can write must not come back for ever.
        logger.warning("Message %s could not be made: %s", post.pk, type(error).__name__)
        raise CallFailed(NOT_WRITTEN) from None
    call(robot.form, address, message)


def _held(post: GroupPost):
    return GroupPost.objects.filter(pk=post.pk).held_by(post.claim)


def _begun(post: GroupPost) -> bool:
    """Still ours, and the robot has not been turned off meanwhile; from here on it counts for the minute."""
    real = clock.real_now()
    if _held(post).filter(robot__is_on=True).update(claimed_until=real + HOLD, tried_at=real):
        return True
    _held(post).settle(OutboxState.SKIPPED)
    return False


def _sent(robot: Robot, post: GroupPost, now: dt.datetime) -> Counter[str]:
    with transaction.atomic():
        sent = _held(post).settle(
            OutboxState.SENT, tries=post.tries + 1, sent_at=now, failure="", code=None, next_try=None
        )
        Robot.objects.filter(pk=robot.pk).update(last_success_at=now)
    return Counter({OutboxState.SENT: sent})


def _try_again(post: GroupPost, now: dt.datetime, failed: CallFailed) -> Counter[str]:
    """Count one try: the next comes after a growing pause, and the fifth is the last."""
    tries = post.tries + 1
    last = tries >= MAX_TRIES
    state = OutboxState.FAILED if last else OutboxState.PLANNED
    pause = max(BACK_OFF[min(tries, len(BACK_OFF)) - 1], SILENCE if failed.reason == TOO_MANY else dt.timedelta(0))
    settled = _held(post).settle(
        state, tries=tries, next_try=None if last else now + pause, failure=failed.reason, code=failed.code
    )
    return Counter({state: settled})


def _remember_failure(robot: Robot, now: dt.datetime, failed: CallFailed) -> None:
    silent = clock.real_now() + SILENCE if failed.reason == TOO_MANY else None
    Robot.objects.filter(pk=robot.pk).update(last_failure_at=now, silent_until=silent)


def _put_back(posts: list[GroupPost]) -> None:
    """Give back what was claimed and not begun; this is no try."""
    if posts:
        GroupPost.objects.filter(pk__in=[post.pk for post in posts]).held_by(posts[0].claim).settle(
            OutboxState.PLANNED
        )
