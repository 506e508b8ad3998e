import pytest

from tests.people.hall import make_hall
from tests.people_of_the_hall import make_user


@pytest.fixture
def hall(db):
    return make_hall()


@pytest.fixture
def officer(db):
    return make_user(None, "hr_admin", name="人事员")
