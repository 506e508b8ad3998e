"""The site with a plug-in taken out: it serves, it loses nothing, and what is put back finds its rows."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest

from tests.database import ROOT

# It asks what a plug-in leaves behind; each of its processes costs seconds.
pytestmark = pytest.mark.once

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
            timeout=900,
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


BLOCK = re.compile(r"`(gardening/[\w/.]+)`[^`]*(?:`[^`\n]+`[^`]*)*\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 30


@pytest.fixture
def written(tmp_path):
    """``written(blocks)``: the example of docs/plugins.md, as it stands there, in a folder outside the repository."""

    def write(blocks: list[tuple[str, str]]) -> str:
        elsewhere = tmp_path / "elsewhere"
        for name, text in [("gardening/__init__.py", ""), *blocks]:
            path = elsewhere / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
        return str(elsewhere)

    return write


def blocks_of_the_docs() -> list[tuple[str, str]]:
    """(file, text) in the order of the page; a file may be gone on with."""
    return BLOCK.findall((ROOT / "docs" / "plugins.md").read_text(encoding="utf-8"))


FRIDAY = "2026-11-27"


def test_a_rule_and_a_source_take_less_than_thirty_lines(site, written):
    name, text = blocks_of_the_docs()[0]
    lines = [line for line in text.splitlines() if line.strip()]
    assert (name, len(lines) < LONGEST) == ("gardening/wagtail_hooks.py", True), len(lines)
    path, plugins = written([(name, text)]), [*REAL, "gardening"]
    site.run("people", [], *plugins, path=path)
    seen = site.run("visit", [FRIDAY], *plugins, path=path)
    assert "今天给绿植浇水" in seen["inbox"]
    assert seen["mails"] == {"今天给绿植浇水": 1}
    assert seen["month"].count("给绿植浇水") >= 4
    assert "DTSTART;VALUE=DATE:20261127" in seen["feed"]


def test_a_package_from_outside_the_repository_gives_itself_to_the_ground(site, written):
    blocks = blocks_of_the_docs()
    assert len(blocks) == 3, [name for name, _text in blocks]
    path, plugins = written(blocks), [*REAL, "gardening"]
    site.run("people", [], *plugins, path=path)
    seen = site.run("visit", [FRIDAY], *plugins, path=path)
    assert all("gardening.watering" in keys for keys in seen["keys"].values()), seen["keys"]
    assert "2026年11月27日" in seen["desk"]
    assert "今天给绿植浇水" in seen["inbox"]
    assert seen["mails"] == {"今天给绿植浇水": 1}
    assert seen["month"].count("给绿植浇水") >= 4
    assert "DTSTART;VALUE=DATE:20261127" in seen["feed"]
    assert "SUMMARY:给绿植浇水" in seen["entry"]
    assert seen["unchanged"] == 304
    without = site.run("visit", [FRIDAY], *REAL)
    assert ">给绿植浇水<" in seen["desk"]
    assert ">给绿植浇水<" not in without["desk"]
    assert "给绿植浇水" not in without["month"] + without["feed"]
    assert "今天给绿植浇水" in without["inbox"], "what was told stays told"


def test_a_plug_in_that_cannot_be_imported_stops_the_start(site):
    with pytest.raises(AssertionError, match="cannot be imported"):
        site.run("migrate", [], "no_such_package")
