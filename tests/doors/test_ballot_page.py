"""The ballot page as somebody's script meets it."""

from __future__ import annotations

import pytest

from .conftest import lines
from .visitor import Visitor

pytestmark = pytest.mark.xdist_group("doors")


def test_one_ballot_is_taken_and_the_second_refused(hall, accounts, rounds):
    url = next(row["vote_url"] for row in rounds if row["phase"] == "voting")
    clerks = [account for account in accounts if account["role"] == "staff"]
    voter, form = next(
        (visitor, form)
        for visitor in (Visitor(hall.base, account) for account in reversed(clerks))
        if (form := visitor.page(url).find("form", id="ballot"))
    )
    fewest, most = int(form["data-min"]), int(form["data-max"])
    assert form["method"].lower() == "post"
    assert 0 <= fewest <= most
    keys = [choice["value"] for choice in form.find_all("input", attrs={"name": "choice"})]
    assert len(set(keys)) == len(keys) > most
    hidden = {field["name"]: field["value"] for field in form.find_all("input", type="hidden")}
    before = marks(hall, url)

    too_many = voter.post(url, {**hidden, "choice": keys[: most + 1]})
    assert too_many.status_code == 422
    assert marks(hall, url) == before

    taken = voter.post(url, {**hidden, "choice": keys[:most]})
    assert taken.status_code == 303
    receipt = voter.page(taken.headers["Location"]).find("code", id="receipt").get_text()
    assert len(receipt) >= 20
    assert marks(hall, url) == before + 1

    again = voter.post(url, {**hidden, "choice": keys[:1]})
    assert again.status_code == 409
    assert again.headers["Content-Type"].startswith("text/html")
    assert "note-warning" in again.text
    assert receipt in again.text
    assert marks(hall, url) == before + 1


def marks(hall, url: str) -> int:
    listed = lines(hall.manage("election_bundle", "--list", "--json").stdout)
    return next(row["marks"] for row in listed if row["vote_url"] == url)


def test_a_stranger_votes_nowhere(hall, rounds):
    url = next(row["vote_url"] for row in rounds if row["phase"] == "voting")
    stranger = Visitor(hall.base)
    stranger.get("/sign-in/")
    answer = stranger.post(url, {"choice": ["x"]})
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")
