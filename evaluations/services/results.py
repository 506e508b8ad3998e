"""From the sealed ballots to the wall of honour: count, tie, public notice, publication, recount."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import record, tally
from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Candidate, Election, Honour
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.people.signals import honour_published
from intranet.workdays.arithmetic import add_workdays

from . import events
from .officers import require_officer, require_scrutineer

Phase = Election.Phase
UNCOUNTED = (Phase.PREPARATION, Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING, Phase.CANCELLED)


def tally_of(election: Election) -> tally.Result:
    """Count the sealed ballots. Raises RoundError before they are sealed: until then only the turnout is known."""
    if election.phase in UNCOUNTED:
        raise RoundError(_("The ballots are not sealed yet. Until then only the turnout is known."))
    return count(election)


def count(election: Election) -> tally.Result:
    """The count itself; equal ballots are counted by the database, so the cost does not grow with the turnout."""
    ballots = Ballot.objects.filter(election=election).values("envelope").annotate(number=Count("pk")).order_by()
    return tally.count(
        rules=election.rules,
        keys=Candidate.objects.filter(election=election).values_list("key", flat=True),
        envelopes=ballots.values_list("envelope", "number"),
        roll=election.roll_size,
    )


def decision_by_count(result: dict[str, Any], day: dt.date) -> dict[str, Any]:
    """The decision where the count alone decides; empty when there is a tie."""
    if result["tied"]:
        return {}
    return {"kind": "count", "winners": result["winners"], "reason": "", "by": "", "on": day.isoformat()}


@transaction.atomic
def settle_tie(*, election: Election, chosen: list[str], reason: str, by: User) -> Election:
    """Record who of the tied was chosen for the last places, and why."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    tied = current.result.get("tied", [])
    if current.phase != Phase.SEALED or not tied:
        raise RoundError(_("There is no tie to settle now."))
    if current.decision:
        raise RoundError(_("The tie is settled already; another officer was quicker. Look at the round again."))
    places = current.result["places"] - len(current.result["winners"])
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(tied):
        raise RoundError(_("Choose only among those with equal votes, each once."))
    if len(chosen) != places:
        raise RoundError(_("Choose exactly %(n)d of those with equal votes.") % {"n": places})
    reason = reason.strip()
    if not reason:
        raise RoundError(_("Say how the tie was settled. The reason stays in the record."))
    current.decision = {
        "kind": "tie",
        "winners": [*current.result["winners"], *sorted(chosen)],
        "reason": reason,
        "by": by.get_full_name() or by.username,
        "on": clock.today().isoformat(),
    }
    current.save(update_fields=["decision"])
    audit.record("evaluations.settle_tie", current, by=by)
    events.append(current, gettext_lazy("Tie settled: %(reason)s") % {"reason": reason}, by)
    election.decision = current.decision
    return election


@transaction.atomic
def start_notice(*, election: Election, by: User) -> Election:
    """Begin the public notice: today, or the next working day; for as many working days as the rules say.

    From here the record is fixed, and its root is shown on the notice.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase != Phase.SEALED:
        raise RoundError(_("The public notice begins after the ballots are sealed, and only once."))
    if not current.decision:
        raise RoundError(_("There is a tie for the last places. Record who was chosen, and why, first."))
    if not current.decision["winners"]:
        raise RoundError(_("Nobody received a vote. Annul this round; it can be held again."))
    current.notice_first = add_workdays(clock.today(), 0)
    days = current.rules["notice_workdays"]
    current.notice_last = add_workdays(current.notice_first, days - 1)
    current.record_root = record.record_root(current)
    current.phase = Phase.PUBLIC_NOTICE
    current.save(update_fields=["notice_first", "notice_last", "record_root", "phase"])
    audit.record("evaluations.start_notice", current, by=by)
    what = gettext_lazy("Public notice from %(first)s to %(last)s, record %(root)s")
    said = {"first": current.notice_first, "last": current.notice_last, "root": current.record_root}
    events.append(current, what % said, by)
    for field in ("notice_first", "notice_last", "record_root", "phase"):
        setattr(election, field, getattr(current, field))
    return election


@transaction.atomic
def recount(*, election: Election, by: User) -> bool:
    """A scrutineer's check: count the sealed ballots again and compare the record. True if all agrees."""
    current = Election.objects.locked(election.pk)
    require_scrutineer(by, current)
    agrees = tally_of(current).as_json() == current.result and (
        not current.record_root or record.record_root(current) == current.record_root
    )
    audit.record("evaluations.recount", current, by=by, data={"agrees": agrees})
    agreed, differs = gettext_lazy("Recounted: agrees"), gettext_lazy("Recounted: does not agree")
    events.append(current, agreed if agrees else differs, by)
    return agrees


@transaction.atomic
def publish(*, election: Election) -> Election:
    """End the public notice: write the honours and announce them. Does nothing the second time."""
    current = Election.objects.locked(election.pk)
    if current.phase == Phase.PUBLISHED:
        return current
    if current.phase != Phase.PUBLIC_NOTICE or current.notice_last is None or clock.today() <= current.notice_last:
        raise RoundError(_("The public notice must end first."))
    current.phase, current.published_at = Phase.PUBLISHED, clock.now()
    current.save(update_fields=["phase", "published_at"])
    honours = Honour.objects.bulk_create(_honours(current))
    audit.record("evaluations.publish", current, data={"honours": len(honours)})
    events.append(current, gettext_lazy("Commended: %(n)d honours") % {"n": len(honours)}, None)
    for honour in honours:
        transaction.on_commit(partial(_announce, honour))
    election.phase, election.published_at = current.phase, current.published_at
    return current


def _honours(election: Election) -> list[Honour]:
    standing = {row.key: row for row in election.candidates.select_related("person", "window")}
    return [
        Honour(
            election=election,
            person=standing[key].person,
            window=standing[key].window,
            award_name=election.rules["name"],
            name=standing[key].name,
            unit_name=standing[key].unit_name,
            period_label=election.period_label,
            text=election.rules["honour_text"],
            published_on=clock.today(),
        )
        for key in election.decision["winners"]
    ]


def _announce(honour: Honour) -> None:
    title = f"{honour.period_label}{honour.award_name}"
    subject = honour.person or honour.window
    honour_published.send_robust(sender=Honour, subject=subject, title=title, day=honour.published_on)
