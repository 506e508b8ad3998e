"""Who may run a round: union officers, unless they stand in it themselves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Award, Election, Nomination
from evaluations.querysets import OFFICERS, names
from intranet.access.models import AuditEntry, User
from intranet.people.models import Posting, Unit
from intranet.people.reach import person_of


def stands_in(election: Election, user: User) -> bool:
    """Whether someone, or a window or team they work in or head, is recommended (and accepted it) or stands."""
    return standing_in(user).filter(election=election).exists()


def standing_in(user: User) -> QuerySet[Nomination]:
    """The recommendations, in any round, in which someone stands as ``stands_in`` says; not asked for yet."""
    person = person_of(user)
    if person is None:
        return Nomination.objects.none()
    places = Posting.objects.on().filter(person=person)
    windows = places.filter(window__isnull=False).values("window")
    teams = Unit.objects.filter(Q(pk__in=places.values("unit")) | Q(children__in=places.values("unit"))).values("pk")
    about = names(user) | Q(window__in=windows) | Q(team__in=teams)
    standing = (Nomination.State.ACCEPTED, Nomination.State.APPROVED)
    return Nomination.objects.filter(about, state__in=standing)


def require_officer(by: User, election: Election | None = None) -> None:
    """Raise RoundError unless ``by`` is a union officer or chair who does not stand in the round."""
    if not by.has_role(*OFFICERS):
        raise RoundError(_("Only union officers may do this. Please ask the union."))
    if election is not None and stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so another union officer must run it."))


def answering_for(award: Award) -> User:
    """Who last set the award up or changed it: what the clock does in its rounds is done in that officer's name.

    Raises RoundError where the log names nobody.
    """
    entries = AuditEntry.objects.for_instance(award).filter(user__isnull=False, action__startswith="evaluations.")
    last = entries.select_related("user").order_by("-timestamp", "-pk").first()
    if last is None:
        raise RoundError(_("Nobody answers for this award yet. A union officer saves it once more."))
    return last.user


def require_scrutineer(by: User, election: Election) -> None:
    """Raise RoundError unless ``by`` is a scrutineer who does not stand in the round."""
    if not by.has_role("scrutineer"):
        raise RoundError(_("Only a scrutineer may do this. Please ask one of them."))
    if stands_in(election, by):
        raise RoundError(_("You stand in this round yourself, so another scrutineer must do this."))
