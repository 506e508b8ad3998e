"""Several workers at once, each a process of its own, on one database and one service outside of them."""

import os
import subprocess
import sys
from collections import Counter

import pytest
from django.conf import settings

from intranet import clock
from intranet.reminders import robot_services
from intranet.reminders.group_models import GroupPost
from intranet.reminders.robot_test import TEST
from tests.machine import PATIENCE
from tests.people_of_the_hall import make_user

from .dummy import HOUR, MORNING

ROBOTS, POSTS, WORKERS = 4, 10, 3


@pytest.fixture
def posts(own_database, service):
    """Forty messages that wait, ten for each of four robots."""
    keeper = make_user(None, "system_admin")
    for number in range(ROBOTS):
        with clock.at(MORNING - HOUR):
            robot = robot_services.add_robot(
                name=f"群{number}", form="signed", address=service.address(), secret="x" * 20, by=keeper
            )
            robot_services.turn_on(robot=robot, by=keeper)
        GroupPost.objects.bulk_create(
            GroupPost(
                kind=TEST.key, object="test:1", occasion=str(one), robot=robot, due=MORNING, until=MORNING + HOUR
            )
            for one in range(POSTS)
        )
    return own_database


def sent_by_all(database, service, folder, mode="guarded"):
    environment = {
        **os.environ,
        "DATABASE_URL": database.url,
        "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
        "ROBOT_HOSTS": service.place,
        "ROBOT_CA_FILE": service.authority,
    }
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.reminders.send_together", str(folder), str(WORKERS), str(number), mode],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(WORKERS)
    ]
    ended = [(worker, *worker.communicate(timeout=PATIENCE)) for worker in workers]
    for worker, _out, error in ended:
        assert worker.returncode == 0, error
    return [int(out.strip().splitlines()[-1]) for _worker, out, _error in ended]


def test_each_message_goes_once(posts, service, tmp_path):
    sent = sent_by_all(posts, service, tmp_path)
    assert sum(sent) == ROBOTS * POSTS
    deliveries = Counter(heard.headers["X-Nuanjia-Delivery"] for heard in service.heard)
    assert len(deliveries) == ROBOTS * POSTS
    assert set(deliveries.values()) == {1}
    assert set(GroupPost.objects.values_list("state", "tries")) == {("sent", 1)}


@pytest.mark.control
def test_without_the_claim_they_go_more_than_once(posts, service, tmp_path):
    sent_by_all(posts, service, tmp_path, "unguarded")
    deliveries = Counter(heard.headers["X-Nuanjia-Delivery"] for heard in service.heard)
    assert max(deliveries.values()) > 1
