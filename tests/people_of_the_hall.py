"""People for tests: an account with roles, and a register entry linked to it."""

from __future__ import annotations

import itertools
import os

from intranet.access.models import Role, User
from intranet.people.models import Person

PASSWORD = "hall-test-Passw0rd"
_count = itertools.count(1)


def make_user(
    username: str | None = None, *roles: str, name: str | None = None, person: bool = True, **fields
) -> User:
    """An account with the role staff and ``roles``; by default with a register entry (``user.person``).

    The staff number is the user name, or unique when none is given. ``fields`` go to the user;
    every account has the password ``PASSWORD``.
    """
    number = username or f"T{os.getpid() % 1000:03d}{next(_count):05d}"
    user = User.objects.create_user(number, password=PASSWORD, name=name or f"测试{next(_count)}", **fields)
    groups = Role.objects.filter(key__in={"staff", *roles}).values_list("group_id", flat=True)
    unknown = {"staff", *roles} - set(Role.objects.values_list("key", flat=True))
    assert not unknown, f"no such role: {unknown}"
    user.groups.add(*groups)
    if person:
        user.person = Person.objects.create(staff_number=number[:20], name=user.name, user=user)
    return user
