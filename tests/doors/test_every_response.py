"""What every answer carries, the health addresses, the language, and the files of a running hall."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit

import pytest

from .conftest import NOW
from .visitor import Visitor, queries_of

pytestmark = pytest.mark.xdist_group("doors")

PARTS = {"ok", "database", "broker", "migrations", "worker", "tick"}


def test_readyz_and_healthz(hall):
    stranger = Visitor(hall.base)
    hall.wait()
    ready = stranger.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == dict.fromkeys(PARTS, True)
    health = stranger.get("/healthz")
    assert health.status_code == 200
    assert health.json()["ok"] is True
    assert queries_of(health) == 0


def test_every_answer_says_how_many_queries_it_took(hall, visitors):
    stranger = Visitor(hall.base)
    asked = [
        (stranger, "/sign-in/", 200),
        (stranger, "/desk/", 302),
        (stranger, "/healthz", 200),
        (visitors["staff"], "/desk/", 200),
        (visitors["staff"], "/audit/", 403),
        (visitors["staff"], "/people/999999/", 404),
        (visitors["staff"], "/no/such/page/", 404),
        (visitors["auditor"], "/audit/export.csv", 200),
    ]
    for visitor, path, status in asked:
        answer = visitor.get(path)
        assert answer.status_code == status, path
        assert queries_of(answer) >= 0
    assert queries_of(visitors["staff"].get("/desk/")) > 0


def test_the_language_cookie_wins(hall, firsts):
    for language, word in (("zh-hans", "我的工作台"), ("en", "My desk")):
        visitor = Visitor(hall.base, firsts["staff"])
        visitor.session.cookies.set("django_language", language)
        answer = visitor.get("/desk/", headers={"Accept-Language": "en" if language == "zh-hans" else "zh-CN"})
        assert answer.headers["Content-Language"] == language
        assert f'<html lang="{"zh-Hans" if language == "zh-hans" else "en"}"' in answer.text
        assert word in answer.text


def test_names_on_an_english_page_are_marked(hall, firsts):
    visitor = Visitor(hall.base, firsts["staff"])
    visitor.session.cookies.set("django_language", "en")
    page = visitor.page(f"/people/{firsts['window_head']['id']}/")
    name = next(found for found in page.find("h1").find_all(string=re.compile(firsts["window_head"]["name"])))
    marked = name.find_parent(attrs={"lang": re.compile("^zh")}) or name.find_parent(attrs={"translate": "no"})
    assert marked is not None


def test_the_files_of_a_running_hall(hall):
    for name in ("web", "worker"):
        number = int((hall.var / "run" / f"{name}.pid").read_text())
        os.kill(number, 0)
    for folder in ("log", "mail", "broker", "uploads"):
        assert (hall.var / folder).is_dir(), folder
    assert list((hall.var / "mail").glob("*.eml"))
    if not hall.environment.get("DATABASE_URL"):
        assert (hall.var / "hall.sqlite3").exists()


def test_port_is_respected(hall):
    assert urlsplit(hall.base).port == int(hall.environment["PORT"]) != 8000
    command = (hall.var / "run" / "web.pid").read_text().strip()
    with open(f"/proc/{command}/cmdline") as words:
        assert f"127.0.0.1:{hall.environment['PORT']}" in words.read()


def test_production_refuses_a_clock(still):
    given = {
        "DJANGO_SETTINGS_MODULE": "intranet.settings.production",
        "SECRET_KEY": "k" * 40 + "0123456789abcdefghij",
        "SEALING_KEYS": "s" * 40 + "0123456789abcdefghij",
        "ALLOWED_HOSTS": "hall.test",
        "DATABASE_URL": "postgres://nobody@127.0.0.1/nothing",
        "REDIS_URL": "redis://127.0.0.1:6379/9",
        "EMAIL_URL": "smtp://127.0.0.1:25",
    }
    still.environment.update(given)
    assert still.environment["CLOCK"] == NOW
    done = still.manage("check", "--deploy", check=False)
    assert done.returncode != 0
    assert "CLOCK" in done.stderr
    del still.environment["CLOCK"]
    assert still.manage("check", "--deploy", check=False).returncode == 0
