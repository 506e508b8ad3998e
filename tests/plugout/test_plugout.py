"""The site with a plug-in taken out: it serves, it loses nothing, and what is put back finds its rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap

import pytest

from tests.database import ROOT

DUMMY = "tests.plugout.dummy_plugin"
HOUSE = ("training", "evaluations", "welfare", "events", "media")
REAL = [name for name in HOUSE if (ROOT / name / "apps.py").exists()]


class Site:
    """The site in other processes, on one database, with a choice of plug-ins."""

    def __init__(self, url: str, folder) -> None:
        self.url = url
        self.folder = folder

    def run(self, step: str, given, *plugins: str, path: str = ""):
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "VAR_DIR": str(self.folder),
            "PLUGINS": ",".join(plugins),
            "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
            "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), path])),
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.plugout.steps", step, json.dumps(given)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.fixture
def site(own_database, tmp_path):
    return Site(own_database.url, tmp_path)


def test_a_plug_in_with_pages_and_keys_is_taken_out_and_put_back(site):
    site.run("migrate", [], *REAL, DUMMY)
    ground = site.run("people", [], *REAL, DUMMY)
    pages = site.run("fill_dummy", [], *REAL, DUMMY)
    before = site.run("rows", ["dummy_plugin"], *REAL, DUMMY)
    tree = site.run("rows", ["wagtailcore"], *REAL, DUMMY)["wagtailcore.Page"]

    site.run("migrate", [], *REAL)
    walked = site.run("crawl", [], *REAL)
    assert walked["broken"] == []
    assert walked["seen"] > 100

    touched = site.run("touch", pages, *REAL)
    assert set(touched["front"].values()) == {404}
    assert not any(touched["lists"].values()), [key for key, shown in touched["lists"].items() if shown]
    assert touched["broken"] == []
    for name in ("edit", "move", "copy", "delete", "unpublish", "move_confirm", "bulk_delete", "bulk_move"):
        for page in (*pages["pages"], pages["home"]):
            for method in ("get", "post"):
                status, said = touched["refused"][f"bj {method} {name} {page}"]
                assert status == 302, (name, page, method)
                assert said, (name, page, method)

    deleted = site.run("delete", ground, *REAL)
    assert deleted["broken"] == []
    assert deleted["tried"] > 3
    assert all(deleted["kept"].values()), deleted["kept"]
    assert deleted["said"] >= 1

    refusal = site.run("stale", [], *REAL)["refused"]
    assert "dummy_plugin.dummypage" in refusal
    assert "migrate APP zero" in refusal

    assert site.run("rows", ["dummy_plugin"], *REAL, DUMMY) == before
    assert site.run("rows", ["wagtailcore"], *REAL, DUMMY)["wagtailcore.Page"] == tree
    assert site.run("stale", [], *REAL, DUMMY)["refused"] == ""


@pytest.mark.parametrize("absent", REAL)
def test_each_plug_in_of_the_house_is_taken_out_and_put_back(site, absent):
    others = [name for name in REAL if name != absent]
    site.run("people", [], *REAL)
    filled = site.run("fill_rows", [absent], *REAL)
    assert filled["counts"], filled
    assert len(filled["refused"]) <= len(filled["counts"]), filled
    before = site.run("rows", [absent], *REAL)

    site.run("migrate", [], *others)
    walked = site.run("crawl", [], *others)
    assert walked["broken"] == []

    site.run("migrate", [], *REAL)
    assert site.run("rows", [absent], *REAL) == before


OUTSIDER = {
    "__init__.py": "",
    "apps.py": """
        from django.apps import AppConfig


        class OutsideConfig(AppConfig):
            name = "outside_hall"
    """,
    "templates/outside_hall/card.html": """
        {% extends "ui/desk_card.html" %}{% block card_title %}来自外面的卡片{% endblock %}
    """,
    "wagtail_hooks.py": """
        from wagtail import hooks

        from intranet.calendars.registry import CalendarSource
        from intranet.reminders.registry import ReminderRule
        from intranet.ui.registry import DeskCard


        @hooks.register("register_desk_card")
        def card():
            return DeskCard("outside.card", "outside_hall/card.html", lambda request: {})


        @hooks.register("register_reminder_rule")
        def rule():
            return ReminderRule("outside.rule", "外面", lambda start, end: [], lambda reminders: [])


        @hooks.register("register_calendar_source")
        def source():
            return CalendarSource("outside.source", "外面", lambda viewer, span, about=None: [])
    """,
}


def test_a_package_from_outside_the_repository_gives_itself_to_the_ground(site, tmp_path):
    package = tmp_path / "elsewhere" / "outside_hall"
    for name, text in OUTSIDER.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
    given = [*REAL, "outside_hall"]
    where = str(package.parent)
    site.run("people", [], *given, path=where)
    slots = site.run("slots", [], *given, path=where)
    assert "outside.card" in slots["cards"]
    assert "outside.rule" in slots["rules"]
    assert "outside.source" in slots["sources"]
    assert "来自外面的卡片" in slots["desk"]
    assert "来自外面的卡片" not in site.run("slots", [], *REAL)["desk"]


def test_a_plug_in_that_cannot_be_imported_stops_the_start(site):
    with pytest.raises(AssertionError, match="cannot be imported"):
        site.run("slots", [], "no_such_package")
