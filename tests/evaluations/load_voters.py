"""A process of voters with browsers: python -m tests.evaluations.load_voters PORT PATH KEY THREADS TABS.

Standard library only, so that what is measured is the site. Reads session keys from one line, prints "ready", waits
for a line, and votes. Each voter opens the ballot and sends it at the same moment from so many tabs. Prints one
JSON object: {"statuses": {"POST 303": n, …}, "milliseconds": [of every request]}.
"""

from __future__ import annotations

import json
import re
import secrets
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from urllib.parse import urlencode

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|receipt)" value="([^"]+)"')


class Tab:
    """One tab of a voter's browser, with a connection of its own."""

    def __init__(self, port: int, path: str, session: str, seen: list) -> None:
        self.connection = HTTPConnection("127.0.0.1", port, timeout=120)
        self.path, self.cookies, self.seen = path, {"sessionid": session}, seen
        self.fields: dict[str, str] = {}

    def ask(self, method: str, body: str | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self.connection.request(method, self.path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        self.seen.append((f"{method} {answer.status}", 1000 * (time.perf_counter() - start)))
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _sign, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return text

    def open(self) -> None:
        self.fields = dict(HIDDEN.findall(self.ask("GET")))

    def send(self, key: str) -> None:
        self.ask("POST", urlencode({**self.fields, "choice": key}))


def vote(port: int, path: str, key: str, session: str, number: int, seen: list) -> None:
    first, *others = tabs = [Tab(port, path, session, seen) for _tab in range(number)]
    first.open()
    for tab in others:
        tab.cookies, tab.fields = {**first.cookies}, {**first.fields, "receipt": secrets.token_urlsafe(32)}
    barrier = threading.Barrier(len(tabs))

    def send(tab: Tab) -> None:
        barrier.wait()
        tab.send(key)

    sending = [threading.Thread(target=send, args=(tab,)) for tab in tabs]
    for thread in sending:
        thread.start()
    for thread in sending:
        thread.join()
    for tab in tabs:
        tab.connection.close()


def main() -> None:
    port, path, key, threads, tabs = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
    sessions = sys.stdin.readline().split()
    seen: list[tuple[str, float]] = []
    print("ready", flush=True)
    sys.stdin.readline()

    def work(number: int) -> None:
        for session in sessions[number::threads]:
            vote(port, path, key, session, tabs, seen)

    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    statuses = Counter(status for status, _taken in seen)
    print(json.dumps({"statuses": statuses, "milliseconds": [taken for _status, taken in seen]}), flush=True)


if __name__ == "__main__":
    main()
