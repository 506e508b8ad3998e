"""What the site editor's role holds of the models behind the pages."""

from __future__ import annotations

from intranet.access.registry import RolePermissions
from intranet.access.roles import SITE_EDITOR

EDITORS = RolePermissions(
    key="pages",
    grants={SITE_EDITOR: ("wagtailadmin.access_admin",)},
)
