"""Fixtures every room's tests share."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

hypothesis_settings.register_profile(
    "hall",
    max_examples=int(os.environ.get("EXAMPLES", "200" if os.environ.get("FULL") != "1" else "10000")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
hypothesis_settings.load_profile("hall")


# A test with none of these (and no django_db) opens no database.
DATABASES = {"db", "transactional_db", "own_database", "halls", "start_hall"}


def pytest_collection_modifyitems(config, items):
    """The second run of one proof, on the other database (``SECOND_RUN=1``), leaves out what it cannot change: tests
    that open no database, and those that say so by ``once``. ``make test`` by itself leaves out nothing.
    """
    if os.environ.get("SECOND_RUN") != "1":
        return
    left_out = [item for item in items if item.get_closest_marker("once") or not _opens_a_database(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in set(left_out)]


def _opens_a_database(item) -> bool:
    return bool(item.get_closest_marker("django_db")) or not DATABASES.isdisjoint(item.fixturenames)


@pytest.fixture(autouse=True)
def chinese_first():
    """A request in English leaves its language in the thread; the next test begins in Chinese again."""
    from django.conf import settings
    from django.utils import translation

    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker):
    """A copy of one migrated template for each worker, instead of migrating each time."""
    from tests.database import copy_of_template, discard

    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        name = copy_of_template(worker)
    yield
    with django_db_blocker.unblock():
        discard(name)


@pytest.fixture(scope="session", autouse=True)
def a_test_may_empty_its_database():
    """``transaction=True`` and ``live_server`` delete every row when they are done; on SQLite one by one, which the
    audit log refuses. PostgreSQL truncates.
    """
    from django.db.backends.sqlite3.base import DatabaseWrapper

    from intranet.access import append_only

    empty = DatabaseWrapper.ops_class.execute_sql_flush

    def emptied(operations, sql_list):
        append_only.release(operations.connection)
        empty(operations, sql_list)
        append_only.protect(operations.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseWrapper.ops_class, "execute_sql_flush", emptied)
        yield


@dataclass(frozen=True)
class OwnDatabase:
    """A database of the test's own: real commits, other threads and other processes."""

    name: str
    url: str


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A fresh copy of the template with real transactions, thrown away afterwards.

    For tests with threads or processes; instead of ``django_db(transaction=True)``, whose
    flush would also empty what migrations wrote.
    """
    from django.db import connection

    from tests.database import _use, address_of, copy_of_template, discard

    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        name = copy_of_template(uuid.uuid4().hex[:8])
        yield OwnDatabase(name, address_of(name))
        discard(name)
        _use(before)


@pytest.fixture(scope="session")
def chromium():
    """One Chromium for the worker; every test opens contexts of its own."""
    from tests.chromium import browser

    yield from browser()


@pytest.fixture(scope="session")
def halls(tmp_path_factory):
    """Demo halls at work or standing still (tests.halls.Halls), thrown away when the worker is done."""
    from tests.halls import Halls

    made = Halls(tmp_path_factory.mktemp)
    yield made
    made.close()


@pytest.fixture
def start_hall(halls):
    """``start_hall(demo=True, clock="…")``: a running hall of one's own, from the demo copy or empty.

    It ends with the test: its clock would tick on beside those that follow.
    """
    started = []

    def start(**how):
        started.append(halls.start(**how))
        return started[-1]

    yield start
    for hall in started:
        hall.ask_to_stop()
