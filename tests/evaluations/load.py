"""A hall that votes over HTTP: two gunicorn workers on a database of their own, voters in other processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse

from demo.running import free_port
from evaluations.models import Election
from intranet.access.models import User
from tests.evaluations.hall import DURING_VOTE
from tests.machine import PATIENCE

ROOT = Path(__file__).resolve().parents[2]
PROCESSES, THREADS = 2, 3
# Seconds: ten thousand posts took two minutes on one machine and more than five on a slower one.
VOTING = 1200


@dataclass(frozen=True)
class Load:
    """What came of it: statuses by method, seconds from the first request to the last, p95 of a request in ms."""

    statuses: Counter
    seconds: float
    p95_ms: float


def sessions_of(users: list[User]) -> list[str]:
    """Each signed in beforehand: the sign-in is not what is measured."""
    found = []
    for user in users:
        client = Client()
        client.force_login(user)
        found.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    return found


@contextmanager
def served(
    database_url: str, *, off: str = "", site: str = "tests.evaluations.load_wsgi", options: tuple[str, ...] = ()
) -> Iterator[int]:
    """The port of a site at work, during the vote; ``off`` as in ``voters.guards_off``, ``options`` of gunicorn."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "intranet.settings.test",
        "CLOCK": DURING_VOTE.isoformat(),
        "GUARD_OFF": off,
    }
    command = [sys.executable, "-m", "gunicorn", site, "--bind", f"127.0.0.1:{port}", *options]
    server = subprocess.Popen(
        [*command, "--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "error"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a line for every second ballot refused
    )
    try:
        _until_it_answers(server, port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=PATIENCE)


def _until_it_answers(server: subprocess.Popen, port: int) -> None:
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE:
        if server.poll() is not None:
            raise RuntimeError(f"the site ended with {server.returncode}")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
            connection.request("GET", "/sign-in/")
            if connection.getresponse().status == 200:
                return
        except ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("the site does not answer")


def run(port: int, election: Election, key: str, sessions: list[str], tabs: int = 2) -> Load:
    """Everyone votes, each sending the ballot from so many tabs at once."""
    path = reverse("evaluations:vote", kwargs={"slug": election.slug})
    command = [sys.executable, "-m", "tests.evaluations.load_voters", str(port), path, key, str(THREADS), str(tabs)]
    voters = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _process in range(PROCESSES)
    ]
    for number, process in enumerate(voters):
        assert process.stdin
        assert process.stdout
        process.stdin.write(" ".join(sessions[number::PROCESSES]) + "\n")
        process.stdin.flush()
        assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    for process in voters:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    told = [json.loads(process.communicate(timeout=VOTING)[0]) for process in voters]
    seconds = time.monotonic() - began
    taken = sorted(one for part in told for one in part["milliseconds"])
    statuses = sum((Counter(part["statuses"]) for part in told), Counter())
    return Load(statuses, seconds, taken[int(0.95 * (len(taken) - 1))])
