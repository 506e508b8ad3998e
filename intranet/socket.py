"""The one socket: what plug-ins give the ground through Wagtail's hooks, collected.

A hook function takes no argument and returns one object or a list of them. Every
object has a ``key``; two objects of one hook with the same key raise, because the
second would otherwise silently replace the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from wagtail import hooks

OUR_HOOKS = frozenset(
    {
        "register_desk_card",
        "register_profile_section",
        "register_navigation_item",
        "register_site_urls",
        "register_role_permissions",
        "register_private_file",
        "register_private_field",
        "register_sealed_field",
        "register_account_fact",
        "register_browser_gate",
        "register_sheet",
        "register_reminder_rule",
        "register_clock_job",
        "register_group_notice",
        "register_phone_book",
        "register_calendar_source",
        "register_calendar_subject",
        "register_paper",
        "register_subject_kind",
        "register_figure",
        "register_absence_source",
        "register_post_requirement",
        "register_offer_kind",
        "register_demo",
    }
)


@dataclass(frozen=True)
class SiteUrls:
    """URL patterns of an app: ``module`` is its urls module, ``prefix`` where it hangs ("awards/")."""

    key: str
    prefix: str
    module: str


def collect(hook_name: str) -> dict[str, Any]:
    """Everything registered under one hook, by key, in the order of registration.

    Not cached: tests put plug-ins in and out. Raises ImproperlyConfigured on a
    duplicate key or an unknown hook name.
    """
    if hook_name not in OUR_HOOKS:
        raise ImproperlyConfigured(f"{hook_name} is not a hook of the house")
    found: dict[str, Any] = {}
    for function in hooks.get_hooks(hook_name):
        given = function()
        for item in given if isinstance(given, Iterable) and not isinstance(given, str) else [given]:
            if item.key in found:
                raise ImproperlyConfigured(
                    f"{hook_name}: the key {item.key!r} is registered twice, the second time by {function.__module__}"
                )
            found[item.key] = item
    return found


def collect_all() -> None:
    """Collect every hook once, so that a clash stops the process at its start."""
    for hook_name in sorted(OUR_HOOKS):
        collect(hook_name)
