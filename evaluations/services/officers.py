"""Who may run a round: union officers, unless they stand in it themselves."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Election, Nomination
from evaluations.querysets import OFFICERS
from intranet.access.models import User
from intranet.people.reach import person_of, place_of, windows_led_by


def stands_in(election: Election, user: User) -> bool:
    """Whether someone, or a window they sit at or head, is recommended (and accepted it) or is a candidate."""
    person = person_of(user)
    if person is None:
        return False
    place = place_of(person)
    about = Q(person=person) | Q(window__in=windows_led_by(user))
    if place is not None and place.window_id is not None:
        about |= Q(window=place.window_id)
    standing = (Nomination.State.ACCEPTED, Nomination.State.APPROVED)
    return Nomination.objects.filter(about, election=election, state__in=standing).exists()


def require_officer(by: User, election: Election | None = None) -> None:
    """Raise RoundError unless ``by`` is a union officer or chair who does not stand in the round."""
    if not by.has_role(*OFFICERS):
        raise RoundError(_("Only union officers may do this. Please ask the union."))
    if election is not None and stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so another union officer must run it."))


def require_scrutineer(by: User, election: Election) -> None:
    """Raise RoundError unless ``by`` is a scrutineer who does not stand in the round."""
    if not by.has_role("scrutineer"):
        raise RoundError(_("Only a scrutineer may recount. Please ask one of them."))
    if stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so another scrutineer must recount it."))
