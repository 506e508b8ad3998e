"""The life of a round as officers lead it: planned, opened, reviewed, cancelled, annulled."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections import Counter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import closing, planning, record
from evaluations.canonical import instant
from evaluations.exceptions import RoundError
from evaluations.models import Award, Candidate, Election
from evaluations.phases import BEFORE_SEALING
from intranet import clock
from intranet.access import audit, sealed
from intranet.access.models import User

from . import events, excluded, panels, pool, progress, roll, skips, vetoes
from .eligibility import why_not
from .officers import require_officer
from .progress import advance, due_instants

__all__ = [
    "advance",
    "annul",
    "cancel",
    "change_dates",
    "due_instants",
    "finish_review",
    "open_round",
    "plan_round",
]

Phase = Election.Phase
DATES = ("recommendation_opens", "recommendation_closes", "voting_opens", "voting_closes", "scores_due")


@transaction.atomic
def plan_round(
    *,
    award: Award,
    period_first: dt.date,
    period_last: dt.date,
    recommendation_opens: dt.datetime,
    recommendation_closes: dt.datetime,
    voting_opens: dt.datetime | None = None,
    voting_closes: dt.datetime | None = None,
    scores_due: dt.datetime | None = None,
    by: User | None,
) -> Election:
    """A round in preparation. The appraised period is in days, the dates are aware instants.

    An award without a ballot has no voting dates; ``scores_due`` is for awards that weigh more than ballots. ``by``
    None is the clock. Raises RoundError: not an officer, award ended, dates out of order, the period has its round
    already.
    """
    if by is not None:
        require_officer(by)
    award = Award.objects.select_for_update().get(pk=award.pk)
    if award.retired_on is not None and award.retired_on <= clock.today():
        raise RoundError(_("This award has ended. Choose another award, or clear its end date."))
    skips.require_not_skipped(award, period_first)
    election = Election(
        award=award,
        slug=_slug(award, period_first),
        period_first=period_first,
        period_last=period_last,
        recommendation_opens=recommendation_opens,
        recommendation_closes=recommendation_closes,
        voting_opens=voting_opens,
        voting_closes=voting_closes,
        scores_due=scores_due,
        created_by=by,
    )
    _check_period(election)
    _check_dates(election)
    election.save()
    audit.record("evaluations.plan", election, by=by)
    events.append(election, gettext_lazy("Round planned"), by)
    return election


@transaction.atomic
def change_dates(*, election: Election, by: User, **dates: Any) -> Election:
    """Other dates, or another appraised period, while the round is not yet open."""
    current = Election.objects.locked(election.pk)
    _hold_award(current)
    require_officer(by, current)
    if current.phase != Phase.PREPARATION or current.opened_at is not None:
        raise RoundError(_("The dates are fixed since the round was opened. Cancel it and plan another if you must."))
    unknown = set(dates) - {*DATES, "period_first", "period_last"}
    if unknown:
        raise TypeError(f"not dates of a round: {sorted(unknown)}")
    for name, value in dates.items():
        setattr(current, name, value)
    _check_period(current)
    _check_dates(current)
    current.save(update_fields=[*dates])
    audit.record("evaluations.change_dates", current, by=by)
    events.append(current, gettext_lazy("Dates changed"), by)
    return _same(election, current)


@transaction.atomic
def open_round(*, election: Election, by: User | None) -> Election:
    """Freeze the rules and the roll, and publish their root. Recommendation begins at its date, or now if that has
    come. ``by`` None is the clock. The award may have changed since the round was planned: dates that do not fit it
    any more are refused.
    """
    current = Election.objects.locked(election.pk)
    _hold_award(current)
    if by is not None:
        require_officer(by, current)
    if current.phase != Phase.PREPARATION or current.opened_at is not None:
        raise RoundError(_("This round is already open."))
    now = clock.now()
    if now >= current.recommendation_closes:
        raise RoundError(_("The time for recommendations is already over. Change the dates first."))
    _check_period(current)
    _check_dates(current)
    current.opened_at = now
    # Known to nobody until a lot is drawn, whoever reads the database; its hash is in the rules, so that it cannot
    # be another one then.
    seed = secrets.token_hex(32)
    current.lot_seed = sealed.seal(seed)
    current.rules = {
        **current.award.rules(),
        "slug": current.slug,
        "period_first": current.period_first.isoformat(),
        "period_last": current.period_last.isoformat(),
        "lot_commitment": hashlib.sha256(seed.encode()).hexdigest(),
        **{name: instant(moment) if moment else "" for name in DATES for moment in [getattr(current, name)]},
    }
    if current.has_ballot:
        current.roll_size, current.roll_root = roll.freeze(current, clock.today())
        if current.roll_size == 0:
            raise RoundError(
                _("Nobody would be allowed to vote. Check the staff register, or who may vote in this award.")
            )
    current.notice_place = current.rules["notice_place"]
    current.opening_root = record.opening_root(current)
    current.save(
        update_fields=["opened_at", "lot_seed", "rules", "roll_size", "roll_root", "notice_place", "opening_root"]
    )
    audit.record("evaluations.open", current, by=by, data={"roll": current.roll_size})
    what = gettext_lazy("Opened; %(size)d on the roll, root of rules and roll %(root)s")
    events.append(current, what, by, {"size": current.roll_size, "root": current.opening_root})
    pool.nominate(current, by)
    progress.step(current)
    return _same(election, current)


@transaction.atomic
def finish_review(*, election: Election, by: User) -> Election:
    """The list of candidates stands. Voting opens at its date, or now if that has come."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase != Phase.REVIEW or current.reviewed_at is not None:
        raise RoundError(_("There is no review to finish now."))
    if current.voting_closes is not None and clock.now() >= current.voting_closes:
        raise RoundError(_("The time for voting is already over. Cancel this round and plan another."))
    if shaken := excluded.shaken(current):
        raise RoundError(shaken[0])
    candidates = _final_list(current)
    # Whoever was named and has not answered by now does not stand, and is not said to have declined.
    current.nominations.filter(state="proposed").update(state="lapsed")
    current.reviewed_at = clock.now()
    current.save(update_fields=["reviewed_at"])
    panels.seat(election=current)
    audit.record("evaluations.finish_review", current, by=by, data={"candidates": candidates})
    events.append(current, gettext_lazy("Review finished; %(n)d candidates"), by, {"n": candidates})
    progress.step(current)
    return _same(election, current)


@transaction.atomic
def cancel(*, election: Election, reason: str, by: User) -> Election:
    """Call a round off before its ballots are sealed. Ballots already cast are sealed by the clock, not counted.

    Whose voting is over is cancelled only while the seal waits for somebody; otherwise it is sealed within a minute.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase not in BEFORE_SEALING or (current.voting_is_over and not closing.missing(current)):
        raise RoundError(_("Voting in this round is over. It can be annulled, not cancelled."))
    if current.phase == Phase.VOTING:
        current.closed_at = current.closed_at or clock.now()
    _end(current, Phase.CANCELLED, reason)
    audit.record("evaluations.cancel", current, by=by)
    events.append(current, gettext_lazy("Cancelled: %(reason)s"), by, {"reason": current.ended_reason})
    return _same(election, current)


@transaction.atomic
def annul(*, election: Election, reason: str, by: User) -> Election:
    """Undo a round whose ballots are sealed, published or not. Its honours stay in history as annulled."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase in (*BEFORE_SEALING, Phase.CANCELLED, Phase.ANNULLED):
        raise RoundError(_("Only a round whose ballots are sealed can be annulled."))
    _end(current, Phase.ANNULLED, reason)
    current.honours.filter(annulled_on__isnull=True).update(annulled_on=clock.today())
    audit.record("evaluations.annul", current, by=by)
    events.append(current, gettext_lazy("Annulled: %(reason)s"), by, {"reason": current.ended_reason})
    return _same(election, current)


def _hold_award(election: Election) -> None:
    """The award as it is now, kept from changing until the transaction ends: what is frozen is of one moment."""
    election.award = Award.objects.select_for_update().get(pk=election.award_id)


def _final_list(election: Election) -> int:
    """How many stand, once nothing is open: everyone decided on, the list as the rules want it, all still eligible.

    Whoever left the hall, became a leader or met a veto after being admitted does not get onto the ballot.
    """
    waiting = election.nominations.filter(state="accepted").count()
    if waiting:
        raise RoundError(_("%(n)d recommendations still wait for review. Admit or refuse each.") % {"n": waiting})
    standing = list(election.candidates.select_related("person", "window", "team", "nomination__unit"))
    _check_length(election, len(standing))
    _check_quotas(election, standing)
    for candidate in standing:
        subject = candidate.subject
        refusal = why_not(election, subject) if subject is not None else ""
        if not refusal and candidate.nomination is not None:
            refusal = vetoes.words_in_force(candidate.nomination)
        if refusal:
            raise RoundError(
                _("%(who)s can no longer stand: %(why)s Take the admission back first.")
                % {"who": subject, "why": refusal}
            )
    return len(standing)


def _check_length(election: Election, candidates: int) -> None:
    """Enough for a ballot; more than the places, or exactly as many, where the rules want such a list."""
    rules = election.rules_now
    places = rules["places"]
    fewest = max(1, rules["min_choices"]) if rules["ballot_kind"] == Award.BallotKind.CHOOSE else 1
    if candidates < fewest:
        raise RoundError(
            _("A ballot needs at least %(fewest)d candidates, and there are %(n)d. Admit more, or cancel the round.")
            % {"fewest": fewest, "n": candidates}
        )
    if rules["list_kind"] == Award.ListKind.COMPETITIVE and candidates <= places:
        raise RoundError(
            _("This award needs more candidates than its %(places)d places, and there are %(n)d. Admit more.")
            % {"places": places, "n": candidates}
        )
    if rules["list_kind"] == Award.ListKind.EQUAL and candidates != places:
        raise RoundError(
            _("This award needs exactly as many candidates as its %(places)d places, and there are %(n)d.")
            % {"places": places, "n": candidates}
        )


def _check_quotas(election: Election, standing: list[Candidate]) -> None:
    """The quota holds at every recommendation; the final list is asked once more."""
    quota = election.rules_now["quota_per_unit"]
    units = Counter(row.nomination.unit for row in standing if row.nomination is not None and row.nomination.unit)
    for unit, number in units.items():
        if number > quota:
            raise RoundError(
                _("%(unit)s has %(n)d candidates, and its quota is %(quota)d. Take admissions back first.")
                % {"unit": unit, "n": number, "quota": quota}
            )


def _end(election: Election, phase: str, reason: str) -> None:
    reason = reason.strip()
    if not reason:
        raise RoundError(_("Say why. The reason is shown to everyone."))
    if len(reason) > 300:
        raise RoundError(_("The reason is too long. Use at most 300 characters."))
    election.phase, election.ended_reason = phase, reason
    election.save(update_fields=["phase", "ended_reason", "closed_at"])


def _same(given: Election, current: Election) -> Election:
    """Let the caller's object show the new state too."""
    given.__dict__.update(
        {field.attname: getattr(current, field.attname) for field in Election._meta.concrete_fields}
    )
    return given


def _slug(award: Award, first: dt.date) -> str:
    period = {
        Award.Period.QUARTER: f"{first.year}-q{(first.month - 1) // 3 + 1}",
        Award.Period.YEAR: f"{first.year}",
    }.get(Award.Period(award.period), f"{first:%Y-%m}")
    slug = f"{award.slug}-{period}"
    taken = set(Election.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbers = (f"{slug}-{n}" for n in range(2, len(taken) + 3))
    return slug if slug not in taken else next(free for free in numbers if free not in taken)


def _check_period(election: Election) -> None:
    first, last, period = election.period_first, election.period_last, election.award.period
    if last < first:
        raise RoundError(_("The appraised period ends before it begins. Put its dates right."))
    months = {Award.Period.MONTH: 1, Award.Period.QUARTER: 3, Award.Period.YEAR: 12}.get(Award.Period(period))
    if months and ((first.year, (first.month - 1) // months) != (last.year, (last.month - 1) // months)):
        raise RoundError(
            _("The appraised period must lie within one %(kind)s.") % {"kind": Award.Period(period).label}
        )
    # One round a month, quarter or year, whichever of its days is called the first.
    around = planning.period_around(election.award, first) if months else (first, first)
    held = Election.objects.filter(award=election.award, period_first__range=around).exclude(pk=election.pk)
    if held.exclude(phase__in=[Phase.CANCELLED, Phase.ANNULLED]).exists():
        raise RoundError(_("There is already a round of this award for that period."))


def _check_dates(election: Election) -> None:
    """In order, and in the future; voting dates if, and only if, there is a ballot."""
    if election.recommendation_opens >= election.recommendation_closes:
        raise RoundError(_("Recommendation must close after it opens."))
    opens, closes = election.voting_opens, election.voting_closes
    if not election.has_ballot:
        if opens or closes:
            raise RoundError(_("This award has no ballot. Leave the dates of voting empty."))
    else:
        if opens is None or closes is None:
            raise RoundError(_("Say when voting opens and closes."))
        if election.recommendation_closes > opens:
            raise RoundError(_("Voting cannot open before recommendation closes."))
        if opens >= closes:
            raise RoundError(_("Voting must close after it opens."))
    # Opening would refuse it, but by then the plan has been announced.
    if election.recommendation_closes <= clock.now():
        raise RoundError(_("Recommendation would already be over. Choose later dates."))
    if election.scores_due is not None:
        _check_scores_due(election, election.scores_due)


def _check_scores_due(election: Election, due: dt.datetime) -> None:
    if due <= election.recommendation_closes:
        raise RoundError(_("Scores cannot be due before recommendation closes."))
    if election.voting_closes is not None and due < election.voting_closes:
        raise RoundError(_("Scores cannot be due before voting closes."))
