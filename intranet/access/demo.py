"""What every demo account shares. Demo people are invented; the command that makes them is refused in production."""

from __future__ import annotations

from typing import Any

from .models import User
from .registry import account_facts
from .roles import ROLES

DEMO_PASSWORD = "nuanjia-demo-2026"


def accounts() -> list[dict[str, Any]]:
    """A line for every demo person, by role, those named first for a role at the head.

    ``role`` is the most particular one they hold. The rooms above add what they know (staff number,
    department, feed) through the hook ``register_account_fact``.
    """
    users = list(User.objects.filter(is_demo=True, is_active=True).prefetch_related("groups__role"))
    held = {user.pk: {group.role.key for group in user.groups.all() if hasattr(group, "role")} for user in users}
    order = {key: place for place, key in enumerate(ROLES)}

    def role_of(user: User) -> str:
        return max(held[user.pk] or {"staff"}, key=lambda key: order[key])

    # Whoever the demo names first for a role joined first (see the people's part of the demo).
    users.sort(key=lambda user: (order[role_of(user)], user.date_joined, len(held[user.pk]), user.username))
    lines: list[dict[str, Any]] = [
        {
            "role": role_of(user),
            "username": user.username,
            "password": DEMO_PASSWORD,
            "name": user.name,
            "staff_number": "",
            "id": user.pk,
            "department": "",
            "feed": "",
        }
        for user in users
    ]
    for fact in account_facts().values():
        for line, known in zip(lines, fact.facts(users), strict=True):
            line.update(known)
    return lines


def first_of_each_role(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The accounts that `make demo` prints."""
    first: dict[str, dict[str, Any]] = {}
    for line in lines:
        first.setdefault(line["role"], line)
    return list(first.values())
