"""From the sealed ballots to the wall of honour: count, order, public notice, publication, recount."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import record, scoring, tally
from evaluations.exceptions import RoundError
from evaluations.models import Attestation, Ballot, Candidate, Election, Honour
from evaluations.outcome import outcome
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.people.signals import honour_published
from intranet.workdays.arithmetic import add_workdays

from . import decision, events, excluded, voting
from .officers import require_officer, require_scrutineer

Phase = Election.Phase
UNCOUNTED = (Phase.PREPARATION, Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING, Phase.CANCELLED)


def tally_of(election: Election) -> tally.Result:
    """Count the sealed ballots. Raises RoundError before they are sealed: until then only the turnout is known."""
    _require_sealed(election)
    return count(election)


def _require_sealed(election: Election) -> None:
    if election.phase in UNCOUNTED:
        raise RoundError(_("The ballots are not sealed yet. Until then only the turnout is known."))


def count(election: Election) -> tally.Result:
    """The count itself; equal ballots are counted by the database, so the cost does not grow with the turnout."""
    ballots = Ballot.objects.filter(election=election).values("box", "envelope").annotate(number=Count("pk"))
    return tally.count(
        rules=election.rules_now,
        keys=Candidate.objects.filter(election=election).values_list("key", flat=True),
        envelopes=ballots.order_by().values_list("box", "envelope", "number"),
        roll=voting.roll_by_box(election),
        issued=voting.turnout(election)[0],
    )


def computed(election: Election, vetoed: Collection[str] | None = None) -> dict[str, Any]:
    """Everything a round's result says: ballots counted, components scored, candidates ordered, places filled.

    ``vetoed`` are the keys of those who take no place, by default whoever has a veto in force now. Raises RoundError
    when an input is missing.
    """
    rules, counted = election.rules_now, count(election).as_json()
    lines: dict[str, Any] = {}
    if not tally.counts_alone(rules):
        scored = scoring.score(
            rules=rules, keys=counted["counts"], inputs=election.inputs, ballot_points=counted["points"]
        )
        lines, counted["scores"] = scored.lines, scored.totals
    return _ordered(
        election, {**counted, "lines": lines}, excluded.excluded_keys(election) if vetoed is None else vetoed
    )


def _ordered(election: Election, counted: dict[str, Any], vetoed: Collection[str]) -> dict[str, Any]:
    """A count with the order of its candidates and who takes the places."""
    tie_values = election.inputs.get("tie", {})
    found = outcome(rules=election.rules_now, result=counted, tie_values=tie_values, excluded=vetoed)
    return {**counted, **asdict(found), "vetoed": sorted(vetoed)}


@transaction.atomic
def follow_vetoes(*, election: Election) -> bool:
    """After a veto was entered or lifted once the boxes are open: fill the places anew. True if anything changed.

    What was decided by then falls, and with it who stood by for a lot; from the public notice on nothing changes any
    more (the way is to annul).
    """
    current = Election.objects.locked(election.pk)
    if current.phase not in decision.OPENED or not current.result:
        return False
    again = _ordered(current, current.result, excluded.excluded_keys(current))
    if again == current.result:
        return False
    current.result = again
    current.decision = decision.by_order(current)
    current.save(update_fields=["result", "decision"])
    events.append(current, gettext_lazy("Vetoes changed; the places were filled anew from the same scores"), None)
    _dismiss_witnesses(current)
    election.result, election.decision = current.result, current.decision
    return True


def _dismiss_witnesses(election: Election) -> None:
    """Whoever stood by when one lot was drawn need not be there for the next: two confirm it anew. The audit log
    keeps who they were.
    """
    witnesses = election.attestations.filter(act=Attestation.Act.LOT)
    users = list(witnesses.order_by("created_at").values_list("by", flat=True))
    if not users:
        return
    witnesses.delete()
    audit.record("evaluations.dismiss_witnesses", election, data={"users": users})
    events.append(election, gettext_lazy("Confirmations for the lot have lapsed; a new lot needs them anew"), None)


@transaction.atomic
def start_notice(*, election: Election, by: User) -> Election:
    """Begin the public notice: today, or the next working day; for as many working days as the rules say.

    From here the record is fixed, and its root is shown on the notice.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase not in (Phase.SEALED, Phase.ASSESSMENT, Phase.DECISION):
        raise RoundError(_("The public notice begins after the ballots are sealed, and only once."))
    obstacle = decision.why_not_decided(current)
    if obstacle:
        raise RoundError(obstacle)
    _check_vetoes(current)
    current.decision |= _of_the_record(current)
    current.notice_first = add_workdays(clock.today(), 0)
    days = current.rules["notice_workdays"]
    current.notice_last = add_workdays(current.notice_first, days - 1)
    current.record_root = record.record_root(current)
    current.phase = Phase.PUBLIC_NOTICE
    current.save(update_fields=["decision", "notice_first", "notice_last", "record_root", "phase"])
    audit.record("evaluations.start_notice", current, by=by)
    what = gettext_lazy("Public notice from %(first)s to %(last)s, record %(root)s")
    said = {"first": current.notice_first, "last": current.notice_last, "root": current.record_root}
    events.append(current, what, by, said)
    for field in ("decision", "notice_first", "notice_last", "record_root", "phase"):
        setattr(election, field, getattr(current, field))
    return election


def _of_the_record(election: Election) -> dict[str, Any]:
    """What is fixed with the decision when the notice begins. ``events`` is the head of the chain at that moment: who
    holds the root alone finds a dropped or altered event.
    """
    kept = {"validity": election.validity_decision} if election.validity_decision else {}
    return {"vetoed": election.result.get("vetoed", []), **kept, "events": events.head(election)}


def _check_vetoes(election: Election) -> None:
    """Nobody is put on notice against a veto in force, nor while somebody waits for the answer to an appeal, nor
    while a veto rests on an incident that does not stand.
    """
    if shaken := excluded.shaken(election):
        raise RoundError(shaken[0])
    if excluded.unheard(election):
        raise RoundError(_("An appeal against a veto is not settled yet. Settle it on the page of recommendations."))
    barred = set(election.decision["winners"]) & excluded.excluded_keys(election)
    if barred:
        names = "、".join(election.candidates.filter(key__in=barred).values_list("name", flat=True))
        raise RoundError(
            _("A veto stands against %(names)s, who cannot take a place. Annul this round and hold it again.")
            % {"names": names}
        )


@transaction.atomic
def recount(*, election: Election, by: User) -> bool:
    """A scrutineer's check: count the sealed ballots again and compare the record. True if all agrees."""
    current = Election.objects.locked(election.pk)
    require_scrutineer(by, current)
    agrees = _agrees(current) and (not current.record_root or record.record_root(current) == current.record_root)
    audit.record("evaluations.recount", current, by=by, data={"agrees": agrees})
    agreed, differs = gettext_lazy("Recounted: agrees"), gettext_lazy("Recounted: does not agree")
    events.append(current, agreed if agrees else differs, by)
    return agrees


def _agrees(election: Election) -> bool:
    """Whether the result comes out again, with the vetoes it was computed with; early results say less than today's.

    Raises RoundError while the boxes are closed.
    """
    _require_sealed(election)
    if not election.result:
        raise RoundError(_("The boxes are not opened yet. Recount when the result is there."))
    again = computed(election, election.result.get("vetoed", []))
    return all(again.get(name) == value for name, value in election.result.items())


@transaction.atomic
def publish(*, election: Election) -> Election:
    """End the public notice: write the honours and announce them. Does nothing the second time."""
    current = Election.objects.locked(election.pk)
    if current.phase == Phase.PUBLISHED:
        return current
    if current.phase != Phase.PUBLIC_NOTICE or current.notice_last is None or clock.today() <= current.notice_last:
        raise RoundError(_("The public notice must end first."))
    if blocked := current.objections.in_the_way():
        raise RoundError(blocked)
    current.phase, current.published_at = Phase.PUBLISHED, clock.now()
    current.save(update_fields=["phase", "published_at"])
    honours = Honour.objects.bulk_create(_honours(current))
    audit.record("evaluations.publish", current, data={"honours": len(honours)})
    commended = events.append(current, gettext_lazy("Commended: %(n)d honours"), None, {"n": len(honours)})
    current.commended_head = commended.hash
    current.save(update_fields=["commended_head"])
    for honour in honours:
        transaction.on_commit(partial(_announce, honour))
    for field in ("phase", "published_at", "commended_head"):
        setattr(election, field, getattr(current, field))
    return current


def _honours(election: Election) -> list[Honour]:
    standing = {row.key: row for row in election.candidates.select_related("person", "window", "team")}
    return [
        Honour(
            election=election,
            person=standing[key].person,
            window=standing[key].window,
            team=standing[key].team,
            award=election.award,
            period_first=election.period_first,
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
    subject = honour.person or honour.window or honour.team
    honour_published.send_robust(sender=Honour, subject=subject, title=title, day=honour.published_on)
