"""The hall-wide roles: keys, labels, and their groups. Who leads which unit is not a role but a row in people."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from .registry import role_permissions

logger = logging.getLogger(__name__)

STAFF = "staff"
WINDOW_HEAD = "window_head"
CHIEF_REPRESENTATIVE = "chief_representative"
CENTRE_LEADER = "centre_leader"
INSPECTION = "inspection"
UNION_OFFICER = "union_officer"
UNION_CHAIR = "union_chair"
SCRUTINEER = "scrutineer"
HR_ADMIN = "hr_admin"
SITE_EDITOR = "site_editor"
AUDITOR = "auditor"
SYSTEM_ADMIN = "system_admin"


@dataclass(frozen=True)
class RoleKind:
    """A role of the hall. ``group_name`` is the name of its Wagtail group, in Chinese like all data."""

    key: str
    label: Any
    group_name: str


ROLES: dict[str, RoleKind] = {
    kind.key: kind
    for kind in (
        RoleKind(STAFF, _("Staff"), "职工"),
        RoleKind(WINDOW_HEAD, _("Window head"), "窗口负责人"),
        RoleKind(CHIEF_REPRESENTATIVE, _("Chief representative"), "首席代表"),
        RoleKind(CENTRE_LEADER, _("Centre leader"), "中心领导"),
        RoleKind(INSPECTION, _("Inspection section"), "督查科"),
        RoleKind(UNION_OFFICER, _("Union officer"), "工会干部"),
        RoleKind(UNION_CHAIR, _("Union chair"), "工会主席"),
        RoleKind(SCRUTINEER, _("Scrutineer"), "监票人"),
        RoleKind(HR_ADMIN, _("HR administrator"), "人事管理员"),
        RoleKind(SITE_EDITOR, _("Site editor"), "网站编辑"),
        RoleKind(AUDITOR, _("Auditor"), "审计员"),
        RoleKind(SYSTEM_ADMIN, _("System administrator"), "系统管理员"),
    )
}

# Who leads a window or a department's people decides nothing about others' votes, money or data: these may sign in
# with a PIN and are remembered on a phone; whoever holds any other role has officer rights.
WITHOUT_OFFICER_RIGHTS = frozenset({STAFF, WINDOW_HEAD, CHIEF_REPRESENTATIVE})


def with_officer_rights(keys: Iterable[str]) -> bool:
    return bool(set(keys) - WITHOUT_OFFICER_RIGHTS)


# Whoever may edit users or groups can make themselves anything: no role is given this, whoever asks.
NEVER_GRANTED = frozenset(
    {
        *(f"access.{verb}_{kind}" for verb in ("add", "change", "delete") for kind in ("user", "role", "auditentry")),
        *(f"auth.{verb}_{kind}" for verb in ("add", "change", "delete") for kind in ("user", "group", "permission")),
    }
)


@transaction.atomic
def sync_roles() -> list[str]:
    """Make the rows of every role and its group, and give each group what the apps grant.

    Gives the permission names that apps grant but that do not exist (a spelling error, or an
    app not migrated yet). What a group holds on models of an app that is out at present stays.
    """
    granted = _granted()
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    missing: list[str] = []
    for kind in ROLES.values():
        names = granted.get(kind.key, set())
        missing += sorted(names - set(known))
        group = _group_of(kind)
        absent = [p for p in group.permissions.select_related("content_type") if p.content_type.model_class() is None]
        group.permissions.set([known[name] for name in names & set(known)] + absent)
    return missing


def _granted() -> dict[str, set[str]]:
    granted: dict[str, set[str]] = {}
    for given in role_permissions().values():
        for role_key, names in given.grants.items():
            if role_key not in ROLES:
                raise ValueError(f"{given.key} grants to the unknown role {role_key!r}; known: {', '.join(ROLES)}")
            refused = NEVER_GRANTED & set(names)
            if refused:
                raise ValueError(f"{given.key}: {', '.join(sorted(refused))} is never granted to a role")
            granted.setdefault(role_key, set()).update(names)
    return granted


def _group_of(kind: RoleKind) -> Group:
    from .models import Role

    role = Role.objects.select_related("group").filter(key=kind.key).first()
    if role is None:
        group, _created = Group.objects.get_or_create(name=kind.group_name)
        role = Role.objects.create(key=kind.key, group=group)
    return role.group


def sync_after_migrate(sender: Any, apps: Any = None, **kwargs: Any) -> None:
    """Once every app's permissions exist: when the last app with models has been migrated, or emptied (`flush`
    gives no ``apps``).
    """
    from django.apps import apps as live

    last = [config for config in live.get_app_configs() if config.models_module is not None][-1]
    if sender.label != last.label:
        return
    state = apps or live
    try:
        state.get_model("access", "Role")
        state.get_model("auth", "Permission")
    except LookupError:  # the tables are not there: an app is being taken out for good
        return
    for name in sync_roles():
        logger.warning("A role is granted %s, which does not exist", name)
