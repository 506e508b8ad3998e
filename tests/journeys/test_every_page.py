"""axe, language marks and untranslated words on every page of the matrix: phone and desktop, light and dark.

Each page is seen in two of the four looks, by turns; with ``FULL=1`` in all.

``pytest tests/journeys/test_every_page.py -n 2 -rP`` prints how many routes, pages and axe runs there were.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.matrix import world as worlds

from .axe import AXE, serious
from .every_page import Doors, Visit, served, visits

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Pieces to share among workers; each builds a world of its own in about two seconds.
PARTS = 4
WIDTHS = (360, 1280)
HEIGHT = 800
SCHEMES = ("light", "dark")
ALL_LOOKS = [(width, scheme) for width in WIDTHS for scheme in SCHEMES]
# Every piece of text: what it says, in which language its surroundings claim it is, whether it is a name to be kept.
# Left out is what nobody is ever shown: content of frames, a button and a counter Wagtail draws and keeps hidden.
TEXTS = """() => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), parent = walker.currentNode.parentElement;
        if (!text || !parent) continue;
        if (parent.closest("script, style, template, noscript, textarea, select, svg, code, pre, iframe")) continue;
        if (parent.closest(".xdsoft_save_selected, [data-side-panel-toggle-counter][hidden]")) continue;
        const named = parent.closest("[lang]");
        found.push([text, named ? named.lang : "", !!parent.closest("[translate=no]")]);
    }
    return found;
}"""
HAN = re.compile(r"[\u3400-\u9fff]")
WORD = re.compile(r"[A-Za-z]{3,}")
# What stays in Latin letters on a Chinese page: names, examples, formats, addresses.
LATIN = re.compile(
    r"^(English|Wagtail.*|https?:.*|/\S*|[\w.+-]+@[\w.-]+|\.?(xlsx?|et|csv|txt|docx?|pdf|json|ics)[,/ .、].*|"
    r"[A-Z0-9_-]{2,}\d+|[a-z]+\.[a-z]+page|"
    r"[a-z0-9]+([-_][a-z0-9]+)+|Ctrl.*|Alt.*|Shift.*|Tab|Enter|Esc|[A-Z]{2,5}|\S+\.(xlsx?|csv|txt|jpe?g|png|pdf))$"
)


@pytest.fixture
def world(own_database, settings):
    settings.CLOCK_START = worlds.NOW
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    return worlds.build()


def looks_of(number: int) -> list[tuple[int, str]]:
    """A phone and a desktop, one light and one dark, by turns from page to page; with ``FULL=1`` all four."""
    if os.environ.get("FULL") == "1":
        return ALL_LOOKS
    crossed = number % 2
    return [(WIDTHS[0], SCHEMES[crossed]), (WIDTHS[1], SCHEMES[not crossed])]


class Reader:
    """Opens pages as somebody, in a language, and says what is wrong with them."""

    def __init__(self, chromium, doors: Doors, base: str, looks: list[tuple[int, str]]) -> None:
        self.chromium, self.doors, self.base, self.looks = chromium, doors, base, looks
        self.windows: dict[tuple[str, str], Any] = {}
        self.visited = self.axe_runs = 0

    def open(self, visit: Visit, language: str) -> Any:
        """The page in the window of this role and language: one context, so one cache and one session."""
        key = visit.role, language
        if key not in self.windows:
            context = self.chromium.new_context(viewport={"width": WIDTHS[0], "height": HEIGHT})
            context.add_cookies(self.doors.cookies(*key))
            self.windows[key] = context.new_page()
        page = self.windows[key]
        answer = page.goto(self.base + visit.address)
        assert answer.status == 200, f"{visit.name}: {answer.status}"
        return page

    def findings(self, visit: Visit, page: Any) -> Iterator[str]:
        """axe in every combination of width and colour scheme that is looked at."""
        page.evaluate(AXE)
        for width, scheme in self.looks:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            page.emulate_media(color_scheme=scheme)
            self.axe_runs += 1
            for found in serious(page):
                where = json.dumps(found, ensure_ascii=False)
                yield f"{visit.name} as {visit.role}, {width} px {scheme}: {where}"

    def read(self, visit: Visit) -> Iterator[str]:
        """Everything wrong with one page. The admin's English is Wagtail's own, so only its Chinese is read."""
        page = self.open(visit, "zh-hans")
        self.visited += 1
        yield from self.findings(visit, page)
        yield from (f"zh {visit.name}: {text[:80]!r}" for text in left_in_latin(page.evaluate(TEXTS)))
        if not visit.address.startswith("/admin/"):
            texts = self.open(visit, "en").evaluate(TEXTS)
            yield from (f"en {visit.name}: {text[:80]!r}" for text in unmarked_chinese(texts))

    def close(self) -> None:
        for page in self.windows.values():
            page.context.close()


Text = tuple[str, str, bool]


def left_in_latin(texts: list[Text]) -> list[str]:
    """Words in Latin letters that claim to be Chinese."""
    return [
        text
        for text, language, kept in texts
        if language.startswith("zh")
        and not kept
        and WORD.search(text)
        and not HAN.search(text)
        and not LATIN.match(text)
    ]


def unmarked_chinese(texts: list[Text]) -> list[str]:
    """Chinese that claims to be something else."""
    return [text for text, language, _kept in texts if HAN.search(text) and not language.startswith("zh")]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_can_be_read_by_everybody(chromium, world, part) -> None:
    """No serious finding with every axe rule on; Chinese pages speak Chinese; English pages mark Chinese."""
    doors, routes = Doors(world), visits(world)[part::PARTS]
    pages = [visit for visit in routes if doors.answers_html(visit)]
    with served() as base:
        reader, problems = Reader(chromium, doors, base, ALL_LOOKS), []
        for number, visit in enumerate(pages):
            reader.looks = looks_of(number)
            problems += reader.read(visit)
        reader.close()
    print(
        f"part {part + 1} of {PARTS}: {len(routes)} routes answer GET, {len(pages)} of them with HTML; "
        f"{reader.visited} pages visited, {reader.axe_runs} axe runs"
    )
    assert reader.visited == len(pages) > len(routes) / 2
    assert reader.axe_runs == reader.visited * len(looks_of(0))
    assert not problems, f"{len(problems)} problems\n" + "\n".join(sorted(set(problems)))


BAD = """<!doctype html><html lang="zh-hans"><head><title>坏页</title><style>
    p { color: #000; transition: color 99s } @media (prefers-color-scheme: dark) { p { color: #ddd } }
    input { display: none } @media (min-width: 1000px) { input { display: block } }
</style></head><body><main><h1>坏页</h1><p>Unreadable words</p><input name="x"></main></body></html>"""


@pytest.mark.control
def test_a_bad_page_is_noticed(chromium) -> None:
    """Pale words in the dark scheme only, a field without a name on the desktop only, English among Chinese."""
    page = chromium.new_context().new_page()
    page.set_content(BAD)
    reader = Reader(chromium, None, "", ALL_LOOKS)
    found = list(reader.findings(Visit("bad", "/", "staff"), page))
    assert reader.axe_runs == 4
    assert [sum(f"{width} px {scheme}" in line for line in found) for width in WIDTHS for scheme in SCHEMES] == [
        *(0, 1),
        *(1, 2),
    ]
    assert left_in_latin(page.evaluate(TEXTS)) == ["Unreadable words"]
    assert unmarked_chinese(page.evaluate(TEXTS)) == []
    page.evaluate("document.documentElement.lang = 'en'")
    assert unmarked_chinese(page.evaluate(TEXTS)) == ["坏页"]
    page.close()
