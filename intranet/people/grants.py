"""What roles may do with the models of this room."""

from __future__ import annotations

from intranet.access import roles
from intranet.access.registry import RolePermissions

PLAN = ("unit", "zone", "window", "body")
KEPT_BY_SERVICES = ("person", "posting", "leadership", "membership", "correctionrequest")

GRANTS = RolePermissions(
    "people",
    {
        roles.HR_ADMIN: (
            "wagtailadmin.access_admin",
            *(f"people.{verb}_{model}" for verb in ("view", "add", "change") for model in PLAN),
            *(f"people.view_{model}" for model in KEPT_BY_SERVICES),
        ),
        roles.AUDITOR: tuple(f"people.view_{model}" for model in PLAN),
    },
)
