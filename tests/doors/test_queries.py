"""No page makes more queries in a hall of a thousand people than in one of eighty."""

from __future__ import annotations

import re

import pytest

from .conftest import NOW, lines
from .visitor import Visitor

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("doors-large")]

ROLES = ("staff", "union_officer", "hr_admin", "auditor")
EVERYBODY = [
    *("/", "/desk/", "/people/", "/people/windows/", "/people/me/", "/notices/", "/news/", "/search/?q=评选"),
    *("/people/?q=wang", "/awards/", "/awards/honours/", "/inbox/", "/days/"),
    *("/calendar/", "/calendar/week/", "/calendar/agenda/", "/calendar/subscribe/"),
]
MORE = {
    "union_officer": ("/awards/office/", "/awards/office/awards/", "manage", "review", "roll"),
    "hr_admin": ("/sheets/", "/people/register/", "/people/corrections/"),
    "auditor": ("/audit/",),
}


class Hall:
    """A running hall, its people by role and the addresses of one object of each kind."""

    def __init__(self, hall) -> None:
        self.hall = hall
        accounts = lines(hall.manage("accounts", "--json").stdout)
        firsts = {line["role"]: line for line in reversed(accounts)}
        self.visitors = {role: Visitor(hall.base, firsts[role]) for role in ROLES}
        rounds = {row["phase"]: row for row in lines(hall.manage("election_bundle", "--list", "--json").stdout)}
        clerk = self.visitors["staff"]
        slug, reviewed = rounds["voting"]["slug"], rounds["review"]["slug"]
        self.places = {
            "person": f"/people/{firsts['window_head']['id']}/",
            "unit": self.first(clerk, "/people/windows/", r"/people/units/\d+/", "/people/"),
            "window": self.first(clerk, "/people/windows/", r"/people/windows/\d+/"),
            "round": f"/awards/{slug}/",
            "vote": rounds["voting"]["vote_url"],
            "notice": rounds["public_notice"]["notice_url"],
            "manage": f"/awards/{slug}/manage/",
            "review": f"/awards/{reviewed}/manage/review/",
            "roll": f"/awards/{slug}/roll/",
        }

    @staticmethod
    def first(visitor: Visitor, *pages_and_pattern: str) -> str:
        """The first address of a kind that one of the pages links to."""
        pattern = next(given for given in pages_and_pattern if "\\d" in given)
        for page in pages_and_pattern:
            if page != pattern:
                found = re.search(f'href="({pattern})"', visitor.get(page).text)
                if found:
                    return found[1]
        raise AssertionError(f"no page links to {pattern}")

    def queries(self) -> dict[tuple[str, str], int]:
        counted = {}
        for role, visitor in self.visitors.items():
            for name in (*EVERYBODY, "person", "unit", "window", "round", "vote", "notice", *MORE.get(role, ())):
                counted[role, name] = visitor.queries(self.places.get(name, name))
        return counted


def test_a_thousand_people_cost_no_page_a_query_more(halls, template, large_template):
    small = halls.start(template=template, clock=NOW)
    few = Hall(small).queries()
    small.stop()
    large = halls.start(template=large_template, clock=NOW)
    many = Hall(large).queries()
    large.stop()
    grown = {place: (few[place], many[place]) for place in few if many[place] > few[place]}
    assert not grown, f"queries with 80 and with 1,000 people: {grown}"
    assert max(many.values()) < 60
