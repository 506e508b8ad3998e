"""Vetoes (一票否决): proposed from verified incidents or entered with evidence, appealed, settled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import vetoes as kinds
from evaluations.exceptions import NominationError
from evaluations.models import Election, Nomination, RoundFile, Veto
from evaluations.querysets import names
from intranet import clock
from intranet.access import audit
from intranet.access.models import User
from intranet.ui.templatetags.ui import hall_date

from . import events, files, incidents, results
from .officers import require_officer

State, Phase = Veto.State, Election.Phase
LONGEST_TEXT, LONGEST_REASON = 500, 300
OPEN = (Phase.RECOMMENDATION, Phase.REVIEW, Phase.VOTING, Phase.SEALED, Phase.ASSESSMENT, Phase.DECISION)


@dataclass(frozen=True)
class Found:
    """A verified incident that the round's rules make a veto, not entered yet; ``incident`` is its number."""

    nomination: Nomination
    kind: str
    incident: int
    evidence: str

    @property
    def label(self) -> str:
        return kinds.label_of(self.kind)


def found(election: Election) -> list[Found]:
    """What the register of incidents says against those recommended: verified, not under appeal, of a kind the
    round's rules name, within the appraised period, and not entered yet. A fixed number of queries.
    """
    wanted = {kinds.INCIDENTS_OF[kind] for kind in election.rules_now["vetoes"] if kind in kinds.INCIDENTS_OF}
    standing = list(election.nominations.standing().select_related("person", "window", "team", "election"))
    if not wanted or not standing:
        return []
    entered = set(
        Veto.objects.filter(nomination__in=standing, incident__isnull=False).values_list("nomination", "incident")
    )
    against = incidents.verified(standing, wanted, election.period_first, election.period_last)
    return [
        Found(nomination, kinds.OF_INCIDENT[fact.kind], fact.pk, _said(fact))
        for nomination, fact in against
        if (nomination.pk, fact.pk) not in entered
    ]


def _said(fact: incidents.Fact) -> str:
    """The evidence as an officer may take it over: what kind, when, and where it is kept; never its text."""
    kind = kinds.label_of(kinds.OF_INCIDENT[fact.kind])
    return _("%(kind)s of %(day)s, no. %(number)d in the register") % {
        "kind": kind,
        "day": hall_date(fact.occurred_on),
        "number": fact.pk,
    }


@transaction.atomic
def enter(
    *,
    nomination: Nomination,
    kind: str,
    evidence: str = "",
    upload: Any = None,
    incident: int | None = None,
    by: User,
) -> Veto:
    """A fault that excludes whom a recommendation names, with its evidence, until the public notice begins.

    Where the boxes are open already, the places are filled anew from the same scores.
    ``incident`` is one of ``found``; then the evidence may be left out. One veto of a kind is enough: of two
    officers who enter the same one, the second is told. Raises NominationError.
    """
    current, election = _locked(nomination)
    require_officer(by, election)
    _check_open(election)
    if current.state not in (Nomination.State.PROPOSED, Nomination.State.ACCEPTED, Nomination.State.APPROVED):
        raise NominationError(_("This recommendation no longer stands, so nothing needs to exclude it."))
    if kind not in election.rules_now["vetoes"]:
        raise NominationError(_("The rules of this round name no such veto. Choose one of those they name."))
    if names_in(current, by):
        raise NominationError(_("It names yourself, so another officer must enter it."))
    if incident is not None:
        proposed = _evidence_of(election, current, kind, incident)
        evidence = evidence or proposed
    text = _text(evidence, LONGEST_TEXT, _("Say what happened, when, and how it is known."))
    if current.vetoes.in_force().filter(kind=kind).exists():
        raise NominationError(_("A veto of this kind is entered already."))
    scan = None
    if upload is not None:
        title = _("Evidence: %(kind)s") % {"kind": kinds.label_of(kind)}
        scan = files.file(election=election, kind=RoundFile.Kind.EVIDENCE, upload=upload, title=title, by=by)
    veto = Veto.objects.create(
        nomination=current, kind=kind, evidence=text, incident=incident, file=scan, by=by, created_at=clock.now()
    )
    audit.record("evaluations.enter_veto", veto, by=by, data={"kind": kind})
    results.follow_vetoes(election=election)
    return veto


def _evidence_of(election: Election, nomination: Nomination, kind: str, incident: int) -> str:
    for one in found(election):
        if (one.nomination.pk, one.kind, one.incident) == (nomination.pk, kind, incident):
            return one.evidence
    raise NominationError(_("This incident is entered already, or no longer stands. Look at the page again."))


@transaction.atomic
def appeal(*, veto: Veto, text: str, by: User) -> Veto:
    """By whom it names, once, until the public notice begins. The veto excludes until the appeal is heard."""
    current, election = _locked_veto(veto)
    if not names_in(current.nomination, by):
        raise NominationError(_("Only whom a veto names can appeal against it."))
    if election.phase not in OPEN:
        raise NominationError(_("This round is past its decision. Report an objection to the union instead."))
    if current.state != State.STANDING:
        raise NominationError(_("This veto has been appealed against, or is settled already."))
    current.appeal = _text(text, LONGEST_TEXT, _("Say why it does not hold."))
    current.appealed_at, current.state = clock.now(), State.APPEALED
    current.save(update_fields=["appeal", "appealed_at", "state"])
    audit.record("evaluations.appeal_veto", current, by=by)
    return current


@transaction.atomic
def settle(*, veto: Veto, outcome: str, reason: str, by: User) -> Veto:
    """An officer's answer: ``lifted``, or ``upheld`` after an appeal. One entered by mistake is lifted without.

    Where the boxes are open already, the places are filled anew from the same scores.
    """
    current, election = _locked_veto(veto)
    require_officer(by, election)
    if names_in(current.nomination, by):
        raise NominationError(_("It names yourself, so another officer must settle it."))
    if outcome not in (State.LIFTED, State.UPHELD):
        raise NominationError(_("Say whether the veto is lifted or stands."))
    if current.state in (State.LIFTED, State.UPHELD):
        raise NominationError(_("This veto is settled already; another officer was quicker."))
    if outcome == State.UPHELD and current.state != State.APPEALED:
        raise NominationError(_("Nobody has appealed against this veto. It stands as it is."))
    if outcome == State.LIFTED:
        _check_open(election)
    current.settled_reason = _text(reason, LONGEST_REASON, _("Say why. Whoever is named can read it."))
    current.state, current.settled_by, current.settled_at = outcome, by, clock.now()
    current.save(update_fields=["settled_reason", "state", "settled_by", "settled_at"])
    audit.record("evaluations.settle_veto", current, by=by, data={"outcome": outcome})
    if current.nomination.state == Nomination.State.APPROVED and election.reviewed_at is not None:
        events.append(election, gettext_lazy("A veto after the review was settled"), by)
    results.follow_vetoes(election=election)
    return current


def words_in_force(nomination: Nomination) -> str:
    """ "" or why vetoes keep a recommendation off the list, in one sentence."""
    standing = [kinds.label_of(kind) for kind in nomination.vetoes.in_force().values_list("kind", flat=True)]
    return _("A veto stands against it: %(kinds)s.") % {"kinds": "、".join(standing)} if standing else ""


def names_in(nomination: Nomination, user: User) -> bool:
    """Whether a recommendation names the user, or a window or team the user heads."""
    return Nomination.objects.filter(names(user), pk=nomination.pk).exists()


def _locked(nomination: Nomination) -> tuple[Nomination, Election]:
    election = Election.objects.locked(nomination.election_id)
    return Nomination.objects.select_related("person", "window", "team").get(pk=nomination.pk), election


def _locked_veto(veto: Veto) -> tuple[Veto, Election]:
    """Fresh, under the lock of its round."""
    number = Nomination.objects.values_list("election_id", flat=True).get(pk=veto.nomination_id)
    election = Election.objects.locked(number)
    return Veto.objects.select_related("nomination").get(pk=veto.pk), election


def _check_open(election: Election) -> None:
    """Until the public notice begins: from then on the record is fixed."""
    if election.phase not in OPEN:
        raise NominationError(
            _("The list is decided, so vetoes can no longer change. What speaks against the result is an objection.")
        )


def _text(given: str, limit: int, missing: str) -> str:
    text = given.replace("\0", "").strip()
    if not text:
        raise NominationError(missing)
    if len(text) > limit:
        raise NominationError(_("The text is too long. Use at most %(n)d characters.") % {"n": limit})
    return text
