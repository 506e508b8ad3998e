"""What of Wagtail's own desk a person sees."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views.home import RecentEditsPanel

from intranet.access.roles import AUDITOR, SITE_EDITOR, SYSTEM_ADMIN

from .unplugged import is_unplugged

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
LEFT_OUT_PANELS = frozenset({"upgrade_notification", "site_summary"})


def fitting(items: list[Any], user: Any) -> list[Any]:
    return [item for item in items if item.name not in MENU or user.has_role(*MENU[item.name])]


class KnownRecentEditsPanel(RecentEditsPanel):
    """One's latest edits, without pages of an application that is not plugged in."""

    def get_context_data(self, parent_context: Any) -> Any:
        context = super().get_context_data(parent_context)
        edits = context["last_edits"]
        return {**context, "last_edits": [(when, page) for when, page in edits if not is_unplugged(page)]}


def fitting_panels(panels: list[Any]) -> list[Any]:
    """The editor's front page without advice about upgrades and without counts of everybody's things."""
    fitting = [
        panel for panel in panels if getattr(panel, "name", "") not in {"upgrade_notification", "site_summary"}
    ]
    return [KnownRecentEditsPanel() if type(panel) is RecentEditsPanel else panel for panel in fitting]
