"""Somebody without a mouse: Tab and Shift+Tab, Space, Enter and arrows; wherever the focus goes, it is seen."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops

MOST_TABS = 90
ROOM = 8
# What one looks at when an element has the focus: its label too, where the element itself is not drawn; and whether
# any of it can be seen, or something that sticks to an edge lies over all of it.
FOCUSED = """async () => {
    // The page glides to where the focus went: look when it has stood still for some pictures.
    const picture = () => new Promise(done => requestAnimationFrame(done));
    for (let still = 0, before = scrollY; still < 8; still++) {
        await picture();
        if (scrollY !== before) [still, before] = [0, scrollY];
    }
    const one = document.activeElement;
    // A date has several stops of its own; leaving it to see the difference would begin at the first of them again.
    if (!one || one === document.body || one === window.lookedAt) return null;
    window.lookedAt = one;
    const label = one.closest("label"), shown = label || one;
    const box = shown.getBoundingClientRect();
    const points = [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(
        ([x, y]) => document.elementFromPoint(box.left + box.width * x, box.top + box.height * y));
    return {
        name: (one.getAttribute("aria-label") || shown.innerText || one.name || one.id).trim().slice(0, 40),
        tag: one.tagName, whole: one.tabIndex < 0,
        box: [box.left, box.top, box.right, box.bottom],
        covered: points.every(point => !point || !(shown.contains(point) || point.contains(shown)))
    };
}"""


class Keyboard:
    """The keys of one page. ``problems`` collects stops whose focus cannot be seen."""

    def __init__(self, page: Any, problems: list[str]) -> None:
        self.page, self.problems = page, problems
        # The browser hands file choosers over only once it has been told that somebody listens. Told at the press,
        # it may hear of the key first (seen on a loaded machine, 2 of 15), and the chooser is lost.
        page.on("filechooser", lambda _chooser: None)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def follow(self, key: str = "Enter") -> None:
        """Press what leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.press(key)

    def skip_to_content(self) -> None:
        """The first stop of every page leads past the menu; a page that answers a form sent there begins there."""
        if self.page.evaluate("document.activeElement.id") == "content":
            return
        self.press("Tab")
        assert self.page.evaluate("document.activeElement.className") == "skip-link"
        self.look()
        self.press("Enter")
        assert self.page.evaluate("document.activeElement.id") == "content"

    def to(self, wanted: Any, key: str = "Tab") -> None:
        """Go on until the focus is on what is wanted."""
        for _stop in range(MOST_TABS):
            self.look()
            if self.is_on(wanted):
                return
            self.press(key)
        raise AssertionError(f"{wanted} is not reached with {key}")

    def is_on(self, wanted: Any) -> bool:
        return wanted.evaluate("one => one === document.activeElement")

    def look(self) -> None:
        """The focus is in sight, and the page looks different without it."""
        found = self.page.evaluate(FOCUSED)
        if found is None or found["whole"]:
            return
        where = f"{self.page.url} {found['tag']} {found['name']!r}"
        if found["covered"]:
            self.problems.append(f"the focus is out of sight: {where}")
        elif not self._makes_a_difference(found["box"]):
            self.problems.append(f"the focus does not show: {where}")

    def _makes_a_difference(self, box: list[float]) -> bool:
        size = self.page.viewport_size
        left, top = max(0, box[0] - ROOM), max(0, box[1] - ROOM)
        right, bottom = min(size["width"], box[2] + ROOM), min(size["height"], box[3] + ROOM)
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        with_focus = self._picture(clip)
        focused = self.page.evaluate_handle("document.activeElement")
        focused.evaluate("one => one.blur()")
        without = self._picture(clip)
        focused.evaluate("one => one.focus({preventScroll: true})")
        return ImageChops.difference(with_focus, without).getbbox() is not None

    def _picture(self, clip: dict[str, float]) -> Image.Image:
        return Image.open(io.BytesIO(self.page.screenshot(clip=clip, animations="disabled"))).convert("RGB")
