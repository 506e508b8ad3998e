"""A hall with as many windows as the founding cases need, and the steps of a round as its people do them."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
import sys
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.conf import settings

from evaluations import record
from evaluations.models import Award, Election, Nomination
from evaluations.services import assessment, decision, files, nominations, panels, results, rounds, voting
from intranet import clock
from intranet.access.models import User
from intranet.figures.services import months
from intranet.people.models import Leadership, Unit, Window
from tests.people_of_the_hall import make_user

from .hall import place
from .scans import pdf

VERIFIER = settings.BASE_DIR / "docs" / "verify_election.py"
_count = itertools.count(1)


@dataclass
class FoundingHall:
    """Units with a chief representative each; windows with a head and a clerk each."""

    officer: User
    inspector: User
    leader: User
    chiefs: dict[int, User] = field(default_factory=dict)
    windows: list[Window] = field(default_factory=list)
    heads: list[User] = field(default_factory=list)
    clerks: list[User] = field(default_factory=list)


def make_founding_hall(windows: int, a_unit: int = 3) -> FoundingHall:
    n = next(_count)
    office = Unit.objects.create(name=f"中心办公室{n}", kind="back_office")
    hall = FoundingHall(
        make_user(None, "union_officer", name="工会周"),
        make_user(None, "inspection", name="督查冯"),
        make_user(None, "centre_leader", name="主任沈"),
    )
    for user in (hall.officer, hall.inspector, hall.leader):
        place(user, office)
    for number in range(windows):
        if number % a_unit == 0:
            unit = Unit.objects.create(name=f"进驻单位{n}-{number // a_unit + 1}", kind="posting_department")
            chief = make_user(name=f"首席{number // a_unit + 1}")
            place(chief, unit)
            Leadership.objects.create(
                kind="chief_representative", person=chief.person, unit=unit, starts_on=dt.date(2020, 1, 6)
            )
            hall.chiefs[unit.pk] = chief
        window = Window.objects.create(number=f"{n}-{number + 1}", name=f"窗口{number + 1}")
        window.units.add(unit)
        head, clerk = make_user(name=f"组长{number + 1}"), make_user(name=f"职工{number + 1}")
        for user in (head, clerk):
            place(user, unit, window)
        Leadership.objects.create(
            kind="window_head", person=head.person, window=window, starts_on=dt.date(2020, 1, 6)
        )
        hall.windows.append(window)
        hall.heads.append(head)
        hall.clerks.append(clerk)
    return hall


def at(text: str) -> dt.datetime:
    return clock.parse(text)


def planned_and_opened(hall: FoundingHall, award: Award, first: str, last: str, opens: str, closes: str, **dates):
    with clock.at(at(opens)):
        election = rounds.plan_round(
            award=award,
            period_first=dt.date.fromisoformat(first),
            period_last=dt.date.fromisoformat(last),
            recommendation_opens=at(opens),
            recommendation_closes=at(closes),
            by=hall.officer,
            **{name: at(text) for name, text in dates.items()},
        )
        return rounds.open_round(election=election, by=hall.officer)


def windows_recommend(hall: FoundingHall, election: Election, when: str, by_themselves: int, by_units: int) -> None:
    """The first windows by their heads, the next ones by their chief representatives."""
    with clock.at(at(when)):
        for window, head in list(zip(hall.windows, hall.heads, strict=True))[:by_themselves]:
            nominations.recommend(election=election, kind="self", window=window, reason="自我申报", by=head)
        for window in hall.windows[by_themselves : by_themselves + by_units]:
            unit = window.units.get()
            nominations.recommend(
                election=election, kind="unit", window=window, unit=unit, reason="单位推荐", by=hall.chiefs[unit.pk]
            )


def review_finished(hall: FoundingHall, election: Election, closes: str) -> Election:
    rounds.advance(at(closes))
    with clock.at(at(closes)):
        for nomination in election.nominations.filter(state=Nomination.State.ACCEPTED):
            nominations.approve(nomination=nomination, by=hall.officer)
        election.refresh_from_db()
        rounds.finish_review(election=election, by=hall.officer)
    return election


def vote_one_by_one(election: Election, voters: list[User], when: str, choices) -> None:
    """``choices(n)`` gives the keys that the n-th voter chooses."""
    with clock.at(at(when)):
        for n, voter in enumerate(voters):
            voting.cast_ballot(
                election=election, user=voter, choices=sorted(choices(n)), receipt=voting.new_receipt()
            )


def score_windows(hall: FoundingHall, month: str, scores: dict[int, str]) -> None:
    """The inspection section's monthly scores, by the windows' places in the hall."""
    first = dt.date.fromisoformat(f"{month}-01")
    with clock.at(at(f"{month}-28T17:00")):
        for n, score in scores.items():
            months.save_monthly_score(
                subject=hall.windows[n],
                month=first,
                score=Decimal(score),
                by=hall.inspector,
            )


def panel_scores(election: Election, user: User, when: str, score) -> None:
    """``score(candidate)`` is what this seat gives."""
    seat = election.seats.get(user=user)
    with clock.at(at(when)):
        given = {candidate.key: Decimal(score(candidate)) for candidate in election.candidates.all()}
        panels.save_scores(seat=seat, scores=given, conflicts=set(), by=user)
        panels.hand_in(seat=seat, by=user)


def frozen(hall: FoundingHall, election: Election, when: str) -> Election:
    with clock.at(at(when)):
        assessment.freeze(election=election, by=hall.officer)
    election.refresh_from_db()
    return election


def met(hall: FoundingHall, election: Election, day: str, winners: list[str], reason: str = "") -> Election:
    with clock.at(at(f"{day}T15:00")):
        scan = files.file(election=election, kind="minutes", upload=pdf(), title="会议纪要", by=hall.officer)
        decision.record_meeting(
            election=election,
            held_on=dt.date.fromisoformat(day),
            present=["主任沈", "工会周", "督查冯"],
            recused=[],
            minutes_number="〔2026〕3号",
            scan=scan,
            winners=winners,
            reason=reason,
            by=hall.officer,
        )
    election.refresh_from_db()
    return election


def published(hall: FoundingHall, election: Election, when: str) -> Election:
    """Public notice, and the day after it."""
    with clock.at(at(when)):
        election.refresh_from_db()
        results.start_notice(election=election, by=hall.officer)
    rounds.advance(clock.start_of(election.notice_last + dt.timedelta(days=1), 1))
    election.refresh_from_db()
    assert election.phase == "published"
    return election


def recounted(election: Election, folder: Path) -> str:
    """What the verifier says of the record, given the roots shown at opening, sealing and with the notice."""
    record.write_bundle(election, folder)
    roots = [election.opening_root, election.record_root, *filter(None, [election.sealing_root])]
    command = [sys.executable, "-I", "-S", str(VERIFIER), str(folder)]
    for root in roots:
        command += ["--root", root]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
