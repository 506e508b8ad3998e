"""36 months of one award, lived at random: careless people try what the rules forbid, and somebody keeps notes.

Rounds overlap, are called off, annulled and held again. The notes hold only what people did and what the site
answered, so that ``broken_rules`` judges what was published from the rules as they are written, not from the code.
"""

from __future__ import annotations

import datetime as dt
import heapq
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from evaluations.exceptions import BallotError, NominationError, RoundError
from evaluations.models import Election, Nomination, Veto
from evaluations.services import (
    attestations,
    decision,
    nominations,
    progress,
    rerun,
    results,
    rounds,
    sealing,
    vetoes,
    voting,
)
from evaluations.vetoes import KINDS
from intranet import clock
from intranet.access.models import User
from intranet.people.models import Unit, Window
from tests.people_of_the_hall import make_user

from .hall import Hall, lead, make_award, place

UNITS, A_UNIT, WINDOWS_A_UNIT = 3, 3, 2
DAY = dt.timedelta(days=1)
REFUSED = (NominationError, RoundError, BallotError)


@dataclass
class Notes:
    """What people remember of one round."""

    election: Election
    period: dt.date
    rules: dict[str, Any]
    ballots: list[list[str]] = field(default_factory=list)
    roll: int = 0
    by_unit: dict[int, int] = field(default_factory=dict)  # nomination: unit
    standing: dict[str, int] = field(default_factory=dict)  # key: whom it honours
    vetoed: dict[int, int] = field(default_factory=dict)  # veto in force: whom it excludes
    kept: bool = False
    ended: bool = False
    settled: int = 0  # in which order the lists of candidates became final
    beside: tuple[dt.date, ...] = ()  # periods whose rounds were held when it did
    honoured: list[int] | None = None


class ThreeYears:
    """``fixed`` are fields of the award that are not left to chance."""

    def __init__(self, seed: int, **fixed: Any) -> None:
        self.draw = random.Random(seed)
        self.notes: list[Notes] = []
        self.happened: Counter[str] = Counter()
        self.agenda: list[tuple[dt.datetime, int, Iterator[dt.datetime]]] = []
        self.began = 0
        self.over: list[Notes] = []
        with clock.at(clock.parse("2025-12-01T09:00")):
            self.build()
            # The rules of an award fit together; what a draw cannot hold is drawn again.
            while True:
                with suppress(RoundError):
                    self.award = make_award(self.hall, **self.drawn_rules() | fixed)
                    break

    def build(self) -> None:
        office = Unit.objects.create(name="督查科", kind="back_office")
        officer, *scrutineers = (make_user(None, role) for role in ("union_officer", "scrutineer", "scrutineer"))
        for user in (officer, *scrutineers):
            place(user, office)
        self.scrutineers = scrutineers
        self.units: list[tuple[Unit, User]] = []
        self.people: list[tuple[User, Unit]] = []
        self.windows: list[tuple[Window, Unit, User]] = []
        for number in range(UNITS):
            unit = Unit.objects.create(name=f"进驻单位{number}", kind="posting_department")
            windows = [Window.objects.create(number=f"{number}{n}", name="窗口") for n in range(WINDOWS_A_UNIT)]
            for n, window in enumerate(windows):
                window.units.add(unit)
                head = self.employ(unit, window)
                lead_window(head, window)
                self.windows.append((window, unit, head))
                for _clerk in range(A_UNIT - WINDOWS_A_UNIT if n == 0 else 0):
                    self.employ(unit, window)
            chief = make_user()
            place(chief, unit)
            lead(chief, unit)
            self.units.append((unit, chief))
        self.hall = Hall(officer, scrutineers[0], office, self.windows[0][0])
        self.voters = [
            officer,
            *scrutineers,
            *(chief for _unit, chief in self.units),
            *(u for u, _unit in self.people),
        ]

    def employ(self, unit: Unit, window: Window) -> User:
        user = make_user()
        place(user, unit, window)
        self.people.append((user, unit))
        return user

    def drawn_rules(self) -> dict[str, Any]:
        draw = self.draw
        return {
            "subject": draw.choice(["person", "person", "window"]),
            "places": draw.randint(1, 3),
            "quota_per_unit": draw.choice([0, 1, 1, 2]),
            "self_allowed": draw.random() < 0.7,
            "colleague_allowed": draw.random() < 0.7,
            "no_repeat_rounds": draw.randint(0, 3),
            "vetoes": draw.sample(sorted(KINDS), 3),
            "ballot_kind": draw.choice(["choose", "approve"]),
            "list_kind": draw.choice(["any", "any", "competitive"]),
            "max_choices": draw.randint(1, 3),
            "self_vote": draw.random() < 0.5,
            "least_return": draw.choice([None, 40, 60]),
            "least_share": draw.choice([None, 15, 30, 50]),
            "share_base": draw.choice(["roll", "valid"]),
            "tie_rule": draw.choice(["meeting", "lot"]),
            "notice_workdays": draw.randint(1, 5),
        }

    # What happens when

    def live(self, months: int = 36) -> Iterator[Notes]:
        """Give each round's notes as soon as it is over, one way or the other."""
        for month in range(months):
            first = dt.date(2026 + month // 12, month % 12 + 1, 1)
            last = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1) - DAY
            opens = clock.start_of(last + dt.timedelta(days=self.draw.randint(1, 20)), 9)
            self.enter(opens, self.planned(first, last, opens))
        while self.agenda:
            moment, _number, life = heapq.heappop(self.agenda)
            with clock.at(moment):
                following = next(life, None)
            if following is not None:
                self.enter(max(following, moment), life)
            elif self.over:
                yield self.over.pop()

    def enter(self, moment: dt.datetime, life: Iterator[dt.datetime]) -> None:
        self.began += 1
        heapq.heappush(self.agenda, (moment, self.began, life))

    def planned(self, first: dt.date, last: dt.date, opens: dt.datetime) -> Iterator[dt.datetime]:
        election = rounds.plan_round(
            award=self.award,
            period_first=first,
            period_last=last,
            recommendation_opens=opens,
            recommendation_closes=opens + 3 * DAY,
            voting_opens=opens + 6 * DAY,
            voting_closes=opens + 8 * DAY,
            by=self.hall.officer,
        )
        yield from self.life(election)

    def life(self, election: Election) -> Iterator[dt.datetime]:
        """A round from its opening on; each step gives the instant of the next."""
        officer = self.hall.officer
        rounds.open_round(election=election, by=officer)
        notes = Notes(election, election.period_first, election.rules, roll=election.roll_size)
        self.notes.append(notes)
        if election.phase == "preparation":
            yield election.recommendation_opens
            self.step(election)
        self.recommend(notes)
        yield election.recommendation_closes
        self.step(election)
        self.review(notes)
        yield election.recommendation_closes + DAY
        if not self.finish_review(notes):
            rounds.cancel(election=election, reason="候选不足", by=officer)
            yield from self.called_off(notes)
            return
        self.speak_against(notes)
        yield election.voting_opens
        self.step(election)
        self.vote(notes)
        yield election.voting_closes
        sealing.close_voting(election, None)
        sealing.declare_sealed(election, None)
        yield clock.now() + self.draw.choice([0, 1, 3, 30]) * DAY
        for _day in range(4):
            self.speak_against(notes)
            if self.announce(notes):
                yield clock.start_of(election.notice_last + DAY)
                results.publish(election=election)
                column = notes.rules["subject"]
                notes.honoured = list(election.honours.values_list(column, flat=True))
                self.happened["published"] += 1
                self.over.append(notes)
                return
            yield clock.now() + DAY
        rounds.annul(election=election, reason="无法确定", by=officer)
        yield from self.called_off(notes)

    def called_off(self, notes: Notes) -> Iterator[dt.datetime]:
        """Sometimes held again, a few days later."""
        notes.ended = True
        self.happened["called off"] += 1
        self.over.append(notes)
        if self.draw.random() < 0.5:
            again = rerun.hold_again(election=notes.election, by=self.hall.officer)
            self.happened["held again"] += 1
            yield clock.now()
            yield from self.life(again)

    @staticmethod
    def step(election: Election) -> None:
        progress.step(Election.objects.locked(election.pk))
        election.refresh_from_db()

    # What people do, or try

    def recommend(self, notes: Notes) -> None:
        """Some tries; who recommends does not look at quotas, vetoes or who was honoured lately."""
        for _try in range(9):
            kind = self.draw.choice(["unit", "unit", "self", "colleague"])
            about, unit, head = self.somebody(notes)
            by = {"unit": self.chief_of(unit), "self": head, "colleague": self.draw.choice(self.people)[0]}[kind]
            with suppress(NominationError):
                given = nominations.recommend(
                    election=notes.election,
                    kind=kind,
                    unit=unit if kind == "unit" else None,
                    reason="群众满意",
                    by=by,
                    **{notes.rules["subject"]: about},
                )
                if kind == "unit":
                    notes.by_unit[given.pk] = unit.pk
                if kind == "colleague":
                    nominations.accept(nomination=given, by=head)
                self.happened[kind] += 1
        if self.draw.random() < 0.3:
            self.take_back(notes)
            self.speak_against(notes)

    def somebody(self, notes: Notes) -> tuple[Any, Unit, User]:
        if notes.rules["subject"] == "window":
            return self.draw.choice(self.windows)
        user, unit = self.draw.choice(self.people)
        return user.person, unit, user

    def chief_of(self, unit: Unit) -> User:
        return next(chief for of, chief in self.units if of == unit)

    def take_back(self, notes: Notes) -> None:
        """By who made it, who is refused if they have come to stand themselves."""
        for given in notes.election.nominations.filter(state="accepted")[:1]:
            with suppress(NominationError):
                nominations.withdraw(nomination=given, by=given.by)
                notes.by_unit.pop(given.pk, None)

    def review(self, notes: Notes) -> None:
        for given in notes.election.nominations.filter(state="accepted").order_by("pk"):
            with suppress(NominationError):
                nominations.approve(nomination=given, by=self.hall.officer)
        self.speak_against(notes)

    def finish_review(self, notes: Notes) -> bool:
        """Whoever cannot stand is struck off, one after the other, until the list is taken; False if it never is."""
        officer, election = self.hall.officer, notes.election
        for given in election.nominations.filter(state__in=["accepted", "proposed"]).order_by("pk"):
            with suppress(NominationError):
                nominations.approve(nomination=given, by=officer)
        left = list(election.nominations.filter(state__in=["accepted", "approved"]).order_by("pk"))
        while True:
            with suppress(RoundError):
                rounds.finish_review(election=election, by=officer)
                self.note_list(notes)
                return True
            if not left:
                return False
            self.strike_off(notes, left)

    def strike_off(self, notes: Notes, left: list[Nomination]) -> None:
        """Those not admitted first, then those with a veto, then anybody."""
        first = [one for one in left if one.state == "accepted"]
        first += [one for one in left if self.pk_of(notes, one) in notes.vetoed.values()]
        given = (first or left)[0]
        left.remove(given)
        nominations.reject(nomination=given, reason="不符合条件", by=self.hall.officer)
        notes.by_unit.pop(given.pk, None)

    @staticmethod
    def pk_of(notes: Notes, given: Any) -> int:
        return getattr(given, f"{notes.rules['subject']}_id")

    def note_list(self, notes: Notes) -> None:
        notes.standing = {one.key: self.pk_of(notes, one) for one in notes.election.candidates.all()}
        notes.settled = max(one.settled for one in self.notes) + 1
        notes.beside = tuple({one.period for one in self.notes if not one.ended})

    def speak_against(self, notes: Notes) -> None:
        """Now and then a veto is entered, or one in force is lifted."""
        officer, election = self.hall.officer, notes.election
        named = list(election.nominations.standing().order_by("pk"))
        if named and self.draw.random() < 0.3:
            given = self.draw.choice(named)
            with suppress(NominationError):
                kind = self.draw.choice(notes.rules["vetoes"])
                veto = vetoes.enter(nomination=given, kind=kind, evidence="查实", by=officer)
                notes.vetoed[veto.pk] = self.pk_of(notes, given)
                self.happened["veto"] += 1
        if notes.vetoed and self.draw.random() < 0.2:
            veto = Veto.objects.get(pk=self.draw.choice(sorted(notes.vetoed)))
            vetoes.settle(veto=veto, outcome="lifted", reason="查无此事", by=officer)
            del notes.vetoed[veto.pk]
            self.happened["veto lifted"] += 1
        election.refresh_from_db()

    def vote(self, notes: Notes) -> None:
        """Some turn up; now and then one marks more than is allowed, or oneself, and is refused."""
        eager, most = self.draw.choice([0.3, 0.7, 0.95]), notes.rules["max_choices"]
        for user in self.voters:
            if self.draw.random() < eager:
                number = self.draw.choice([1, most, most, most + 1])
                names = self.draw.sample(sorted(notes.standing), min(number, len(notes.standing)))
                self.cast(notes, user, names)

    def cast(self, notes: Notes, user: User, names: list[str]) -> None:
        ballot = names
        if notes.rules["ballot_kind"] == "approve":
            ballot = [name + self.draw.choice(["=yes", "=yes", "=no"]) for name in names]
        with suppress(BallotError):
            voting.cast_ballot(election=notes.election, user=user, choices=ballot, receipt=voting.new_receipt())
            notes.ballots.append(ballot)

    def announce(self, notes: Notes) -> bool:
        """Try to begin the notice; where the site refuses, do one thing about it for the next try."""
        officer, election = self.hall.officer, notes.election
        with suppress(RoundError):
            results.start_notice(election=election, by=officer)
            return True
        election.refresh_from_db()
        with suppress(RoundError):
            if election.result["faults"] and not notes.kept and self.draw.random() < 0.4:
                decision.accept_validity(election=election, reason="特殊时期", by=officer)
                notes.kept = True
                self.happened["kept below the rules"] += 1
            if election.result["tied"] and not election.decision:
                self.settle_tie(notes)
        return False

    def settle_tie(self, notes: Notes) -> None:
        election, places = notes.election, decision.open_places(notes.election)
        if decision.by_lot(election):
            for user in self.scrutineers:
                with suppress(RoundError):
                    attestations.attest(election=election, act="lot", by=user)
            decision.draw_lot(election=election, by=self.hall.officer)
        else:
            chosen = self.draw.sample(election.result["tied"], min(places, len(election.result["tied"])))
            decision.settle_tie(election=election, chosen=chosen, reason="现场商定", by=self.hall.officer)
        self.happened["tie"] += 1


def lead_window(user: User, window: Window) -> None:
    from intranet.people.models import Leadership

    Leadership.objects.create(kind="window_head", person=user.person, window=window, starts_on=dt.date(2020, 1, 6))


# The rules, read aloud


def broken_rules(all_notes: list[Notes], notes: Notes) -> list[str]:
    """What is wrong with a published round; ``all_notes`` are those of every round so far."""
    if notes.honoured is None:
        return []
    return [
        f"{notes.period:%Y-%m}: {sentence}"
        for sentence in (*_quotas(notes), *_vetoes(notes), *_validity(notes), *_places(notes))
    ] + _too_soon(all_notes, notes)


def _quotas(notes: Notes) -> Iterator[str]:
    """No unit has more candidates, or more recommendations that stand, than its quota."""
    standing = set(notes.election.nominations.standing().values_list("pk", flat=True))
    used = Counter(unit for nomination, unit in notes.by_unit.items() if nomination in standing)
    for unit, number in used.items():
        if number > notes.rules["quota_per_unit"]:
            yield f"quota: unit {unit} has {number} of {notes.rules['quota_per_unit']}"


def _vetoes(notes: Notes) -> Iterator[str]:
    for pk in set(notes.honoured or ()) & set(notes.vetoed.values()):
        yield f"veto: {pk} is honoured against a veto in force"


def _votes(notes: Notes) -> dict[int, int]:
    """Whom how many valid ballots chose, or approved of; the site takes no ballot that is not valid."""
    said = "=yes" if notes.rules["ballot_kind"] == "approve" else ""
    return {pk: sum(key + said in ballot for ballot in notes.ballots) for key, pk in notes.standing.items()}


def _validity(notes: Notes) -> Iterator[str]:
    rules, cast = notes.rules, len(notes.ballots)
    if rules["least_return"] and 100 * cast < Fraction(rules["least_return"]) * notes.roll and not notes.kept:
        yield f"return: {cast} ballots of {notes.roll}, and nobody recorded why it is kept"
    base = notes.roll if rules["share_base"] == "roll" else cast
    votes = _votes(notes)
    for pk in notes.honoured or ():
        if rules["least_share"] and 100 * votes[pk] < Fraction(rules["least_share"]) * base:
            yield f"share: {pk} is honoured with {votes[pk]} votes of {base}"


def _places(notes: Notes) -> Iterator[str]:
    """No more than there are places, all of them candidates with a vote, and nobody able with more passed over."""
    honoured, votes = notes.honoured or [], _votes(notes)
    if not 0 < len(set(honoured)) == len(honoured) <= notes.rules["places"]:
        yield f"places: {len(honoured)} honoured"
    if not set(honoured) <= set(votes) or not all(votes[pk] for pk in honoured):
        yield "places: somebody without a vote is honoured"
        return
    passed_over = set(votes) - set(honoured) - set(notes.vetoed.values())
    if any(votes[pk] > min(votes[one] for one in honoured) for pk in passed_over):
        yield "places: somebody with more votes is passed over"


def _too_soon(all_notes: list[Notes], notes: Notes) -> list[str]:
    """Nobody is honoured in two rounds so near each other that one of them had to sit out.

    How near is reckoned in rounds held when the later of both lists of candidates became final.
    """
    found = []
    for other in all_notes:
        if other is notes or other.honoured is None:
            continue
        later = max(notes, other, key=lambda one: one.settled)
        first, last = sorted([notes.period, other.period])
        between = sum(first < period < last for period in later.beside)
        twice = set(notes.honoured or ()) & set(other.honoured)
        if twice and between < notes.rules["no_repeat_rounds"]:
            found.append(f"no-repeat: {twice} in {first:%Y-%m} and {last:%Y-%m}")
    return found
