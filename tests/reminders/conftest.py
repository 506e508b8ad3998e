import pytest
from wagtail import hooks

from tests.people_of_the_hall import make_user

from .dummy import DummyRule, registered
from .group_kinds import DummyKind, telling
from .group_service import started


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


@pytest.fixture
def service(tmp_path, settings):
    """A chat service that this machine's operator has allowed, in its own network."""
    found, server = started(tmp_path)
    settings.ROBOT_HOSTS = [found.place]
    settings.ROBOT_CA_FILE = found.authority
    yield found
    found.released.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def kind():
    given = DummyKind()
    with telling(given):
        yield given


@pytest.fixture
def keeper(db):
    """Who looks after the hall's connections."""
    return make_user(None, "system_admin")
