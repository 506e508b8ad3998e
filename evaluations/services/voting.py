"""Casting a ballot: the entry of the roll is the lock, mark and ballot are one transaction, and nothing else.

The four statements of that transaction are written out here instead of going through models: a whole hall votes in
the last minutes before the end, and objects made for every row cost several times what the database needs. Every
value is a parameter. Mark and ballot stay two statements, so that no log of slow or failed statements shows both.
"""

from __future__ import annotations

import json
import re
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from evaluations import tally
from evaluations.exceptions import AlreadyVoted, BallotError
from evaluations.models import Ballot, Candidate, Election, Mark, RollEntry
from evaluations.models.elections import FIRST_RULES
from intranet import clock
from intranet.access.models import User
from intranet.people.models import Person, Posting

RECEIPT = re.compile(r"[A-Za-z0-9_-]{43}")
MARK, BALLOT = Mark._meta.db_table, Ballot._meta.db_table
ROLL, PERSON = RollEntry._meta.db_table, Person._meta.db_table
ELECTION, CANDIDATE = Election._meta.db_table, Candidate._meta.db_table

# On PostgreSQL, wait while sealing remakes the tables, before reading whether voting is still open. Without this, a
# ballot that was checked before and written after sealing would land in the new table with its own transaction
# number. On SQLite the immediate transaction excludes sealing already.
HOLD_TABLES = f"LOCK TABLE {MARK}, {BALLOT} IN ROW EXCLUSIVE MODE; "
# A statement of its own: what the next one reads is read after the lock, and sees what the one before us wrote.
LOCK_ENTRY = (
    f"SELECT e.id FROM {ROLL} e JOIN {PERSON} p ON p.id = e.person_id "
    "WHERE e.election_id = %s AND p.user_id = %s FOR UPDATE OF e; "
)
READ = (
    "SELECT e.id, e.box, e.person_id, r.id, r.rules, "
    "r.phase = 'voting' AND r.closed_at IS NULL AND r.voting_opens <= %s AND r.voting_closes > %s, "
    f"(SELECT {{joined}} FROM {CANDIDATE} c WHERE c.election_id = r.id), "
    f"m.receipt, m.on_paper, EXISTS (SELECT 1 FROM {MARK} o WHERE o.receipt = %s) "
    f"FROM {ROLL} e JOIN {PERSON} p ON p.id = e.person_id JOIN {ELECTION} r ON r.id = e.election_id "
    f"LEFT JOIN {MARK} m ON m.entry_id = e.id WHERE e.election_id = %s AND p.user_id = %s"
)
WRITE_MARK = f"INSERT INTO {MARK} (id, election_id, entry_id, receipt) VALUES (%s, %s, %s, %s)"
WRITE_BALLOT = f"INSERT INTO {BALLOT} (id, election_id, box, envelope) VALUES (%s, %s, %s, %s)"


def new_receipt() -> str:
    """A random receipt of 43 characters, put in the form before it is sent: a lost answer can be asked for again."""
    return secrets.token_urlsafe(32)


def entry_of(election: Election, user: User) -> RollEntry | None:
    """The user's entry on the roll, or None."""
    return RollEntry.objects.filter(election=election, person__user=user).first()


def has_voted(entry: RollEntry) -> bool:
    return Mark.objects.filter(entry=entry).exists()


def turnout(election: Election) -> tuple[int, int]:
    """(how many have voted, how many may)."""
    return Mark.objects.filter(election=election).count(), election.roll_size


def roll_by_box(election: Election) -> dict[str, int]:
    """How many people may vote in each box."""
    sizes = election.roll.order_by().values("box").annotate(size=Count("pk"))
    return dict(sizes.values_list("box", "size"))


@dataclass(frozen=True)
class Standing:
    """What is known of a voter and a round once the entry is locked."""

    entry: int
    box: str
    person: int
    election: int
    rules: dict[str, Any]
    is_open: bool
    keys: frozenset[str]
    receipt: str
    on_paper: bool
    receipt_taken: bool


@sensitive_variables()
def cast_ballot(*, election: Election, user: User, choices: list[str], receipt: str) -> str:
    """Record one ballot; gives the receipt.

    ``choices`` as in ``tally``. Raises AlreadyVoted (with ``receipt`` if the same receipt was sent
    again, so that repeating a lost request is safe) and BallotError; then nothing was recorded.
    """
    if not RECEIPT.fullmatch(receipt):
        raise BallotError(_("This page is out of date. Please open the ballot again and send it once more."))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            voter = _locked_standing(cursor, election, user, receipt)
            _refuse_second(voter, receipt)
            _check_open(voter)
            _check_choices(voter, choices)
            # No model is saved: no other part of the house hears who voted or how.
            _write_mark(cursor, voter, receipt)
            _write_ballot(cursor, voter, tally.seal_choices(choices))
    except IntegrityError:
        # Without the cause: the database's message would repeat the receipt.
        raise BallotError(
            _("The ballot was not recorded. Please open the ballot again and send it once more.")
        ) from None
    return receipt


@sensitive_variables()
def _locked_standing(cursor: Any, election: Election, user: User, receipt: str) -> Standing:
    """Lock the voter's entry until the transaction ends, and read everything a ballot is checked against."""
    now = connection.ops.adapt_datetimefield_value(clock.now())
    who = [election.pk, user.pk]
    if connection.vendor == "postgresql":
        joined = READ.format(joined="string_agg(c.key, ',')")
        cursor.execute(HOLD_TABLES + LOCK_ENTRY + joined, [*who, now, now, receipt, *who])
        while cursor.nextset():
            pass
    else:
        cursor.execute(READ.format(joined="group_concat(c.key, ',')"), [now, now, receipt, *who])
    row = cursor.fetchone()
    if row is None:
        raise BallotError(
            _("You are not on the roll of this round, so you cannot vote in it. If that is wrong, ask the union.")
        )
    entry, box, person, pk, rules, is_open, keys, given, on_paper, taken = row
    return Standing(
        entry=entry,
        box=box,
        person=person,
        election=pk,
        rules={**FIRST_RULES, **json.loads(rules)},
        is_open=bool(is_open),
        keys=frozenset((keys or "").split(",")),
        receipt=given or "",
        on_paper=bool(on_paper),
        receipt_taken=bool(taken),
    )


def _refuse_second(voter: Standing, receipt: str) -> None:
    if voter.on_paper:
        raise AlreadyVoted(_("You were handed a ballot on paper, so you cannot vote here as well."))
    if voter.receipt:
        raise AlreadyVoted(
            _("Your ballot is already recorded. It was not changed."),
            receipt=receipt if voter.receipt == receipt else "",
        )
    if voter.receipt_taken:
        raise BallotError(_("This page is out of date. Please open the ballot again and send it once more."))


def _check_open(voter: Standing) -> None:
    if voter.is_open:
        return
    election = Election.objects.get(pk=voter.election)
    if election.phase in (Election.Phase.PREPARATION, Election.Phase.RECOMMENDATION, Election.Phase.REVIEW) or (
        election.phase == Election.Phase.VOTING and election.voting_opens and clock.now() < election.voting_opens
    ):
        raise BallotError(_("Voting is not open yet. Nothing was recorded."))
    raise BallotError(_("Voting in this round is over. Nothing was recorded."))


@sensitive_variables()
def _check_choices(voter: Standing, choices: list[str]) -> None:
    kind, rules = tally.kind_of(voter.rules), voter.rules
    marks = tally.marks_on(choices, kind)
    marked = [key for key, _said in marks or ()]
    if len(set(marked)) != len(marked):
        raise BallotError(_("A candidate is chosen twice. Choose each at most once."))
    _check_number(kind, rules, [said for _key, said in marks or ()])
    # What was sent never becomes part of a query: the database might refuse it, and repeat it while doing so.
    if marks is None or not voter.keys.issuperset(marked):
        raise BallotError(_("The ballot names someone who is not a candidate. Please open the ballot again."))
    if not rules["self_vote"] and own_keys(voter.election, voter.person) & set(marked):
        raise BallotError(_("In this round nobody votes for themselves or their own window. Nothing was recorded."))


@sensitive_variables()
def _check_number(kind: str, rules: dict[str, Any], said: list[str]) -> None:
    """As many votes as the rules allow. A ballot that marks nobody is taken for a slip of the finger."""
    votes = sum(word in ("", tally.YES) for word in said)
    fewest, most = rules["min_choices"], rules["max_choices"]
    if kind == "choose" and votes < fewest:
        raise BallotError(_("Choose at least %(n)d candidates. Nothing was recorded.") % {"n": fewest})
    if kind != "grade" and votes > most:
        raise BallotError(_("Choose at most %(n)d candidates. Nothing was recorded.") % {"n": most})
    if kind != "choose" and not said:
        raise BallotError(_("Mark at least one candidate. Nothing was recorded."))


def own_keys(election: int, person: int) -> set[str]:
    """Keys of candidates who are the voter, or the window or unit where the voter sat when the round opened."""
    opened = Election.objects.values_list("opened_at", flat=True).get(pk=election)
    seats = Posting.objects.on(clock.day_of(opened) if opened else None).filter(person=person)
    mine = (
        Q(person=person)
        | Q(window__in=seats.filter(window__isnull=False).values("window"))
        | Q(team__in=seats.values("unit"))
    )
    return set(Candidate.objects.filter(mine, election=election).values_list("key", flat=True))


@sensitive_variables()
def _write_mark(cursor: Any, voter: Standing, receipt: str) -> None:
    cursor.execute(WRITE_MARK, [uuid.uuid4().hex, voter.election, voter.entry, receipt])


@sensitive_variables()
def _write_ballot(cursor: Any, voter: Standing, envelope: str) -> None:
    cursor.execute(WRITE_BALLOT, [uuid.uuid4().hex, voter.election, voter.box, envelope])
