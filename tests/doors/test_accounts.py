"""The door `accounts`: who lives in the demo hall, and how to sign in as them."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys

import pytest

from demo.running import ROOT
from intranet.access.roles import ROLES

from .visitor import Visitor

pytestmark = pytest.mark.xdist_group("doors")

FIELDS = {
    "role": str,
    "username": str,
    "password": str,
    "name": str,
    "staff_number": str,
    "id": int,
    "department": str,
    "feed": str,
}


def test_every_line_has_its_fields(accounts):
    assert len(accounts) >= 80
    for line in accounts:
        for field, kind in FIELDS.items():
            assert type(line[field]) is kind, (line["username"], field)
            assert line[field], (line["username"], field)
        assert line["role"] in ROLES
    assert len({line["username"] for line in accounts}) == len(accounts)
    assert len({line["id"] for line in accounts}) == len(accounts)


def test_every_role_has_somebody_who_can_sign_in(hall, firsts):
    assert set(firsts) == set(ROLES)
    for account in firsts.values():
        desk = Visitor(hall.base, account).page("/desk/")
        assert account["name"] in desk.get_text()


def test_a_wrong_password_signs_nobody_in(hall, firsts):
    visitor = Visitor(hall.base)
    visitor.get("/sign-in/")
    answer = visitor.post("/sign-in/", {"username": firsts["staff"]["username"], "password": "not-this-one"})
    assert answer.status_code == 200
    assert visitor.get("/desk/").status_code == 302


def test_the_id_is_the_number_of_the_persons_page(visitors, firsts):
    account = firsts["window_head"]
    assert account["name"] in visitors["staff"].page(f"/people/{account['id']}/").find("h1").get_text()


def test_feeds_answer_without_a_session(hall, firsts):
    stranger = Visitor(hall.base)
    for account in firsts.values():
        assert account["feed"].startswith("/feeds/")
        answer = stranger.get(account["feed"])
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/calendar")
        assert answer.text.startswith("BEGIN:VCALENDAR")
    assert stranger.get("/feeds/" + "0" * 64 + ".ics").status_code == 404


def test_the_plain_list_names_the_first_of_each_role(hall, firsts):
    printed = hall.manage("accounts").stdout.splitlines()
    assert len(printed) == len(firsts)
    for line, account in zip(printed, firsts.values(), strict=True):
        assert line.split() == [account[field] for field in ("username", "password", "role", "name")]
    starts = {line.index(account["role"]) for line, account in zip(printed, firsts.values(), strict=True)}
    assert len(starts) == 1, "the columns do not stand below each other"


@pytest.mark.parametrize("words", [("accounts", "--json"), ("load_demo",)])
def test_production_has_no_demo_people(words, tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "intranet.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SEALING_KEYS": secrets.token_urlsafe(60),
        "ALLOWED_HOSTS": "hall.test",
        "DATABASE_URL": "postgres://nobody@127.0.0.1/nothing",
        "REDIS_URL": "redis://127.0.0.1:6379/9",
        "EMAIL_URL": "smtp://127.0.0.1:25",
        "VAR_DIR": str(tmp_path),
    }
    environment.pop("CLOCK", None)
    done = subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
