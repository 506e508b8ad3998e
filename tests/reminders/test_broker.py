"""The embedded broker: whole files or none, for everybody who looks at any moment."""

import json
import threading
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

import intranet.celery  # noqa: F401  (puts the house's transport in)
from intranet.reminders import broker


@pytest.fixture
def channels(tmp_path):
    """Two channels on one folder, as beat and the worker have them."""
    options = {name: str(tmp_path / "queue") for name in ("data_folder_in", "data_folder_out")}
    (tmp_path / "queue").mkdir()
    options["control_folder"] = str(tmp_path / "control")
    return [Connection("filesystem://localhost//", transport_options=options).channel() for _ in range(2)]


def test_the_house_puts_its_own_transport_in(channels):
    assert type(channels[0]) is broker.WholeFilesChannel


def test_messages_come_in_their_order(channels):
    sender, reader = channels
    for number in range(3):
        sender._put("hall", {"number": number, "text": "浇水"})
        sender._put("other", {"number": 100 + number})
    assert [reader._get("hall")["number"] for _ in range(3)] == [0, 1, 2]
    with pytest.raises(Empty):
        reader._get("hall")
    assert reader._size("other") == 3


def test_broken_messages_are_thrown_away_and_whole_ones_read(channels, tmp_path, caplog):
    for number, content in enumerate([b"", b'{"body": "ab', b"\xff\xfe"]):
        (tmp_path / "queue" / f"{number}_a.hall.msg").write_bytes(content)
    (tmp_path / "queue" / "9_a.hall.msg").write_text(json.dumps({"body": "abc"}))
    assert channels[0]._get("hall") == {"body": "abc"}
    assert caplog.text.count("half-written") == 3
    assert list((tmp_path / "queue").iterdir()) == []


def looked_at_while_written(channels, monkeypatch) -> list:
    """What a reader gets that looks at the moment before the content of a message is there."""
    sender, reader = channels
    found = []

    def look(payload):
        try:
            found.append(reader._get("hall"))
        except Empty:
            found.append(None)
        except ValueError:
            found.append("broken")
        return json.dumps(payload)

    for module in (filesystem, broker):
        monkeypatch.setattr(module, "dumps", look)
    sender._put("hall", {"number": 1})
    return found


def test_nobody_sees_a_message_before_it_is_whole(channels, monkeypatch):
    assert looked_at_while_written(channels, monkeypatch) == [None]
    assert channels[1]._get("hall") == {"number": 1}


@pytest.mark.control
def test_kombus_own_transport_shows_it_half_written(channels, monkeypatch):
    monkeypatch.setattr(broker.WholeFilesChannel, "_put", filesystem.Channel._put)
    monkeypatch.setattr(broker.WholeFilesChannel, "_get", filesystem.Channel._get)
    assert looked_at_while_written(channels, monkeypatch) == ["broken"]


def test_a_table_is_begun_once_and_whole(channels, tmp_path):
    first, second = channels
    first._queue_bind("hall", "hall", "", "hall")
    second._queue_bind("hall", "other", "", "other")
    assert {bound.queue for bound in first.get_table("hall")} == {"hall", "other"}
    assert [path.name for path in (tmp_path / "control").iterdir()] == ["hall.exchange"]


def test_an_empty_table_is_begun_anew(channels, tmp_path):
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "hall.exchange").touch()
    channels[0]._queue_bind("hall", "hall", "", "hall")
    assert [bound.queue for bound in channels[1].get_table("hall")] == ["hall"]


def test_whoever_begins_a_table_second_leaves_the_first_alone(channels, tmp_path, monkeypatch):
    first, second = channels
    link = broker.os.link

    def beaten(source, target):
        monkeypatch.setattr(broker.os, "link", link)
        second._queue_bind("hall", "other", "", "other")
        link(source, target)

    monkeypatch.setattr(broker.os, "link", beaten)
    first._queue_bind("hall", "hall", "", "hall")
    assert {bound.queue for bound in first.get_table("hall")} == {"hall", "other"}


def test_who_sends_while_another_thread_binds_finds_the_queue(channels, monkeypatch):
    """Otherwise the first tick after a start would go to nobody, and the next comes a minute later."""
    sender, reader = channels
    sender.exchange_declare("race", type="direct")
    begun, go_on = threading.Event(), threading.Event()
    bind = filesystem.Channel._queue_bind

    def slow(channel, *args):
        begun.set()
        go_on.wait(30)
        bind(channel, *args)

    monkeypatch.setattr(filesystem.Channel, "_queue_bind", slow)
    binding = threading.Thread(target=reader.queue_bind, args=("race", "race", "race"))
    binding.start()
    begun.wait(30)
    found = []

    def send():
        sender.queue_bind("race", "race", "race")
        found.extend(sender.get_table("race"))

    sending = threading.Thread(target=send)
    sending.start()
    sending.join(0.3)
    assert sending.is_alive(), "it waits for the table"
    go_on.set()
    for thread in (binding, sending):
        thread.join(30)
    assert [bound.queue for bound in found] == ["race"]
