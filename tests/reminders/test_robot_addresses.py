import ipaddress
import socket

import pytest

from intranet.reminders import robot_addresses
from intranet.reminders.exceptions import RobotError
from intranet.reminders.robot_addresses import PlaceNotAllowed, allowed, places, read

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7e4c-4bc4-97a0-0ec2sifa5aaa"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef"
OWN = "https://hooks.example.com/in/9f8e7d"


def resolving(monkeypatch, *numbers):
    def found(host, port, *args, **kwargs):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in numbers]

    monkeypatch.setattr(robot_addresses.socket, "getaddrinfo", found)


@pytest.mark.parametrize(("form", "text"), [("wecom", WECOM), ("dingtalk", DINGTALK), ("signed", OWN)])
def test_an_address_as_it_is_copied(form, text):
    found = read(f"  {text}\n", form)
    assert f"https://{found.host}{found.target}" == text
    assert found.port == 443
    assert found.target not in repr(found)
    assert found.shown == f"{found.host}…{text[-4:]}"


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("wecom", WECOM.replace("https", "http")),
        ("wecom", DINGTALK),
        ("wecom", OWN),
        ("wecom", WECOM.partition("key=")[0] + "key="),
        ("wecom", WECOM.replace("/cgi-bin/webhook/send", "/cgi-bin/message/send")),
        ("wecom", WECOM.replace("qyapi.weixin.qq.com", "qyapi.weixin.qq.com.evil.example")),
        ("wecom", WECOM.replace("https://", "https://qyapi.weixin.qq.com@evil.example/?")),
        ("wecom", "https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"),
        ("dingtalk", WECOM),
        ("dingtalk", DINGTALK + "#part"),
        ("dingtalk", DINGTALK.replace("com/", "com:8443/")),
        ("signed", "https://hooks.example.com:8443/in"),
        ("signed", "https://10.1.2.3/in"),
        ("signed", "https://127.0.0.1/in"),
        ("signed", "https://[::1]/in"),
        ("signed", "https://[::ffff:10.0.0.1]/in"),
        ("signed", "https://169.254.169.254/latest/meta-data"),
        ("signed", "https://hooks.example.com/在这里"),
        ("signed", "https://hooks.example.com/a b"),
        ("signed", "https://hooks.example.com/a\r\nHost: evil"),
        ("signed", "https://hooks.example.com:abc/"),
        ("signed", "https:///in"),
        ("signed", "hooks.example.com/in"),
        ("signed", "file:///etc/passwd"),
        ("signed", OWN + "x" * 500),
    ],
)
def test_any_other_address_is_refused_in_a_sentence(form, text):
    with pytest.raises(RobotError) as refused:
        read(text, form)
    sentence = str(refused.value)
    assert sentence.endswith("。")
    assert "0ec2sifa5aaa" not in sentence
    assert "abcdef" not in sentence


def test_a_host_of_the_halls_own_must_be_named_by_the_operator(settings):
    inside = "https://10.1.2.3:8443/in"
    for named in ([], ["10.1.2.4:8443"], ["10.1.2.3:443"]):
        settings.ROBOT_HOSTS = named
        with pytest.raises(RobotError, match="ROBOT_HOSTS"):
            read(inside, "signed")
    for named in (["10.1.2.3:8443"], ["10.1.2.3"]):
        settings.ROBOT_HOSTS = named
        assert read(inside, "signed").port == 8443
    settings.ROBOT_HOSTS = ["wecom.hall.internal"]
    assert read("https://WeCom.hall.internal/cgi-bin/webhook/send?key=1", "wecom").host == "wecom.hall.internal"


@pytest.mark.parametrize(
    ("number", "public", "named"),
    [
        ("203.205.254.60", True, True),
        ("2606:4700::1111", True, True),
        ("10.0.0.1", False, True),
        ("192.168.1.1", False, True),
        ("172.31.255.255", False, True),
        ("100.64.0.1", False, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("fd00::1", False, True),
        ("::ffff:192.168.0.1", False, True),
        # Never: this machine's neighbours on the wire, where clouds keep their keys; everybody; nobody.
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("224.0.0.1", False, False),
        ("255.255.255.255", False, False),
        ("0.0.0.0", False, False),
        ("::", False, False),
        ("::ffff:169.254.169.254", False, False),
        # Tunnels carry another address inside.
        ("64:ff9b::a00:1", False, False),
        ("2002:a00:1::", False, False),
        ("2001:0:a00:1::", False, False),
    ],
)
def test_which_numbers_are_allowed(number, public, named):
    found = ipaddress.ip_address(number)
    assert (allowed(found, False), allowed(found, True)) == (public, named)


def test_a_name_that_leads_inside_is_refused_when_it_is_called(monkeypatch):
    found = read(OWN, "signed")
    resolving(monkeypatch, "203.205.254.60", "203.205.254.60", "203.205.254.61")
    assert places(found) == ["203.205.254.60", "203.205.254.61"]
    # One good number does not make up for a bad one.
    resolving(monkeypatch, "203.205.254.60", "10.0.0.1")
    with pytest.raises(PlaceNotAllowed):
        places(found)
    resolving(monkeypatch)
    with pytest.raises(PlaceNotAllowed):
        places(found)
