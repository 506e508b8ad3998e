import pytest
from wagtail import hooks

from tests.people_of_the_hall import make_user

from .dummy import DummyRule, registered


@pytest.fixture(autouse=True)
def only_the_test_speaks(monkeypatch):
    """Rules and jobs of the real plug-ins stay out: these tests count rows and queries of their own."""
    hooks.get_hooks("register_reminder_rule")  # let Wagtail find every app's hooks first
    for name in ("register_reminder_rule", "register_clock_job"):
        monkeypatch.setitem(hooks._hooks, name, [])


@pytest.fixture
def rule():
    given = DummyRule()
    with registered(given):
        yield given


@pytest.fixture
def member(db):
    return make_user(email="member@hall.test")
