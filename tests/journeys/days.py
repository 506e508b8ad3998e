"""One hall on several days, and the browsers of its people: what goes wrong in a page is noted, whatever a test asks
for.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from demo.running import Installation, RunningHall

from .axe import AXE, serious
from .conftest import sign_in

DESKTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
NARROW = PHONE["width"]
# How far the page can be pushed sideways, and what sticks out.
SIDEWAYS = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.body.querySelectorAll("*")].filter(one => one.getBoundingClientRect().right > width + 1)
        .slice(0, 4).map(one => one.tagName + "." + one.className + " " + one.textContent.trim().slice(0, 40));
}"""


class Days:
    """The same database and files, the clock moved on: ``instants`` says when each day's work begins.

    ``problems`` collects what no page may do: errors in the console, answers of 500 and above, what axe finds
    serious, content wider than a phone.
    """

    def __init__(
        self,
        start_hall: Any,
        chromium: Any,
        instants: dict[str, str],
        password: str,
        hall: Installation | None = None,
    ) -> None:
        self.start_hall, self.chromium = start_hall, chromium
        self.instants, self.password = instants, password
        self.hall = hall
        self.seen: list[str] = []
        self._refused: Counter[str] = Counter()

    @property
    def problems(self) -> list[str]:
        """What was seen, without the refusals that were provoked. A console may say so after the answer was there,
        therefore they are taken out here.
        """
        left, found = Counter(self._refused), []
        for text in self.seen:
            status = next((status for status in left if left[status] and f"status of {status}" in text), None)
            if status is None:
                found.append(text)
            else:
                left[status] -= 1
        return found

    def morning(self, day: str) -> None:
        """The hall opens at the day's instant, and the clock has done what was due until then."""
        if self.hall is None:
            self.hall = self.start_hall(clock=self.instants[day])
            return
        if isinstance(self.hall, RunningHall):
            self.hall.stop()
        environment = self.hall.environment
        database = environment.get("DATABASE_URL", "").rsplit("/", 1)[-1]
        self.hall = self.start_hall(clock=self.instants[day], var=Path(environment["VAR_DIR"]), database=database)
        self.hall.manage("tick")

    def context(self, view: dict[str, int] = DESKTOP, **options: Any) -> Any:
        """A browser of its own, watched."""
        context = self.chromium.new_context(viewport=view, locale="zh-CN", accept_downloads=True, **options)
        context.on("console", lambda message: message.type == "error" and self.seen.append(message.text))
        context.on("weberror", lambda error: self.seen.append(str(error.error)))
        context.on("response", self._answered)
        return context

    def _answered(self, answer: Any) -> None:
        if answer.status >= 500:
            self.seen.append(f"{answer.status} {answer.url}")

    def page_for(self, username: str, view: dict[str, int] = DESKTOP, password: str = "") -> Any:
        """A browser in which somebody has signed in."""
        page = self.context(view).new_page()
        sign_in(page, self.hall.base, username, password or self.password)
        return page

    def go(self, page: Any, path: str) -> None:
        answer = page.goto(self.hall.base + path)
        assert answer.status == 200, f"{path}: {answer.status}"

    def refused(self, status: int) -> None:
        """The browser was refused something on purpose and writes that into its console: it is no problem."""
        self._refused[str(status)] += 1

    def look(self, page: Any, name: str) -> None:
        """Look the page over: axe as it stands, and nothing sticks out where it is as narrow as a phone."""
        page.evaluate(AXE)
        for found in serious(page):
            self.seen.append(f"{name}: {json.dumps(found, ensure_ascii=False)}")
        before = page.viewport_size
        page.set_viewport_size({**before, "width": NARROW})
        self.seen.extend(f"{name} sticks out: {what}" for what in page.evaluate(SIDEWAYS))
        page.set_viewport_size(before)


def follow(page: Any, pressed: Any) -> None:
    """Press what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        pressed.click()


def press(page: Any, where: str = "main form") -> None:
    """Send a form with its first button."""
    follow(page, page.locator(f"{where} button.btn-primary").first)
