"""axe-core in a page that is open, with every rule on."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

SERIOUS = ("serious", "critical")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# Colours are measured where they come to rest: what glides from light to dark is moved to its end first.
RUN_AXE = """() => {
    for (const moving of document.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
    return axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.map(rule => ({
        id: rule.id, impact: rule.impact,
        where: rule.nodes.slice(0, 3).map(node => node.target.join(" ") + " " + node.html.slice(0, 120))
    })));
}"""


def serious(page: Any) -> list[dict[str, Any]]:
    """What axe finds serious in the page as it stands; ``AXE`` must be in it (``page.evaluate(AXE)``)."""
    return [found for found in page.evaluate(RUN_AXE) if found["impact"] in SERIOUS]
