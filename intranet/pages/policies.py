"""Who may do what with pages in Wagtail's desk: as Wagtail has it, without the pages nobody here can show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wagtail.permission_policies.pages import PagePermissionPolicy

from .unplugged import only_known


class KnownPagesPolicy(PagePermissionPolicy):
    """Search, reports and history ask the policy for their pages; those of an absent application are in none.

    The editor's search would answer 500 for them: it asks each type it has found for its name.
    """

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        return only_known(super().instances_user_has_any_permission_for(user, actions))

    def explorable_instances(self, user: Any) -> Any:
        return only_known(super().explorable_instances(user))
