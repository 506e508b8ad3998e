"""What plug-ins tell the ground about access: permissions of roles, private files, private fields."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from intranet.socket import collect


@dataclass(frozen=True)
class RolePermissions:
    """What roles may do with one app's models.

    ``grants`` maps a role key to permission names "app_label.codename".
    """

    key: str
    grants: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class PrivateFile:
    """Who may read files below ``prefix`` (relative to var/uploads): ``allowed(user, path)``."""

    key: str
    prefix: str
    allowed: Callable[[Any, str], bool]


@dataclass(frozen=True)
class PrivateField:
    """A field whose value only some may see. ``readers(instance)`` gives those users' usernames."""

    model: str  # "people.Person"
    field: str
    readers: Callable[[Any], Iterable[str]]
    # For a field that does not hold its text as it is: what to look for, and the values that keep it in a row.
    canary: Callable[[random.Random], tuple[str, dict[str, Any]]] | None = None

    @property
    def key(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class SealedField:
    """A field that holds sealed values (``access.sealed``), and the field of their keyed hashes if there is one:
    `manage.py reseal` seals them with a new secret.
    """

    model: str  # "people.Person"
    field: str
    hash_field: str = ""

    @property
    def key(self) -> str:
        return f"{self.model}.{self.field}"


@dataclass(frozen=True)
class AccountFact:
    """What a room above knows about accounts: ``facts(users)`` gives, for each user in order, a mapping that
    `manage.py accounts` adds to that person's line (department, feed…). Set-based: a few queries in all.
    """

    key: str
    facts: Callable[[list[Any]], list[dict[str, Any]]]


@dataclass(frozen=True)
class BrowserGate:
    """A browser that is kept to a few pages, whoever sits at it: ``answer(request)`` before every view, strangers'
    too, gives the response to send instead, or None. ``request.resolver_match`` and ``request.user`` are known.
    """

    key: str
    answer: Callable[[HttpRequest], HttpResponseBase | None]


def role_permissions() -> dict[str, RolePermissions]:
    return collect("register_role_permissions")


def private_files() -> dict[str, PrivateFile]:
    return collect("register_private_file")


def private_fields() -> dict[str, PrivateField]:
    return collect("register_private_field")


def sealed_fields() -> dict[str, SealedField]:
    return collect("register_sealed_field")


@dataclass
class DemoHall:
    """What the parts of the demo share while they are loaded.

    ``data`` is the folder with the demo's words, ``draw`` the one source of chance (same seed,
    same hall), ``today`` the day of loading, ``staff`` how many people work at the hall,
    ``officers`` the first account of each role by its key, ``say`` prints progress.
    """

    data: Path
    draw: random.Random
    today: dt.date
    staff: int
    say: Callable[[str], None]
    officers: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DemoPart:
    """One app's share of the demo hall; ``load(hall)`` goes through the services a person uses."""

    key: str
    order: int
    load: Callable[[DemoHall], None]


def demo_parts() -> list[DemoPart]:
    return sorted(collect("register_demo").values(), key=lambda part: (part.order, part.key))


def browser_gates() -> dict[str, BrowserGate]:
    return collect("register_browser_gate")


def account_facts() -> dict[str, AccountFact]:
    return collect("register_account_fact")


def has_private_fields(model: type[Any]) -> bool:
    """Whether any field of the model (or of a model it inherits from) is registered as private."""
    labels = {parent._meta.label for parent in model.__mro__ if hasattr(parent, "_meta")}
    return any(field.model in labels for field in private_fields().values())
