"""One page of every route of the matrix that answers GET with HTML, opened as somebody who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.test import Client
from django.test.testcases import LiveServerThread

from intranet.access import matrix
from tests.matrix.objects import objects_for
from tests.matrix.world import STRANGER, World


@dataclass(frozen=True)
class Visit:
    """A route, the address to open, and the role that opens it."""

    name: str
    address: str
    role: str


def visits(world: World) -> list[Visit]:
    """One for each route whose written row says that somebody gets a 200 for their own object by GET."""
    written, found = matrix.rows(), []
    for leaf in matrix.leaves():
        row = written[leaf.key]
        role = next((role for role, codes in row["roles"].items() if codes[0] == 200), None)
        if role is None or "GET" not in row["methods"]:
            continue
        trio = objects_for(leaf, world, world.users.get(role))
        found.append(Visit(f"{leaf.name} {leaf.route}", leaf.address(trio[0] if trio else {}), role))
    return found


class Doors:
    """Sessions of a world: one sign-in for each role that is asked for."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clients: dict[str, Client] = {}

    def client(self, role: str) -> Client:
        if role not in self.clients:
            self.clients[role] = Client()
            if role != STRANGER:
                self.clients[role].force_login(self.world.users[role])
        return self.clients[role]

    def cookies(self, role: str, language: str) -> list[dict[str, str]]:
        """What a browser needs to be this role, reading this language."""
        found = {name: morsel.value for name, morsel in self.client(role).cookies.items()}
        found["django_language"] = language
        return [{"name": name, "value": value, "domain": "127.0.0.1", "path": "/"} for name, value in found.items()]

    def answers_html(self, visit: Visit) -> bool:
        answer = self.client(visit.role).get(visit.address)
        assert answer.status_code == 200, f"{visit.name} as {visit.role}: {answer.status_code}"
        return answer.headers.get("Content-Type", "").startswith("text/html")


@contextmanager
def served() -> Iterator[str]:
    """The site in a thread of this process, on the database the test has."""
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    try:
        yield f"http://127.0.0.1:{thread.port}"
    finally:
        thread.terminate()
