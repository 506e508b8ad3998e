"""What every role really gets at every address: one client a role, everything rolled back after each request."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client

from intranet import clock
from intranet.access.matrix import Leaf, leaves
from intranet.ui import views as pages_of_refusal

from .objects import Trio, UnknownParameter, objects_for
from .world import NOW, STRANGER, World

NOT_ALLOWED = 405


@dataclass
class Measured:
    """Statuses of one leaf: ``get`` and ``post`` by role, three objects each (405 where the method is not taken)."""

    leaf: Leaf
    get: dict[str, list[int]] = field(default_factory=dict)
    post: dict[str, list[int]] = field(default_factory=dict)
    objects: bool = False
    to_sign_in: bool = False
    problem: str = ""

    def row(self, written: dict[str, Any] | None) -> dict[str, Any]:
        """As it stands in a file; what a person wrote (``open``, ``reason``) is kept."""
        written = written or {}
        reads, writes = not _only(self.get, NOT_ALLOWED), not _only(self.post, NOT_ALLOWED)
        row = {
            "route": self.leaf.route,
            "name": self.leaf.name,
            "methods": [name for name, given in (("GET", reads), ("POST", writes)) if given],
            "open": written.get("open", False),
            "roles": dict(self.get if reads else self.post),
        }
        if reads and writes:
            row["post"] = dict(self.post)
        if written.get("reason"):
            row["reason"] = written["reason"]
        return row


def _only(statuses: dict[str, list[int]], status: int) -> bool:
    """Whether nobody got anything but this status (or was sent to sign in)."""
    seen = {code for role, codes in statuses.items() if role != STRANGER for code in codes}
    return seen <= {status}


def measure(world: World, roles: list[str] | None = None) -> dict[tuple[str, str], Measured]:
    """Try every leaf as the given roles (all of them and a stranger by default)."""
    found = {leaf.key: Measured(leaf) for leaf in leaves()}
    # Thousands of refusals, each with a traceback: formatting them takes as long as the requests.
    logging.disable(logging.CRITICAL)
    try:
        with patch.object(pages_of_refusal, "render", _bare):
            for role in roles or [*world.users, STRANGER]:
                _visit(Visitor(world, role), found.values())
    finally:
        logging.disable(logging.NOTSET)
    return found


def _bare(request: HttpRequest, template: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Refusals without their page (other tests look at it): only the status is measured here."""
    if template in ("403.html", "404.html"):
        return HttpResponse(status=kwargs["status"])
    return render(request, template, *args, **kwargs)


def _visit(visitor: Visitor, leaves_to_try: Iterable[Measured]) -> None:
    for measured in leaves_to_try:
        try:
            visitor.try_leaf(measured)
        except UnknownParameter as error:
            measured.problem = str(error)


class Visitor:
    """One role at the door of every address."""

    def __init__(self, world: World, role: str) -> None:
        self.world, self.role = world, role
        self.user = world.users.get(role)
        self.client = Client(raise_request_exception=False)
        self.client.cookies["django_language"] = "en"
        if self.user is not None:
            self.client.force_login(self.user)
        self.kept = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def try_leaf(self, measured: Measured) -> None:
        trio = objects_for(measured.leaf, self.world, self.user)
        measured.objects = measured.objects or (trio is not None and trio[0] != trio[2])
        measured.get[self.role] = self.three(measured, "get", trio)
        measured.post[self.role] = self.three(measured, "post", trio)

    def three(self, measured: Measured, method: str, trio: Trio | None) -> list[int]:
        statuses: dict[str, int] = {}
        addresses = [measured.leaf.address(values) for values in (trio or ({}, {}, {}))]
        for address in addresses:
            if address not in statuses:
                statuses[address] = self.ask(method, address)
        return [statuses[address] for address in addresses]

    def ask(self, method: str, address: str) -> int:
        with clock.at(NOW), transaction.atomic():
            status = getattr(self.client, method)(address).status_code
            transaction.set_rollback(True)
        self.client.cookies.clear()
        self.client.cookies.load(self.kept)
        return status
