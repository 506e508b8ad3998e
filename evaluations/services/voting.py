"""Casting a ballot: the entry of the roll is the lock, mark and ballot are one transaction, and nothing else."""

from __future__ import annotations

import re
import secrets

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables

from evaluations.exceptions import AlreadyVoted, BallotError
from evaluations.models import Ballot, Candidate, Election, Mark, RollEntry
from evaluations.tally import seal_choices
from intranet import clock
from intranet.access.models import User

RECEIPT = re.compile(r"[A-Za-z0-9_-]{43}")


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


@sensitive_variables()
def cast_ballot(*, election: Election, user: User, choices: list[str], receipt: str) -> str:
    """Record one ballot; gives the receipt.

    ``choices`` are candidates' keys. Raises AlreadyVoted (with ``receipt`` if the same receipt was sent
    again, so that repeating a lost request is safe) and BallotError; then nothing was recorded.
    """
    if not RECEIPT.fullmatch(receipt):
        raise BallotError(_("This page is out of date. Please open the ballot again and send it once more."))
    try:
        with transaction.atomic():
            _hold_tables()
            entry = _locked_entry(election, user)
            _refuse_second(entry, receipt)
            _check_open(entry.election)
            _check_choices(entry.election, choices)
            # bulk_create: no save signals, so no other part of the house sees who voted or how.
            Mark.objects.bulk_create([Mark(election_id=entry.election_id, entry=entry, receipt=receipt)])
            Ballot.objects.bulk_create(
                [Ballot(election_id=entry.election_id, box=entry.box, envelope=seal_choices(choices))]
            )
    except IntegrityError:
        # Without the cause: the database's message would repeat the receipt.
        raise BallotError(
            _("The ballot was not recorded. Please open the ballot again and send it once more.")
        ) from None
    return receipt


def _hold_tables() -> None:
    """On PostgreSQL, wait while sealing remakes the tables, before reading whether voting is still open.

    Without this, a ballot that was checked before and written after sealing would land in the new table
    with its own transaction number. On SQLite the immediate transaction excludes sealing already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {Mark._meta.db_table}, {Ballot._meta.db_table} IN ROW EXCLUSIVE MODE")


def _locked_entry(election: Election, user: User) -> RollEntry:
    found = RollEntry.objects.select_for_update(of=("self",)).select_related("election")
    entry = found.filter(election=election, person__user=user).first()
    if entry is None:
        raise BallotError(
            _("You are not on the roll of this round, so you cannot vote in it. If that is wrong, ask the union.")
        )
    return entry


def _refuse_second(entry: RollEntry, receipt: str) -> None:
    for entry_id, given in Mark.objects.filter(Q(entry=entry) | Q(receipt=receipt)).values_list(
        "entry_id", "receipt"
    ):
        if entry_id == entry.pk:
            raise AlreadyVoted(
                _("Your ballot is already recorded. It was not changed."), receipt=receipt if given == receipt else ""
            )
        raise BallotError(_("This page is out of date. Please open the ballot again and send it once more."))


def _check_open(election: Election) -> None:
    if election.is_open_for_votes:
        return
    if election.phase in (Election.Phase.PREPARATION, Election.Phase.RECOMMENDATION, Election.Phase.REVIEW) or (
        election.phase == Election.Phase.VOTING and clock.now() < election.voting_opens
    ):
        raise BallotError(_("Voting is not open yet. Nothing was recorded."))
    raise BallotError(_("Voting in this round is over. Nothing was recorded."))


@sensitive_variables()
def _check_choices(election: Election, choices: list[str]) -> None:
    fewest, most = election.rules["min_choices"], election.rules["max_choices"]
    if len(set(choices)) != len(choices):
        raise BallotError(_("A candidate is chosen twice. Choose each at most once."))
    if len(choices) < fewest:
        raise BallotError(_("Choose at least %(n)d candidates. Nothing was recorded.") % {"n": fewest})
    if len(choices) > most:
        raise BallotError(_("Choose at most %(n)d candidates. Nothing was recorded.") % {"n": most})
    # What was sent never becomes part of a query: the database might refuse it, and repeat it while doing so.
    if not set(choices) <= set(Candidate.objects.filter(election=election).values_list("key", flat=True)):
        raise BallotError(_("The ballot names someone who is not a candidate. Please open the ballot again."))
