"""The site as gunicorn serves it under load, whose worker is killed where a request's header ``Die`` says.

Loaded before the workers are forked, and warm, so that a worker that takes the place of a killed one answers at once.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from contextvars import ContextVar
from typing import Any

# First: it says which settings hold.
from tests.evaluations.load_wsgi import application as site

# isort: split
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from evaluations.models import Election
from evaluations.services import voting
from intranet.access.models import User

AT_ANY_MOMENT = "after "


def kill(*_given: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fate:
    """Where this request's worker dies, and the statements of the ballot's transaction as they come."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.statements: list[str] = []
        self.took = 0.0

    def reach(self, place: str) -> None:
        if place == self.where:
            kill()

    def begin(self) -> None:
        """A moment of the clock instead of a place: whatever happens to be under way then."""
        if self.where.startswith(AT_ANY_MOMENT):
            clock = threading.Timer(float(self.where.removeprefix(AT_ANY_MOMENT)), kill)
            clock.daemon = True
            clock.start()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        name = name_of(sql)
        self.statements.append(name)
        self.reach(f"before the {name}")
        done = execute(sql, params, many, context)
        if name == "ballot":
            self.reach("before the commit")
        return done


def name_of(sql: str) -> str:
    """The statement by its place in the transaction; one that has none there by its words."""
    if f"LEFT JOIN {voting.MARK} m" in sql:
        return "reading"
    known = {voting.WRITE_MARK: "mark", voting.WRITE_BALLOT: "ballot"}
    return known.get(sql) or ("beginning" if sql.startswith("BEGIN") else sql)


_fate: ContextVar[Fate] = ContextVar("fate")
_cast = voting.cast_ballot


def cast_ballot(**given: Any) -> str:
    fate, began = _fate.get(), time.monotonic()
    fate.begin()
    try:
        with connection.execute_wrapper(fate):
            return _cast(**given)
    finally:
        fate.took = time.monotonic() - began


voting.cast_ballot = cast_ballot  # type: ignore[assignment]


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The site; its answers say which ``Statements`` a ballot's transaction had and how long it ``Took``."""
    fate = Fate(environ.get("HTTP_DIE", ""))
    _fate.set(fate)

    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        fate.reach("before the answer")
        told = [("Statements", ",".join(fate.statements)), ("Took", f"{fate.took:.6f}")]
        return start_response(status, [*headers, *told], *more)

    return site(environ, answer)


def warm() -> None:
    """Show somebody on the roll the ballot: what a worker loads with its first page, every fork has then."""
    election = Election.objects.get(phase=Election.Phase.VOTING)
    voter = Client()
    voter.force_login(User.objects.filter(person__in=election.roll.values("person")).earliest("pk"))
    voter.get(reverse("evaluations:vote", kwargs={"slug": election.slug}))
    connections.close_all()


warm()
