"""What scrutineers confirm in two: closing and sealing, a lot, the record."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import closing
from evaluations.exceptions import RoundError
from evaluations.models import Attestation, Election
from evaluations.scrutineers import may_stand_by
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import events, sealing
from .officers import require_scrutineer

Act = Attestation.Act
Phase = Election.Phase
COUNTED = (Phase.SEALED, Phase.ASSESSMENT, Phase.DECISION, Phase.PUBLIC_NOTICE, Phase.PUBLISHED)

SAID = {
    Act.CLOSE: gettext_lazy("Confirmed by a scrutineer: voting closed, the ballots may be sealed"),
    Act.LOT: gettext_lazy("Confirmed by a scrutineer: present when the lot is drawn"),
    Act.RECORD: gettext_lazy("Record signed by a scrutineer, root %(root)s"),
}


@transaction.atomic
def attest(*, election: Election, act: str, by: User) -> int:
    """A scrutineer stands for an act; gives how many now do. What asks for two is done when two have.

    Raises RoundError for somebody who is no scrutineer or stands in the round, for a second confirmation by the
    same person, and when there is nothing to confirm now.
    """
    current = Election.objects.locked(election.pk)
    require_scrutineer(by, current)
    {Act.CLOSE: _may_close, Act.LOT: _may_draw, Act.RECORD: _may_sign}[Act(act)](current)
    if Attestation.objects.filter(election=current, act=act, by=by).exists():
        raise RoundError(_("You have confirmed this already. A second scrutineer must confirm it too."))
    Attestation.objects.create(election=current, act=act, by=by, created_at=clock.now())
    audit.record("evaluations.attest", current, by=by, data={"act": str(act)})
    events.append(current, _said(current, act), by)
    return closing.attested(current, act)


def _said(election: Election, act: str) -> object:
    said = SAID[Act(act)]
    return said % {"root": root_of(election)} if act == Act.RECORD else said


def root_of(election: Election) -> str:
    """What a signature stands for: the root of the record once it is fixed, before that of the boxes or inputs."""
    return election.record_root or election.sealing_root or election.inputs_hash


def _may_close(election: Election) -> None:
    """Voting is over, and everything that must be in the boxes is. Closes it if the clock has not come by yet."""
    if not election.rules_now["sealed_by_two"]:
        raise RoundError(_("This round is sealed by itself; nobody needs to confirm it."))
    if election.sealed_at is not None or election.phase != Phase.VOTING:
        raise RoundError(_("There are no ballots to seal in this round now."))
    sealing.close_voting(election, None)
    waits = closing.paper_to_count(election)
    if waits:
        raise RoundError(waits[0])


def _may_draw(election: Election) -> None:
    if not may_stand_by(election):
        raise RoundError(_("There is no lot to draw in this round now."))


def _may_sign(election: Election) -> None:
    if election.phase not in COUNTED or not election.result:
        raise RoundError(_("The record can be signed when the boxes are opened and counted."))
