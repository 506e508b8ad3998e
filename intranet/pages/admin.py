"""What of Wagtail's own desk a person sees."""

from __future__ import annotations

from typing import Any

from intranet.access.roles import AUDITOR, SITE_EDITOR, SYSTEM_ADMIN

# Wagtail's menu names, and who has any use for them. A name that is not listed stays: it
# belongs to a viewset of the house, whose own policy decides.
MENU: dict[str, tuple[str, ...]] = {
    "explorer": (SITE_EDITOR,),
    "images": (SITE_EDITOR,),
    "documents": (SITE_EDITOR,),
    "reports": (AUDITOR,),
    "help": (),
    "settings": (SYSTEM_ADMIN,),
}


def fitting(items: list[Any], user: Any) -> list[Any]:
    return [item for item in items if item.name not in MENU or user.has_role(*MENU[item.name])]


def fitting_panels(panels: list[Any]) -> list[Any]:
    """The editor's front page without advice about upgrades and without counts of everybody's things."""
    return [panel for panel in panels if getattr(panel, "name", "") not in {"upgrade_notification", "site_summary"}]
