import pytest

from tests.people.hall import make_hall


@pytest.fixture
def hall(db):
    return make_hall()
