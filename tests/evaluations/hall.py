"""A small hall with an award and its rounds, made through the services."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field

from evaluations.models import Award, Election, RollEntry
from evaluations.services import awards, nominations, results, rounds, sealing, voting
from intranet import clock
from intranet.access.models import User
from intranet.people.models import Leadership, Person, Posting, Unit, Window
from tests.people_of_the_hall import make_user

_count = itertools.count(1)
# Monday to Friday of one week without holidays; the recommendation opens on the 2nd of November 2026.
OPENS = clock.parse("2026-11-02T09:00")
CLOSES = clock.parse("2026-11-04T17:30")
VOTES = clock.parse("2026-11-05T09:00")
ENDS = clock.parse("2026-11-06T17:30")
BEFORE = clock.parse("2026-10-30T10:00")
DURING_VOTE = VOTES + dt.timedelta(hours=1)


@dataclass
class Hall:
    """One unit with one window; ``officer`` runs rounds, ``staff`` sit at the window since 2020."""

    officer: User
    scrutineer: User
    unit: Unit
    window: Window
    staff: list[User] = field(default_factory=list)

    def person(self, n: int) -> Person:
        return self.staff[n].person


def place(user: User, unit: Unit, window: Window | None = None, entered: dt.date = dt.date(2020, 1, 6)) -> Person:
    """Give a user's person a posting and a day of entry."""
    person = user.person
    person.entered_on = entered
    person.save()
    Posting.objects.create(person=person, unit=unit, window=window, starts_on=entered)
    return person


def make_hall(staff: int = 6) -> Hall:
    n = next(_count)
    unit = Unit.objects.create(name=f"住建局{n}", kind="posting_department")
    window = Window.objects.create(number=f"{n}", name="不动产登记")
    window.units.add(unit)
    officer = make_user(None, "union_officer", name="工会周")
    scrutineer = make_user(None, "scrutineer", name="监票吴")
    back_office = Unit.objects.create(name=f"督查科{n}", kind="back_office")
    place(officer, back_office)
    place(scrutineer, back_office)
    hall = Hall(officer, scrutineer, unit, window)
    for _ in range(staff):
        user = make_user()
        place(user, unit, window)
        hall.staff.append(user)
    return hall


def lead(user: User, unit: Unit) -> None:
    Leadership.objects.create(
        kind="chief_representative", person=user.person, unit=unit, starts_on=dt.date(2020, 1, 6)
    )


def make_award(hall: Hall, **fields) -> Award:
    n = next(_count)
    values = {"slug": f"star-{n}", "name": f"服务之星{n}", "places": 2, "max_choices": 2} | fields
    return awards.set_up_award(by=hall.officer, **values)


def plan(hall: Hall, award: Award | None = None, **dates) -> Election:
    values = {
        "period_first": dt.date(2026, 10, 1),
        "period_last": dt.date(2026, 10, 31),
        "recommendation_opens": OPENS,
        "recommendation_closes": CLOSES,
        "voting_opens": VOTES,
        "voting_closes": ENDS,
    } | dates
    with clock.at(BEFORE):
        return rounds.plan_round(award=award or make_award(hall), by=hall.officer, **values)


def opened(hall: Hall, award: Award | None = None, **dates) -> Election:
    election = plan(hall, award, **dates)
    with clock.at(OPENS):
        return rounds.open_round(election=election, by=hall.officer)


def voting_round(hall: Hall, award: Award | None = None, candidates: int = 3) -> Election:
    """A round in which voting is open, with the first ``candidates`` of the staff on the ballot."""
    election = opened(hall, award)
    with clock.at(OPENS):
        given = [
            nominations.recommend(election=election, kind="self", reason="群众满意", by=user)
            for user in hall.staff[:candidates]
        ]
        for nomination in given:
            nominations.approve(nomination=nomination, by=hall.officer)
    rounds.advance(CLOSES)
    election.refresh_from_db()
    with clock.at(CLOSES):
        rounds.finish_review(election=election, by=hall.officer)
    rounds.advance(VOTES)
    election.refresh_from_db()
    return election


def keys_of(election: Election) -> list[str]:
    """The candidates' keys, in the order of recommendation."""
    return list(election.candidates.order_by("pk").values_list("key", flat=True))


def vote(election: Election, user: User, *choices: str) -> str:
    with clock.at(DURING_VOTE):
        return voting.cast_ballot(election=election, user=user, choices=list(choices), receipt=voting.new_receipt())


def close(election: Election) -> Election:
    """Sealed as far as that is possible inside a test's transaction: without the rewriting and the clean-up.

    For tests of what comes after sealing; how sealing itself keeps the secret is tested with ``own_database``.
    """
    with clock.at(ENDS):
        sealing.close_voting(election, None)
        return sealing.declare_sealed(election, None)


def on_notice(hall: Hall, award: Award | None = None) -> Election:
    """A round whose list is on public notice: three voted alike, two win, the third does not."""
    election = voting_round(hall, award or make_award(hall, notice_place="一楼公示栏"))
    for user in hall.staff[:3]:
        vote(election, user, *keys_of(election)[:2])
    close(election)
    with clock.at(ENDS):
        results.start_notice(election=election, by=hall.officer)
    election.refresh_from_db()
    return election


def commended(hall: Hall, award: Award | None = None) -> Election:
    """The morning after the last day of notice."""
    election = on_notice(hall, award)
    assert election.notice_last is not None
    rounds.advance(clock.start_of(election.notice_last + dt.timedelta(days=1), 9))
    election.refresh_from_db()
    return election


def entry(election: Election, user: User) -> RollEntry:
    found = voting.entry_of(election, user)
    assert found is not None
    return found
