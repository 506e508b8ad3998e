"""Panels: who scores is frozen as seats; each seat has a box of its own, and nobody reads another's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.exceptions import RoundError
from evaluations.models import Candidate, Election, PanelScore, PanelSeat
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.access.roles import CENTRE_LEADER, INSPECTION
from intranet.people.models import Leadership, Posting

from . import events
from .officers import require_officer, stands_in

Phase = Election.Phase
# Who may score in any panel for somebody who cannot.
STAND_INS = (CENTRE_LEADER, INSPECTION)
OPEN_PHASES = (Phase.REVIEW, Phase.VOTING, Phase.SEALED, Phase.ASSESSMENT)


class Excuse(models.TextChoices):
    """Why a seat is withdrawn; a few words only, because they stand in the record for everyone."""

    STANDS = "stands", gettext_lazy("stands in this round")
    ABSENT = "absent", gettext_lazy("cannot score in time")
    LEFT = "left", gettext_lazy("no longer holds the office")


def panel_components(election: Election) -> list[dict[str, Any]]:
    """The components of a round that a panel scores, in the order of the rules."""
    return [part for part in election.rules_now["components"] if part["kind"] == "panel"]


@transaction.atomic
def seat(*, election: Election) -> list[PanelSeat]:
    """Freeze who scores, when the review is finished: everyone with a role of the panel who does not stand.

    Whoever holds several of the roles has one seat. Does nothing once there are seats. Raises RoundError when nobody
    could score a component. Four queries and one that writes.
    """
    current = Election.objects.locked(election.pk)
    parts = panel_components(current)
    if not parts or current.seats.exists():
        return list(current.seats.all())
    held = _able(current, {role for part in parts for role in part["panel_roles"]})
    seats = [found for part in parts for found in _seats_of(current, part, held)]
    return PanelSeat.objects.bulk_create(seats)


def _able(election: Election, roles: Collection[str]) -> dict[User, set[str]]:
    """Accounts in use with one of these roles that do not stand, each with all its roles; a fixed few queries."""
    holders = User.objects.filter(is_active=True, groups__role__key__in=roles).order_by("pk").distinct()
    able = holders.exclude(pk__in=standing_users(election)).prefetch_related("groups__role")
    return {user: {group.role.key for group in user.groups.all() if hasattr(group, "role")} for user in able}


def _seats_of(election: Election, part: Mapping[str, Any], held: Mapping[User, set[str]]) -> list[PanelSeat]:
    found = [
        _seat(election, part, user, role)
        for user, roles in held.items()
        for role in [next((key for key in part["panel_roles"] if key in roles), "")]
        if role
    ]
    if not found:
        raise RoundError(
            _("Nobody can score “%(component)s”. Give somebody who does not stand a role of its panel first.")
            % {"component": part["label"]}
        )
    return found


def _seat(election: Election, part: Mapping[str, Any], user: User, role: str) -> PanelSeat:
    return PanelSeat(
        election=election, component=part["key"], user=user, name=str(user.get_full_name())[:60], role=role
    )


def replacements(election: Election) -> list[tuple[User, str]]:
    """Who may be given a seat: holders of a role of one of the panels, leaders of the centre, and the inspection
    section, none who stands; with the role in which they would score. A fixed few queries.
    """
    wanted = list(dict.fromkeys(role for part in panel_components(election) for role in _may_replace(part)))
    able = _able(election, wanted)
    return [(user, next(role for role in wanted if role in held)) for user, held in able.items()]


def _may_replace(part: Mapping[str, Any]) -> list[str]:
    """Roles whose holders may score in a component, those of its panel first."""
    return list(dict.fromkeys([*part["panel_roles"], *STAND_INS]))


@transaction.atomic
def add_seat(*, election: Election, component: str, user: int, by: User) -> PanelSeat:
    """Give somebody a seat until the inputs are frozen: for one that was withdrawn, or where everyone has a conflict.

    ``user`` is the account of one of ``replacements``. Nobody seats themselves. Raises RoundError.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    _check_open(current)
    part = next((part for part in panel_components(current) if part["key"] == component), None)
    if part is None:
        raise RoundError(_("No panel scores this component. Look at the page again."))
    if user == by.pk:
        raise RoundError(_("Nobody gives themselves a seat. Another officer must do it."))
    roles = _may_replace(part)
    held = {one.pk: (one, found) for one, found in _able(current, roles).items()}
    if user not in held:
        raise RoundError(_("Choose somebody with a role of this panel, a leader or the inspection section."))
    if current.seats.filter(component=component, user=user).exists():
        raise RoundError(_("This person has a seat already. Look at the page again."))
    account, found = held[user]
    seat = _seat(current, part, account, next(role for role in roles if role in found))
    seat.save()
    audit.record("evaluations.add_seat", seat, by=by)
    said = {"who": seat.name, "component": part["label"]}
    events.append(current, gettext_lazy("Seat for “%(component)s” given to %(who)s"), by, said)
    return seat


def standing_users(election: Election) -> set[int]:
    """Accounts of everyone who stands, sits at or heads a window that stands, or belongs to or heads such a team."""
    people = Candidate.objects.filter(election=election, person__isnull=False).values("person")
    windows = Candidate.objects.filter(election=election, window__isnull=False).values("window")
    teams = Candidate.objects.filter(election=election, team__isnull=False).values("team")
    posted = Posting.objects.on().filter(Q(window__in=windows) | Q(unit__in=teams)).values("person")
    heading = Leadership.objects.on().filter(Q(window__in=windows) | Q(unit__in=teams)).values("person")
    about = Q(person__in=people) | Q(person__in=posted) | Q(person__in=heading)
    return set(User.objects.filter(about).values_list("pk", flat=True))


@transaction.atomic
def save_scores(*, seat: PanelSeat, scores: Mapping[str, Decimal | None], conflicts: set[str], by: User) -> PanelSeat:
    """Keep what one has entered so far, by candidates' keys; a draft counts for nothing until it is handed in.

    A score is 0 to 100 with at most two decimals; None clears it. A conflict takes the place of a score.
    """
    current = _own_open_seat(seat, by)
    if current.handed_in_at is not None:
        raise RoundError(_("Your scores are handed in. Take them back first to change them."))
    candidates = {row.key: row for row in current.election.candidates.all()}
    unknown = (set(scores) | conflicts) - set(candidates)
    if unknown:
        raise RoundError(_("Somebody among these does not stand in this round. Open the page again."))
    for key, score in scores.items():
        _check_score(score, candidates[key].name)
    rows = [
        PanelScore(
            seat=current,
            candidate=candidate,
            score=None if key in conflicts else scores.get(key),
            has_conflict=key in conflicts,
        )
        for key, candidate in candidates.items()
        if key in conflicts or key in scores
    ]
    PanelScore.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["seat", "candidate"],
        update_fields=["score", "has_conflict"],
    )
    return current


def _check_score(score: Decimal | None, name: str) -> None:
    if score is None:
        return
    if not score.is_finite() or not 0 <= score <= 100 or score != round(score, 2):
        raise RoundError(
            _("The score of %(who)s must lie between 0 and 100, with at most two decimals.") % {"who": name}
        )


@transaction.atomic
def hand_in(*, seat: PanelSeat, by: User) -> PanelSeat:
    """From here the scores count. Everybody who stands needs a score, or a declared conflict."""
    current = _own_open_seat(seat, by)
    if current.handed_in_at is not None:
        raise RoundError(_("Your scores are handed in already."))
    settled = current.scores.filter(Q(score__isnull=False) | Q(has_conflict=True)).values("candidate")
    open_ = list(current.election.candidates.exclude(pk__in=settled).values_list("name", flat=True))
    if open_:
        raise RoundError(
            _("Still without a score: %(names)s. Enter one, or declare a conflict of interest.")
            % {"names": "、".join(open_)}
        )
    return _hand(seat, current, clock.now(), "evaluations.hand_in", by)


@transaction.atomic
def take_back(*, seat: PanelSeat, by: User) -> PanelSeat:
    """To correct one's scores, until the inputs are frozen; they count again once handed in."""
    current = _own_open_seat(seat, by)
    if current.handed_in_at is None:
        raise RoundError(_("Your scores are not handed in yet."))
    return _hand(seat, current, None, "evaluations.take_back", by)


@transaction.atomic
def excuse(*, seat: PanelSeat, reason: str, by: User) -> None:
    """Withdraw a seat, with what it entered: who comes to stand, or cannot score in time."""
    election = Election.objects.locked(seat.election_id)
    require_officer(by, election)
    _check_open(election)
    if reason not in Excuse.values:
        raise RoundError(_("Say why the seat is withdrawn."))
    current = PanelSeat.objects.filter(pk=seat.pk).first()
    if current is None:
        raise RoundError(_("This seat is withdrawn already. Look at the page again."))
    if current.handed_in_at is not None and reason != Excuse.STANDS:
        raise RoundError(_("These scores are handed in and count. Only who stands in the round loses such a seat."))
    audit.record("evaluations.excuse", current, by=by)
    label = next(part["label"] for part in panel_components(election) if part["key"] == current.component)
    what = gettext_lazy("Seat of %(who)s for “%(component)s” withdrawn: %(why)s")
    events.append(election, what, by, {"who": current.name, "component": label, "why": Excuse(reason).label})
    current.delete()


def _own_open_seat(seat: PanelSeat, by: User) -> PanelSeat:
    """Fresh, under the lock of its round, so that freezing and scoring never cross."""
    election = Election.objects.locked(seat.election_id)
    current = PanelSeat.objects.select_related("election__award").filter(pk=seat.pk, user=by).first()
    if current is None:
        raise RoundError(_("You have no seat on this panel. Please ask the union office."))
    _check_open(election)
    if stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so you cannot score in it."))
    return current


def _check_open(election: Election) -> None:
    if election.inputs_frozen_at is not None:
        raise RoundError(_("The inputs of this round are frozen. Nothing that enters the score can change any more."))
    if election.phase not in OPEN_PHASES or election.reviewed_at is None:
        raise RoundError(_("Nothing is scored in this round now."))


def _hand(given: PanelSeat, current: PanelSeat, moment: Any, action: str, by: User) -> PanelSeat:
    current.handed_in_at = given.handed_in_at = moment
    current.save(update_fields=["handed_in_at"])
    audit.record(action, current, by=by)
    return current
