"""One call to a service that answers, refuses, dawdles, leads elsewhere or lies about its name."""

import socket
import time

import pytest

from intranet.reminders import robot_addresses, robot_calls
from intranet.reminders.robot_addresses import read
from intranet.reminders.robot_calls import CallFailed, call
from intranet.reminders.robot_messages import Message

MESSAGE = Message(b'{"a":1}', {"Content-Type": "application/json", "X-One": "1"}, "timestamp=1&sign=a%2Bb")


def failed(service, form="wecom", path="/hook?key=0123456789secret"):
    with pytest.raises(CallFailed) as raised:
        call(form, read(service.address(path), form), MESSAGE)
    return raised.value.reason, raised.value.code


def test_a_message_that_is_taken(service):
    call("wecom", read(service.address(), "wecom"), MESSAGE)
    [heard] = service.heard
    assert heard.path == "/hook?key=0123456789secret&timestamp=1&sign=a%2Bb"
    assert heard.body == MESSAGE.body
    assert heard.headers["X-One"] == "1"
    assert heard.headers["Host"] == service.place


def test_a_query_is_added_where_there_is_none(service):
    call("signed", read(service.address("/hook"), "signed"), MESSAGE)
    assert service.heard[0].path == "/hook?timestamp=1&sign=a%2Bb"


def test_a_signed_webhook_may_answer_anything_with_a_status_of_two_hundred(service):
    service.status, service.answer = 204, b""
    call("signed", read(service.address(), "signed"), MESSAGE)
    service.status, service.answer = 201, b"<html>"
    call("signed", read(service.address(), "signed"), MESSAGE)
    assert len(service.heard) == 2


@pytest.mark.parametrize(
    ("form", "code", "reason"),
    [
        ("wecom", 93000, robot_calls.INVALID),
        ("wecom", 45009, robot_calls.TOO_MANY),
        ("wecom", 310000, robot_calls.REFUSED),
        ("dingtalk", 310000, robot_calls.WRONG_SECRET),
        ("dingtalk", 300001, robot_calls.INVALID),
        ("dingtalk", 130101, robot_calls.TOO_MANY),
        ("dingtalk", -1, robot_calls.REFUSED),
    ],
)
def test_what_the_services_say_in_a_number(service, form, code, reason):
    service.says(code)
    assert failed(service, form) == (reason, code)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (500, robot_calls.REFUSED),
        (404, robot_calls.REFUSED),
        (429, robot_calls.TOO_MANY),
        (301, robot_calls.REDIRECTED),
    ],
)
@pytest.mark.parametrize("form", ["wecom", "signed"])
def test_what_they_say_in_a_status(service, status, reason, form):
    service.status = status
    assert failed(service, form) == (reason, status)


@pytest.mark.parametrize(
    "answer",
    [b"<html>ok</html>", b"", b"[]", b"{}", b'{"errcode":"0"}', b'{"errcode":null}', b'{"errcode":false}', b"\xff"],
)
def test_no_answer_of_a_robot(service, answer):
    service.answer = answer
    assert failed(service) == (robot_calls.NOT_UNDERSTOOD, 200)


def test_a_redirect_is_not_followed(service):
    service.status, service.location = 307, service.address("/elsewhere")
    assert failed(service) == (robot_calls.REDIRECTED, 307)
    assert [heard.path.partition("?")[0] for heard in service.heard] == ["/hook"]


@pytest.mark.parametrize("manner", ["hangs", "drips"])
def test_nobody_waits_longer_than_the_whole_time(service, monkeypatch, manner):
    """A drip restarts every time-out of a socket: without the deadline this one takes eight seconds."""
    monkeypatch.setattr(robot_calls, "WHOLE", 1.0)
    service.manner = manner
    began = time.monotonic()
    assert failed(service) == (robot_calls.TOO_SLOW, None)
    assert time.monotonic() - began < 4


@pytest.mark.control
def test_without_the_deadline_a_drip_is_waited_for(service, monkeypatch):
    monkeypatch.setattr(robot_calls, "WHOLE", 1.0)
    monkeypatch.setattr(robot_calls.threading.Timer, "start", lambda alarm: None)
    service.manner = "drips"
    began = time.monotonic()
    failed(service)
    assert time.monotonic() - began > 4


def test_a_line_that_is_cut_is_not_reached(service):
    service.manner = "hangs_up"
    assert failed(service) == (robot_calls.NOT_REACHED, None)


def test_a_huge_answer_is_not_read_to_its_end(service):
    service.answer = b" " * 10_000_000
    assert failed(service) == (robot_calls.NOT_UNDERSTOOD, 200)


def test_nobody_there(service, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        service.port = free.getsockname()[1]
    settings.ROBOT_HOSTS = [service.place]
    assert failed(service) == (robot_calls.NOT_REACHED, None)


def test_an_unknown_name(service, monkeypatch):
    def nothing(*args, **kwargs):
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(robot_addresses.socket, "getaddrinfo", nothing)
    assert failed(service) == (robot_calls.NOT_REACHED, None)


def test_a_certificate_nobody_knows(service, settings):
    settings.ROBOT_CA_FILE = ""
    assert failed(service) == (robot_calls.NOT_TRUSTED, None)
    assert service.heard == []


def test_a_file_of_authorities_that_is_not_there(service, settings, tmp_path):
    settings.ROBOT_CA_FILE = str(tmp_path / "gone.pem")
    assert failed(service) == (robot_calls.NOT_TRUSTED, None)
    (tmp_path / "gone.pem").write_text("no certificate")
    assert failed(service) == (robot_calls.NOT_TRUSTED, None)


def resolving(monkeypatch, *numbers):
    real = socket.getaddrinfo

    def found(host, port, *args, **kwargs):
        if not isinstance(host, str) or not host.endswith(".test"):
            return real(host, port, *args, **kwargs)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(robot_addresses.socket, "getaddrinfo", found)


def test_the_certificate_must_be_that_of_the_name(service, settings, monkeypatch):
    """The connection goes to a number, and the name is still asked for."""
    settings.ROBOT_HOSTS = ["robots.hall.test", "other.hall.test"]
    resolving(monkeypatch, "127.0.0.1")
    call("wecom", read(f"https://robots.hall.test:{service.port}/hook", "wecom"), MESSAGE)
    assert service.heard[0].headers["Host"] == f"robots.hall.test:{service.port}"
    with pytest.raises(CallFailed) as raised:
        call("wecom", read(f"https://other.hall.test:{service.port}/hook", "wecom"), MESSAGE)
    assert raised.value.reason == robot_calls.NOT_TRUSTED


def test_a_machine_without_a_way_to_the_first_number_takes_the_next(service, settings, monkeypatch):
    settings.ROBOT_HOSTS = ["robots.hall.test"]
    resolving(monkeypatch, "127.9.9.9", "127.0.0.1")
    call("wecom", read(f"https://robots.hall.test:{service.port}/hook", "wecom"), MESSAGE)
    assert len(service.heard) == 1


def test_a_name_that_leads_inside_is_not_called(service, settings, monkeypatch):
    """Public by name, this machine by number: the address was entered by an officer, the host named by nobody."""
    settings.ROBOT_HOSTS = []
    resolving(monkeypatch, "127.0.0.1")
    address = read("https://robots.hall.test/hook", "signed")
    address = type(address)(address.host, service.port, address.target)
    with pytest.raises(CallFailed) as raised:
        call("signed", address, MESSAGE)
    assert raised.value.reason == robot_calls.NOT_ALLOWED
    assert service.heard == []


@pytest.mark.control
def test_without_the_look_at_the_number_it_is_called(service, settings, monkeypatch):
    settings.ROBOT_HOSTS = []
    monkeypatch.setattr(robot_addresses, "allowed", lambda number, named: True)
    resolving(monkeypatch, "127.0.0.1")
    address = read("https://robots.hall.test/hook", "signed")
    call("signed", type(address)(address.host, service.port, address.target), MESSAGE)
    assert len(service.heard) == 1


def test_an_answer_never_stands_in_an_error(service):
    service.status, service.answer = 500, b"inside information"
    with pytest.raises(CallFailed) as raised:
        call("wecom", read(service.address(), "wecom"), MESSAGE)
    assert "inside" not in repr(raised.value)
    assert raised.value.__cause__ is None
