"""What a killed process leaves in the embedded broker's folder does not stop the next worker."""

import json

import pytest

from intranet.reminders.broker import drop_broken_messages


@pytest.fixture
def queue(tmp_path, settings):
    settings.CELERY_BROKER_URL = "filesystem://localhost//"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_in": str(tmp_path)}
    return tmp_path


def test_half_written_messages_go_and_whole_ones_stay(queue):
    (queue / "1_a.celery.msg").write_text("")
    (queue / "2_b.celery.msg").write_text('{"body": "ab')
    (queue / "3_c.celery.msg").write_bytes(b"\xff\xfe")
    (queue / "4_d.celery.msg").write_text(json.dumps({"body": "abc"}))
    assert drop_broken_messages() == 3
    assert [path.name for path in queue.iterdir()] == ["4_d.celery.msg"]
    assert drop_broken_messages() == 0


def test_a_broker_that_is_a_server_has_no_folder(queue, settings):
    (queue / "1_a.celery.msg").write_text("")
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:6379/0"
    assert drop_broken_messages() == 0
    assert (queue / "1_a.celery.msg").exists()
