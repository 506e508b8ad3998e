"""Who may run a round: union officers, unless they stand in it themselves."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Award, Election, Nomination, Veto
from evaluations.querysets import OFFICERS, names
from intranet.access.models import AuditEntry, User
from intranet.people.models import Posting, Unit
from intranet.people.reach import person_of

State, Phase = Nomination.State, Election.Phase


def stands_in(election: Election, user: User) -> bool:
    """Whether someone, or a window or team they work in or head, stands in a round or may still come to.

    Who is recommended and has not answered counts as standing until they decline: else an officer would refuse
    rivals first and accept afterwards. Whoever has not answered when the review is finished does not stand.
    """
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
    unanswered = Q(state=State.PROPOSED, election__phase__in=(Phase.RECOMMENDATION, Phase.REVIEW))
    return Nomination.objects.filter(about, Q(state__in=(State.ACCEPTED, State.APPROVED)) | unanswered)


def require_officer(by: User, election: Election | None = None) -> None:
    """Raise RoundError unless ``by`` is a union officer or chair who does not stand in the round."""
    if not by.has_role(*OFFICERS):
        raise RoundError(_("Only union officers may do this. Please ask the union."))
    if election is None:
        return
    states = set(standing_in(by).filter(election=election).values_list("state", flat=True))
    if states == {State.PROPOSED}:
        raise RoundError(
            _("You are recommended in this round. Until this is declined, another union officer must run it.")
        )
    if states:
        raise RoundError(_("You stand in this round yourself, so another union officer must run it."))


def has_reviewed(election: Election, user: User | None) -> bool:
    """Whether someone admitted or refused a recommendation of the round, or entered or settled a veto in it."""
    if user is None:
        return False
    vetoes = Veto.objects.filter(Q(by=user) | Q(settled_by=user), nomination__election=election)
    return election.nominations.filter(reviewed_by=user).exists() or vetoes.exists()


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
