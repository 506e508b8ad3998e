"""Keeping robots: entering, turning on and off, testing, taking away; and one message by hand."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from intranet import clock
from intranet.access import audit
from intranet.access.sealed import seal

from . import robot_addresses
from .exceptions import RobotError
from .group_models import GroupPost, Robot, RobotTopic
from .registry import group_notice_kinds
from .robot_test import TEST, WORTH
from .states import OutboxState

# A secret of the hall's own making is the only thing that tells its receiver who speaks.
SHORTEST_SECRET = 16


@sensitive_variables("address", "secret")
def add_robot(*, name: str, form: str, address: str, secret: str = "", kinds: Iterable[str] = (), by: Any) -> Robot:
    """Enter a robot, turned off. Raises RobotError for an address or secret that its form does not have."""
    robot = Robot(name=name.strip(), form=form)
    _set_address(robot, address)
    _set_secret(robot, secret)
    with transaction.atomic():
        _save(robot)
        _set_topics(robot, kinds)
        audit.record("reminders.robot_add", robot, by=by, data={"form": form, "kinds": sorted(kinds)})
    return robot


@sensitive_variables("address", "secret")
def change_robot(
    *, robot: Robot, name: str, kinds: Iterable[str], address: str = "", secret: str = "", by: Any
) -> Robot:
    """Change what a robot is called, carries, or where it writes; an empty address or secret stays as it is.

    A kind that is new to it is carried from now on. Raises RobotError as ``add_robot`` does.
    """
    with transaction.atomic():
        robot = _locked(robot)
        robot.name = name.strip()
        if address:
            _set_address(robot, address)
        if secret:
            _set_secret(robot, secret)
        _save(robot)
        _set_topics(robot, kinds)
        data = {"kinds": sorted(kinds), "new_address": bool(address), "new_secret": bool(secret)}
        audit.record("reminders.robot_change", robot, by=by, data=data)
    return robot


@transaction.atomic
def turn_on(*, robot: Robot, by: Any) -> Robot:
    """From now on the robot tells what becomes due; nothing from before. A second time changes nothing."""
    robot = _locked(robot)
    if robot.is_on:
        return robot
    robot.is_on, robot.silent_until = True, None
    robot.save(update_fields=["is_on", "silent_until"])
    robot.topics.update(since=clock.now())
    audit.record("reminders.robot_on", robot, by=by)
    return robot


@transaction.atomic
def turn_off(*, robot: Robot, by: Any) -> Robot:
    """Nothing leaves through this robot any more; what waited is skipped, not kept for later."""
    robot = _locked(robot)
    if robot.is_on:
        _silence(robot)
        audit.record("reminders.robot_off", robot, by=by)
    return robot


@transaction.atomic
def remove_robot(*, robot: Robot, by: Any) -> None:
    """Take a robot away: address and secret are erased, the record of what it told stays in the database."""
    robot = _locked(robot)
    _silence(robot)
    robot.removed_at = clock.now()
    robot.address_sealed = robot.secret_sealed = robot.shown = ""
    robot.save(update_fields=["removed_at", "address_sealed", "secret_sealed", "shown"])
    robot.topics.all().delete()
    audit.record("reminders.robot_remove", robot, by=by)


@transaction.atomic
def send_test(*, robot: Robot, by: Any) -> GroupPost:
    """Queue a test message; a worker sends it within a minute. Raises RobotError while the robot is off."""
    robot = _locked(robot)
    if not robot.is_on:
        raise RobotError(_("Turn the robot on first: while it is off, nothing leaves the hall, not even a test."))
    now = clock.now()
    label = f"reminders.robot:{robot.pk}"
    waiting = GroupPost.objects.filter(kind=TEST.key, robot=robot).waiting().filter(until__gte=now)
    if waiting.exists():
        raise RobotError(_("A test message is on its way already. Wait a minute and look into the group."))
    post = GroupPost.objects.create(
        kind=TEST.key, object=label, occasion=uuid.uuid4().hex, robot=robot, due=now, until=now + WORTH
    )
    audit.record("reminders.robot_test", robot, by=by)
    return post


@transaction.atomic
def skip_post(*, post: GroupPost, by: Any) -> None:
    """Do not send one that waits. Raises RobotError when it is on its way or settled."""
    if not GroupPost.objects.filter(pk=post.pk).waiting().settle(OutboxState.SKIPPED):
        raise RobotError(_("This message does not wait any more: it is being sent, or it is done."))
    audit.record("reminders.group_post_skip", post, by=by)


@transaction.atomic
def retry_post(*, post: GroupPost, by: Any) -> None:
    """Try one again that has failed for good. Raises RobotError when it is not worth sending any more."""
    failed = GroupPost.objects.filter(pk=post.pk, state=OutboxState.FAILED, until__gte=clock.now())
    if not failed.filter(robot__is_on=True).update(state=OutboxState.PLANNED, tries=0, next_try=None):
        raise RobotError(_("This message can't be sent again: its time has passed, or the robot is turned off."))
    audit.record("reminders.group_post_retry", post, by=by)


def _locked(robot: Robot) -> Robot:
    found = Robot.objects.kept().select_for_update().filter(pk=robot.pk).first()
    if found is None:
        raise RobotError(_("This robot has been taken away meanwhile."))
    return found


def _silence(robot: Robot) -> None:
    robot.is_on = False
    robot.save(update_fields=["is_on"])
    robot.posts.waiting().settle(OutboxState.SKIPPED)


@sensitive_variables("address")
def _set_address(robot: Robot, address: str) -> None:
    found = robot_addresses.read(address, robot.form)
    robot.address_sealed, robot.shown = seal(address.strip()), found.shown


@sensitive_variables("secret")
def _set_secret(robot: Robot, secret: str) -> None:
    secret = secret.strip()
    if robot.form == Robot.Form.WECOM and secret:
        raise RobotError(_("WeCom robots have no secret. Leave the field empty."))
    if robot.form == Robot.Form.SIGNED and len(secret) < SHORTEST_SECRET:
        raise RobotError(
            _("A signed webhook needs a secret of at least %(length)d characters, the same as its receiver has.")
            % {"length": SHORTEST_SECRET}
        )
    robot.secret_sealed = seal(secret)


def _save(robot: Robot) -> None:
    if not robot.name:
        raise RobotError(_("Give the robot a name, for example that of the group."))
    try:
        with transaction.atomic():
            robot.save()
    except IntegrityError as error:
        raise RobotError(_("There is a robot of this name already. Choose another one.")) from error


def _set_topics(robot: Robot, kinds: Iterable[str]) -> None:
    """A kind whose plug-in is out at present stays as it was: nobody could choose it."""
    known, wanted = set(group_notice_kinds()), set(kinds)
    if wanted - known:
        raise RobotError(_("This kind of notice does not exist. Open the page again."))
    robot.topics.filter(kind__in=known - wanted).delete()
    has, now = set(robot.topics.values_list("kind", flat=True)), clock.now()
    RobotTopic.objects.bulk_create(RobotTopic(robot=robot, kind=key, since=now) for key in sorted(wanted - has))
