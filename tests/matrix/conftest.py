import pytest


def pytest_addoption(parser):
    parser.addoption("--record", action="store_true", help="write the measured matrix into the matrix.jsonl files")


@pytest.fixture
def recording(request):
    return request.config.getoption("--record", default=False)
