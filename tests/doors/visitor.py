"""A person at the hall's address with a browser's habits: cookies, forms, links."""

from __future__ import annotations

import io
import re
import zipfile
from urllib.parse import urldefrag, urljoin, urlsplit

import requests
from bs4 import BeautifulSoup

from tests.machine import PATIENCE

ZIPPED = ("application/zip", "application/vnd.openxmlformats")
QUERIES = re.compile(r'^db;desc="(\d+)"$')


class Visitor:
    """One session with a running hall; ``account`` is a line of `accounts --json`, None a stranger."""

    def __init__(self, base: str, account: dict | None = None) -> None:
        self.base = base
        self.session = requests.Session()
        self.session.trust_env = False
        # An idle connection that the server closes meanwhile would look like a fault of the page.
        self.session.headers["Connection"] = "close"
        if account:
            self.sign_in(account["username"], account["password"])

    def get(self, path: str, **given) -> requests.Response:
        return self.session.get(urljoin(self.base, path), allow_redirects=False, timeout=PATIENCE, **given)

    def post(self, path: str, data: dict | None = None, **given) -> requests.Response:
        """Send a form with the token that the cookie holds."""
        sent = {**(data or {}), "csrfmiddlewaretoken": self.session.cookies.get("csrftoken", "")}
        return self.session.post(
            urljoin(self.base, path), data=sent, allow_redirects=False, timeout=PATIENCE, **given
        )

    def sign_in(self, username: str, password: str) -> None:
        assert self.get("/sign-in/").status_code == 200
        answer = self.post("/sign-in/", {"username": username, "password": password})
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/desk/"), username

    def page(self, path: str) -> BeautifulSoup:
        answer = self.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return BeautifulSoup(answer.text, "html.parser")

    def queries(self, path: str) -> int:
        """How many queries the page takes once the process that answers has warmed up; asks several times.

        Two processes answer, and each remembers sites and content types after its first answers.
        """
        found = []
        for _again in range(6):
            answer = self.get(path)
            assert answer.status_code == 200, f"{path}: {answer.status_code}"
            found.append(queries_of(answer))
        return min(found)


def queries_of(answer: requests.Response) -> int:
    given = QUERIES.match(answer.headers.get("Server-Timing", ""))
    assert given, f"{answer.url}: Server-Timing {answer.headers.get('Server-Timing')!r}"
    return int(given[1])


def links_of(answer: requests.Response) -> list[str]:
    """Addresses of this hall that the page links to, as path and query."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return []
    here, found = urlsplit(answer.url), []
    for tag in BeautifulSoup(answer.text, "html.parser").find_all(["a", "link"], href=True):
        parts = urlsplit(urldefrag(urljoin(answer.url, str(tag["href"])))[0])
        if parts.netloc == here.netloc and parts.scheme == "http":
            found.append(parts.path + (f"?{parts.query}" if parts.query else ""))
    return found


def text_of(answer: requests.Response) -> str:
    """Everything the answer holds, spreadsheets and archives opened."""
    if answer.headers.get("Content-Type", "").startswith(ZIPPED):
        return text_in(answer.content)
    return answer.content.decode("utf-8", "replace")


def text_in(archive: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(archive)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
