import pytest

from tests import machine


@pytest.fixture
def lacking(monkeypatch):
    monkeypatch.setitem(machine.PARTS, "redis", ("a Redis server", lambda: False))


def test_a_missing_part_is_skipped_aloud(lacking, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="lacks a Redis server"):
        machine.need("redis")


def test_with_ci_a_missing_part_is_a_failure(lacking, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="nothing is skipped"):
        machine.need("redis")


def test_a_part_that_is_there_says_nothing(monkeypatch):
    monkeypatch.setitem(machine.PARTS, "redis", ("a Redis server", lambda: True))
    assert machine.need("redis") is None


def test_chromium_is_the_named_one_or_none(monkeypatch, tmp_path):
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    assert machine.chromium_path() is None
    (tmp_path / "chromium").touch()
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "chromium"))
    assert machine.chromium_path() == str(tmp_path / "chromium")
