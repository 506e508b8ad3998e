"""What each role may do with awards and rounds; ballots and marks are granted to nobody."""

from __future__ import annotations

from intranet.access import roles
from intranet.access.registry import RolePermissions

_MANAGE = (
    "evaluations.view_award",
    "evaluations.add_award",
    "evaluations.change_award",
    "evaluations.view_election",
    "evaluations.add_election",
    "evaluations.change_election",
    "evaluations.view_nomination",
    "evaluations.change_nomination",
    "evaluations.view_honour",
)
_WATCH = ("evaluations.view_award", "evaluations.view_election", "evaluations.view_honour")

GRANTS = RolePermissions(
    "evaluations",
    {
        roles.UNION_OFFICER: _MANAGE,
        roles.UNION_CHAIR: _MANAGE,
        roles.SCRUTINEER: _WATCH,
        roles.AUDITOR: _WATCH,
        roles.CHIEF_REPRESENTATIVE: ("evaluations.add_nomination",),
        roles.STAFF: ("evaluations.add_nomination",),
    },
)
