"""Who takes the places: by the computed order, by lot, by an officer's reason in a tie, or by a meeting.

Each way leaves in the record what somebody needs who was not there: the seed of the lot, the reason, the minutes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.canonical import canonical
from evaluations.exceptions import RoundError
from evaluations.models import Attestation, Election, RoundFile
from evaluations.outcome import lot_order, unable
from intranet import clock
from intranet.access import audit, sealed
from intranet.access.models import User
from intranet.people.models import Leadership, Posting

from . import events, excluded
from .officers import require_officer, stands_in

Phase = Election.Phase
OPENED = (Phase.SEALED, Phase.ASSESSMENT, Phase.DECISION)
LONGEST_REASON = 300


def by_order(election: Election) -> dict[str, Any]:
    """The decision where the computed order alone decides; empty where somebody must decide, or a meeting does."""
    result = election.result
    if has_open_faults(election) or election.has_meeting or result["tied"]:
        return {}
    day = clock.today().isoformat()
    return {"kind": "count", "winners": result["winners"], "reason": "", "by": "", "on": day}


def has_open_faults(election: Election) -> bool:
    """Whether a validity rule failed and nobody has recorded why the result is kept."""
    return bool(election.result.get("faults")) and not election.validity_decision


def by_lot(election: Election) -> bool:
    return election.rules_now["tie_rule"] == "lot"


def needs_lot(election: Election) -> bool:
    """Whether the round waits for a lot; also before a meeting, which cannot settle what the rules leave to a lot."""
    return bool(election.result.get("tied")) and by_lot(election) and "lot" not in election.decision


def open_places(election: Election) -> int:
    """How many of the tied are to be chosen."""
    return election.result["places"] - len(election.result["winners"])


@transaction.atomic
def accept_validity(*, election: Election, reason: str, by: User) -> Election:
    """Keep a result although a validity rule failed, and say why. The other way is to annul and hold it again."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase not in OPENED or not current.result.get("faults"):
        raise RoundError(_("No validity rule has failed in this round."))
    if current.validity_decision:
        raise RoundError(_("That is recorded already; another officer was quicker. Look at the round again."))
    said = _reason(reason, _("Say why the result is kept. The reason stays in the record."))
    day = clock.today().isoformat()
    current.validity_decision = {"reason": said, "by": by.get_full_name() or by.username, "on": day}
    current.decision = by_order(current)
    current.save(update_fields=["validity_decision", "decision"])
    audit.record("evaluations.accept_validity", current, by=by)
    events.append(current, gettext_lazy("Kept although a validity rule failed: %(reason)s"), by, {"reason": said})
    return _show(election, current)


@transaction.atomic
def settle_tie(*, election: Election, chosen: list[str], reason: str, by: User) -> Election:
    """Record who of the tied was chosen for the last places, and why."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _require_tie(current)
    if by_lot(current):
        raise RoundError(_("The rules of this round settle a tie by lot. Draw the lot before two scrutineers."))
    tied, places = current.result["tied"], open_places(current)
    if len(set(chosen)) != len(chosen) or not set(chosen) <= set(tied):
        raise RoundError(_("Choose only among those with equal votes, each once."))
    if len(chosen) != places:
        raise RoundError(_("Choose exactly %(n)d of those with equal votes.") % {"n": places})
    said = _reason(reason, _("Say how the tie was settled. The reason stays in the record."))
    _decide(current, "tie", [*current.result["winners"], *sorted(chosen)], said, by)
    audit.record("evaluations.settle_tie", current, by=by)
    events.append(current, gettext_lazy("Tie settled: %(reason)s"), by, {"reason": said})
    return _show(election, current)


@transaction.atomic
def draw_lot(*, election: Election, by: User) -> Election:
    """Draw among the tied with the seed that was committed when the round opened; two scrutineers stood by.

    The seed is shown from here on, so that anybody can draw the same lot again.
    """
    current = Election.objects.locked(election.pk)
    if not by.has_role("scrutineer") or stands_in(current, by):
        require_officer(by, current)
    _require_tie(current)
    if not by_lot(current):
        raise RoundError(_("The rules of this round do not settle a tie by lot."))
    witnesses = lot_witnesses(current)
    if len(witnesses) < 2:
        raise RoundError(_("A lot is drawn before two scrutineers. Ask two of them to confirm that they are there."))
    lot = _drawn(current)
    winners = [*current.result["winners"], *lot["order"][: open_places(current)]]
    _decide(current, "lot", winners, "", by, lot={**lot, "witnesses": witnesses})
    audit.record("evaluations.draw_lot", current, by=by)
    what = gettext_lazy("Lot drawn before %(witnesses)s, seed %(seed)s")
    events.append(current, what, by, {"witnesses": "、".join(witnesses), "seed": lot["seed"]})
    return _show(election, current)


def lot_witnesses(election: Election) -> list[str]:
    """Names of the scrutineers who confirmed that they stand by while the lot is drawn, none who stands."""
    rows = election.attestations.filter(act=Attestation.Act.LOT).select_related("by").order_by("created_at")
    there = [row.by for row in rows if row.by.has_role("scrutineer") and not stands_in(election, row.by)]
    return [user.get_full_name() or user.username for user in there]


def _drawn(election: Election) -> dict[str, Any]:
    commitment = election.rules.get("lot_commitment")
    try:
        seed = sealed.unseal(election.lot_seed)
    except sealed.SealBroken:
        seed = ""
    if not seed or hashlib.sha256(seed.encode()).hexdigest() != commitment:
        raise RoundError(_("The seed is not the one committed when the round opened. Annul this round and tell why."))
    base = election.sealing_root or election.inputs_hash
    return {"seed": seed, "base": base, "order": lot_order(seed=seed, base=base, keys=election.result["tied"])}


@dataclass(frozen=True)
class Meeting:
    """What a meeting decided, from its minutes.

    ``present`` and ``recused`` are names; ``winners`` keys of candidates. Any list but the computed one needs a
    ``reason``, and so does choosing among the tied.
    """

    held_on: dt.date
    present: list[str]
    recused: list[str]
    minutes_number: str
    scan: RoundFile | None
    winners: list[str]
    reason: str


@transaction.atomic
def record_meeting(*, election: Election, by: User, **told: Any) -> Election:
    """Record what the meeting decided; ``told`` as in ``Meeting``. Raises RoundError with what is wrong."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _require_meeting(current)
    if current.decision.get("kind") == "meeting":
        raise RoundError(_("The meeting is recorded already; another officer was quicker. Look at the round again."))
    _record(current, Meeting(**told), by)
    audit.record("evaluations.record_meeting", current, by=by)
    return _show(election, current)


@transaction.atomic
def correct_meeting(*, election: Election, seen: str, why: str, by: User, **told: Any) -> Election:
    """Record the meeting anew, because its first record does not say what its minutes say; until the notice begins.

    ``seen`` is the ``mark_of`` the record that is corrected: who has seen another one is refused. What it said, and
    ``why`` it was wrong, stay in the chain of events, and its scan in the file of the round.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _require_meeting(current)
    if current.decision.get("kind") != "meeting" or mark_of(current) != seen:
        raise changed_meanwhile()
    said = _reason(why, _("Say what was wrong in the record. It stays among the events of the round."))
    before, new = current.decision, Meeting(**told)
    events.append(current, gettext_lazy("Record of the meeting to be corrected: %(why)s"), by, {"why": said})
    was = {"day": dt.date.fromisoformat(before["meeting"]["held_on"]), "number": before["meeting"]["minutes_number"]}
    events.append(current, gettext_lazy("It said: meeting of %(day)s, minutes %(number)s"), by, was)
    if set(before["winners"]) != set(new.winners):
        names = dict(current.candidates.values_list("key", "name"))
        listed = "、".join(names[key] for key in before["winners"])
        events.append(current, gettext_lazy("It said: approved %(names)s"), by, {"names": listed})
    _record(current, new, by)
    audit.record("evaluations.correct_meeting", current, by=by)
    return _show(election, current)


def changed_meanwhile() -> RoundError:
    """For whoever corrects a record that is no longer the one they saw."""
    return RoundError(_("The record of the meeting has changed meanwhile. Look at it again, then correct it."))


def mark_of(election: Election) -> str:
    """What tells one recorded decision from another: a form shows it, and a correction gives it back."""
    return hashlib.sha256(canonical(election.decision).encode()).hexdigest()


def _record(election: Election, told: Meeting, by: User) -> None:
    _check_day(election, told.held_on)
    present, recused = _names(told.present), _names(told.recused)
    _check_present(election, present, recused)
    scan = _check_minutes(election, told.minutes_number, told.scan)
    chosen = _check_list(election, told.winners)
    said = told.reason.strip()
    if differs(election, chosen):
        said = _reason(said, _("The list is not the computed one. Say why; the reason stays in the record."))
    if len(said) > LONGEST_REASON:
        raise RoundError(_("The reason is too long. Use at most 300 characters."))
    meeting = {"held_on": told.held_on.isoformat(), "present": present, "recused": recused}
    meeting |= {"minutes_number": told.minutes_number.strip(), "scan": scan.sha256}
    lot = {"lot": election.decision["lot"]} if "lot" in election.decision else {}
    _decide(election, "meeting", chosen, said, by, meeting=meeting, **lot)
    what = gettext_lazy("Meeting of %(day)s decided, minutes %(number)s")
    events.append(election, what, by, {"day": told.held_on, "number": meeting["minutes_number"]})


def computed_list(election: Election) -> list[str]:
    """The winners as computed: the sure ones, and those a lot drew."""
    lot = election.decision.get("lot", {}).get("order", [])[: open_places(election)]
    return [*election.result["winners"], *lot]


def differs(election: Election, chosen: Iterable[str]) -> bool:
    """Whether a list is anything else than what was computed; a choice among the tied was not computed."""
    return set(chosen) != set(computed_list(election))


def _require_tie(election: Election) -> None:
    if election.phase not in OPENED or not election.result.get("tied"):
        raise RoundError(_("There is no tie to settle now."))
    if election.has_meeting and not by_lot(election):
        raise RoundError(_("The meeting settles the tie. Record what it decided."))
    _require_valid(election)
    if election.decision:
        raise RoundError(_("The tie is settled already; another officer was quicker. Look at the round again."))


def _require_valid(election: Election) -> None:
    if has_open_faults(election):
        raise RoundError(
            _("A validity rule was not met. Hold the round again, or record first why the result is kept.")
        )


def _require_meeting(election: Election) -> None:
    if election.phase != Phase.DECISION:
        raise RoundError(_("There is no decision of a meeting to record now."))
    _require_valid(election)
    if needs_lot(election):
        raise RoundError(_("There is a tie for the last places. Draw the lot first; then the meeting confirms."))


def _check_day(election: Election, held_on: dt.date) -> None:
    ready = [moment for moment in (election.sealed_at, election.inputs_frozen_at) if moment]
    earliest = max(map(clock.day_of, ready), default=None)
    if earliest is not None and held_on < earliest:
        raise RoundError(_("The meeting cannot have been held before the result was computed. Put the day right."))
    if held_on > clock.today():
        raise RoundError(_("The meeting lies in the future. Record it when it has been held."))


def _names(given: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in (" ".join(text.split()) for text in given) if name))


def _check_present(election: Election, present: list[str], recused: list[str]) -> None:
    if not set(present) - set(recused):
        raise RoundError(_("Say who was present. Somebody must have decided who was not recused."))
    standing = [name for name in present if name in names_standing(election) and name not in recused]
    if standing:
        raise RoundError(
            _("%(names)s stands in this round, and so cannot have decided. Enter the name among the recused.")
            % {"names": "、".join(standing)}
        )


def names_standing(election: Election) -> set[str]:
    """Names of everyone who stands: the candidates, those at a window that stands, and those who lead one."""
    rows = list(election.candidates.values("name", "person__name", "window", "team"))
    names = {row["person__name"] or row["name"] for row in rows}
    windows = [row["window"] for row in rows if row["window"]]
    teams = [row["team"] for row in rows if row["team"]]
    names.update(Posting.objects.on().filter(window__in=windows).values_list("person__name", flat=True))
    for leading in ({"window__in": windows}, {"unit__in": teams}):
        names.update(Leadership.objects.on().filter(**leading).values_list("person__name", flat=True))
    return names


def _check_minutes(election: Election, number: str, scan: RoundFile | None) -> RoundFile:
    if not number.strip():
        raise RoundError(_("Enter the number of the minutes."))
    if len(number.strip()) > 60:
        raise RoundError(_("The number of the minutes is too long. Use at most 60 characters."))
    if scan is None or scan.election_id != election.pk or scan.kind != RoundFile.Kind.MINUTES:
        raise RoundError(_("Add the scan of this meeting's minutes."))
    return scan


def _check_list(election: Election, winners: list[str]) -> list[str]:
    """The list in the computed order, if everyone on it may take a place."""
    result = election.result
    if not winners:
        raise RoundError(_("Choose who is approved. If nobody is, annul the round."))
    if len(winners) > result["places"]:
        raise RoundError(_("There are %(n)d places. Approve at most so many.") % {"n": result["places"]})
    if len(set(winners)) != len(winners) or not set(winners) <= set(result["order"]):
        raise RoundError(_("Choose only among the candidates, each once."))
    barred = unable(rules=election.rules_now, result=result, excluded=excluded.excluded_keys(election))
    if barred & set(winners):
        names = election.candidates.filter(key__in=barred & set(winners)).values_list("name", flat=True)
        raise RoundError(
            _("%(names)s cannot take a place: a veto stands, or the least share of votes was not reached.")
            % {"names": "、".join(names)}
        )
    return [key for key in result["order"] if key in winners]


def _reason(reason: str, missing: str) -> str:
    said = reason.strip()
    if not said:
        raise RoundError(missing)
    if len(said) > LONGEST_REASON:
        raise RoundError(_("The reason is too long. Use at most 300 characters."))
    return said


def _decide(election: Election, kind: str, winners: list[str], reason: str, by: User, **more: Any) -> None:
    election.decision = {
        "kind": kind,
        "winners": winners,
        "reason": reason,
        "by": by.get_full_name() or by.username,
        "on": clock.today().isoformat(),
        **more,
    }
    election.save(update_fields=["decision"])


def _show(given: Election, current: Election) -> Election:
    given.decision, given.validity_decision = current.decision, current.validity_decision
    return given


def why_not_decided(election: Election) -> str:
    """What must be done before the public notice can begin, in a sentence; "" if the list stands."""
    if has_open_faults(election):
        return _("A validity rule was not met. Hold the round again, or record first why the result is kept.")
    if election.has_meeting and election.decision.get("kind") != "meeting":
        return _("The meeting has not decided yet. Record what it decided first.")
    if not election.decision and election.result.get("tied"):
        return _("There is a tie for the last places. Record who was chosen, and why, first.")
    if not election.decision.get("winners"):
        return _("Nobody received a vote. Annul this round; it can be held again.")
    return ""
