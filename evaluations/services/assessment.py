"""From the sealed boxes to the computed order: inputs frozen first, boxes opened after, every line explained."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import scoring
from evaluations.exceptions import RoundError
from evaluations.models import Candidate, Election, RoundInput
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import decision, events, inputs, results
from .officers import require_officer

Phase = Election.Phase
LONGEST_NOTE = 200
MOST_POINTS = 100


def begin(election: Election) -> None:
    """After sealing, or after the review where nobody votes; the round's row is locked.

    Where ballots alone count, or nothing does, there is nothing to wait for: the inputs are frozen (the figure that
    decides ties is among them) and the boxes opened. Else values are gathered until an officer freezes them.
    """
    if election.has_assessment or not election.has_ballot:
        election.phase = Phase.ASSESSMENT
        election.save(update_fields=["phase"])
        events.append(election, gettext_lazy("Assessment began"), None)
    if not election.has_assessment:
        _freeze(election, inputs.gather(election).as_json, None)
        open_boxes(election)


@transaction.atomic
def freeze(*, election: Election, by: User) -> Election:
    """Freeze the inputs and open the boxes. It cannot be taken back: a wrong input found later annuls the round.

    Raises RoundError: not an officer, or one who stands; not the time; something is missing; a value that does not
    suit its scale.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _check_open(current)
    if current.phase != Phase.ASSESSMENT:
        raise RoundError(_("The inputs are frozen once the ballots are sealed. Until then they can be prepared."))
    gathered = inputs.gather(current)
    if gathered.missing:
        listed = "; ".join(str(missing) for missing in gathered.missing)
        raise RoundError(_("The inputs cannot be frozen yet. Missing: %(list)s") % {"list": listed})
    check_values(current, gathered.as_json)
    audit.record("evaluations.freeze", current, by=by)
    _freeze(current, gathered.as_json, by)
    open_boxes(current)
    return _same(election, current)


def check_values(election: Election, given: dict[str, Any]) -> None:
    """Raise RoundError if these inputs could not be scored; the boxes stay closed meanwhile."""
    keys = list(election.candidates.values_list("key", flat=True))
    nothing = dict.fromkeys(keys, "0.0000")
    scoring.score(rules=election.rules_now, keys=keys, inputs=given, ballot_points=nothing)


def _freeze(election: Election, given: dict[str, Any], by: User | None) -> None:
    election.inputs, election.inputs_hash = given, inputs.hash_of(given)
    election.inputs_frozen_at = clock.now()
    election.save(update_fields=["inputs", "inputs_hash", "inputs_frozen_at"])
    events.append(election, gettext_lazy("Inputs frozen, hash %(hash)s"), by, {"hash": election.inputs_hash})


def open_boxes(election: Election) -> None:
    """Count, and go on to the meeting or to what the computed order decides. The round's row is locked."""
    election.result = results.computed(election)
    if election.has_meeting:
        election.phase = Phase.DECISION
    else:
        election.decision = decision.by_order(election)
    election.save(update_fields=["result", "phase", "decision"])
    if election.has_ballot:
        what = gettext_lazy("Boxes opened: valid %(valid)d, void %(void)d")
        events.append(election, what, None, {name: election.result[name] for name in ("valid", "void")})
    else:
        events.append(election, gettext_lazy("Scores computed"), None)


@transaction.atomic
def bring(*, election: Election, component: str, key: str, value: Any, note: str, by: User) -> RoundInput:
    """A bonus (above 0) or deduction (below 0) for one candidate, with its reason; until the inputs are frozen."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _check_open(current)
    if component not in {part["key"] for part in parts_of(current, "adjustment")}:
        raise RoundError(_("This round has no such bonuses and deductions."))
    candidate = Candidate.objects.filter(election=current, key=key).first()
    if candidate is None:
        raise RoundError(_("Choose somebody who stands in this round."))
    text = note.replace("\0", "").strip()
    if not text or len(text) > LONGEST_NOTE:
        raise RoundError(_("Say why, in at most %(n)d characters.") % {"n": LONGEST_NOTE})
    if not value.is_finite() or value == 0 or abs(value) > MOST_POINTS or value != round(value, 2):
        raise RoundError(_("Enter points other than 0, at most 100, with at most two decimals."))
    brought = RoundInput.objects.create(
        election=current,
        component=component,
        candidate=candidate,
        value=value,
        note=text,
        by=by,
        created_at=clock.now(),
    )
    audit.record("evaluations.bring", brought, by=by)
    return brought


@transaction.atomic
def take_away(*, election: Election, pk: int, by: User) -> None:
    """Remove a bonus or deduction, or a value brought from a sheet, until the inputs are frozen."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _check_open(current)
    brought = RoundInput.objects.filter(election=current, pk=pk).first()
    if brought is None:
        raise RoundError(_("This entry is removed already. Look at the page again."))
    audit.record("evaluations.take_away", brought, by=by)
    brought.delete()


def parts_of(election: Election, kind: str) -> list[dict[str, Any]]:
    """The components of one kind, in the order of the rules."""
    return [part for part in election.rules_now["components"] if part["kind"] == kind]


def _check_open(election: Election) -> None:
    if election.inputs_frozen_at is not None:
        raise RoundError(_("The inputs of this round are frozen. Nothing that enters the score can change any more."))
    if election.reviewed_at is None or election.phase in (Phase.CANCELLED, Phase.ANNULLED):
        raise RoundError(_("Nothing is scored in this round now."))


def _same(given: Election, current: Election) -> Election:
    """Let the caller's object show the new state too."""
    for name in ("phase", "inputs", "inputs_hash", "inputs_frozen_at", "result", "decision"):
        setattr(given, name, getattr(current, name))
    return given
