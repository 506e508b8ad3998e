"""Voters whose site is killed under them: each sends one form, again and again, until there is an answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from evaluations.models import Ballot, Election, Mark
from evaluations.tally import seal_choices
from tests.evaluations.load import served
from tests.machine import PATIENCE

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|receipt)" value="([^"]+)"')
COUNTS = f"SELECT (SELECT count(*) FROM {Mark._meta.db_table}), (SELECT count(*) FROM {Ballot._meta.db_table})"


@dataclass
class Vote:
    """What came of one voter: the receipt in the form, how often the connection broke, the last answer, the ballot
    that counts, and what the site says of its transaction.
    """

    receipt: str
    broken: int
    status: int
    key: str
    statements: str
    took: float

    @property
    def recorded(self) -> str:
        """By which sending the ballot was recorded."""
        return "before it broke" if self.status == 409 else "again" if self.broken else "at once"


class Site:
    """A site with two workers, and the round that is voted in."""

    def __init__(self, port: int, election: Election) -> None:
        self.port = port
        self.path = reverse("evaluations:vote", kwargs={"slug": election.slug})

    def vote(self, session: str, key: str, die: str = "", then: str = "") -> Vote:
        """Open the ballot and send it to a worker that dies as ``die`` says; repeat the same form, its receipt
        included, until there is an answer. Repetitions choose ``then``, so that ballots tell which sending counts.
        """
        cookies = {"sessionid": session}
        fields = self._open(cookies)
        broken, chosen = 0, key
        while True:
            try:
                answer, text = self._ask("POST", cookies, {**fields, "choice": chosen}, {"Die": die})
                break
            except (HTTPException, ConnectionError):
                broken, chosen, die = broken + 1, then or key, ""
        assert answer.status == 303 or fields["receipt"] in text, (answer.status, text[:2000])
        counted = chosen if answer.status == 303 else key
        told = answer.headers
        return Vote(fields["receipt"], broken, answer.status, counted, told["Statements"], float(told["Took"]))

    def _open(self, cookies: dict[str, str]) -> dict[str, str]:
        """The form's hidden fields; whoever's worker dies for somebody else's sake opens the page again."""
        while True:
            try:
                answer, text = self._ask("GET", cookies)
            except (HTTPException, ConnectionError):
                continue
            assert answer.status == 200, text[:2000]
            return dict(HIDDEN.findall(text))

    def _ask(
        self,
        method: str,
        cookies: dict[str, str],
        fields: dict[str, str] | None = None,
        more: dict[str, str] | None = None,
    ) -> tuple[HTTPResponse, str]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), **(more or {})}
            if fields is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            line.request(method, self.path, urlencode(fields) if fields is not None else None, headers)
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        for given in answer.headers.get_all("Set-Cookie") or ():
            name, _sign, value = given.partition(";")[0].partition("=")
            cookies[name] = value
        return answer, text


@contextmanager
def mortal_site(database_url: str, election: Election, *, off: str = "") -> Iterator[Site]:
    with served(database_url, off=off, site="tests.faults.mortal_wsgi", options=("--preload",)) as port:
        yield Site(port, election)


def marks_and_ballots() -> tuple[int, int]:
    """How many there are of each, both seen at the same instant."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS)
        marks, ballots = cursor.fetchone()
    return marks, ballots


def wrong_with(votes: list[Vote]) -> list[str]:
    """What the tables say otherwise than the voters were told; empty if nothing is lost, doubled or altered."""
    found = []
    marks, ballots = marks_and_ballots()
    if not marks == ballots == len(votes):
        found.append(f"{len(votes)} ballots acknowledged, {marks} marks and {ballots} ballots kept")
    if lost := {vote.receipt for vote in votes} - set(Mark.objects.values_list("receipt", flat=True)):
        found.append(f"{len(lost)} acknowledged receipts lost")
    sent = Counter(seal_choices([vote.key]) for vote in votes)
    if (kept := Counter(Ballot.objects.values_list("envelope", flat=True))) != sent:
        found.append(f"ballots sent {sent}, kept {kept}")
    return found
