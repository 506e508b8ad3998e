"""Objections during the public notice (异议反映): registered by an officer, settled with an answer for everyone."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations.exceptions import RoundError
from evaluations.models import Election, Objection, RoundFile
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from . import events, files
from .officers import require_officer

Channel, Outcome, Phase = Objection.Channel, Objection.Outcome, Election.Phase
LONGEST_TEXT, LONGEST_ANSWER, LONGEST_NAME = 1000, 300, 60
LETTERS, TELEPHONE = re.compile(r"[^\W\d_]+"), re.compile(r"\d{7,}")
TITLE = re.compile(r"(先生|女士|小姐|同志|老师)$")
# Shorter parts, a family name or two Latin letters, stand in other words too.
SHORTEST, SHORTEST_LATIN = 2, 4


@transaction.atomic
def register(
    *,
    election: Election,
    channel: str,
    name: str = "",
    text: str,
    received_on: dt.date,
    upload: Any = None,
    by: User,
) -> Objection:
    """Take down what somebody says against the result, while the notice hangs out (also while it is prolonged).

    Numbered in the order of registering, under the round's lock. Name and text are read by officers and the
    auditor only. Raises RoundError.
    """
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase != Phase.PUBLIC_NOTICE:
        raise RoundError(_("Objections are registered during the public notice. Afterwards a round can be annulled."))
    name = _checked_name(channel, name)
    said = _text(text, LONGEST_TEXT, _("Write down what is said against the result."))
    _check_day(current, received_on)
    scan = None
    if upload is not None:
        kind = RoundFile.Kind.OBJECTION
        scan = files.file(election=current, kind=kind, upload=upload, title=str(kind.label), by=by)
    last = current.objections.aggregate(last=Max("number"))["last"] or 0
    objection = Objection.objects.create(
        election=current,
        number=last + 1,
        channel=channel,
        name=name,
        text=said,
        received_on=received_on,
        file=scan,
        by=by,
        created_at=clock.now(),
    )
    audit.record("evaluations.register_objection", objection, by=by, data={"channel": channel})
    what = gettext_lazy("Objection %(n)d registered (%(channel)s)")
    events.append(current, what, by, {"n": objection.number, "channel": Channel(channel).label})
    return objection


def _checked_name(channel: str, name: str) -> str:
    if channel not in Channel.values:
        raise RoundError(_("Say how the objection came."))
    name = name.replace("\0", "").strip()
    if channel == Channel.UNNAMED and name:
        raise RoundError(_("An unnamed objection has no name. Leave it blank, or choose how it came."))
    if channel != Channel.UNNAMED and not name:
        raise RoundError(_("Write the name of who objects, or choose “unnamed”."))
    if len(name) > LONGEST_NAME:
        raise RoundError(_("The name is too long. Use at most %(n)d characters.") % {"n": LONGEST_NAME})
    return name


def _check_day(election: Election, day: dt.date) -> None:
    # A notice started on a Saturday counts from Monday, and is read on Saturday.
    if not dt.date.fromisoformat(election.decision["on"]) <= day <= clock.today():
        raise RoundError(_("Choose the day on which it came: between the day of the decision and today."))


@transaction.atomic
def settle(*, objection: Objection, outcome: str, answer: str, by: User) -> Objection:
    """``unfounded`` or ``founded``, with the answer that everyone reads. A founded one leaves only annulment.

    Raises RoundError; of two officers who settle the same one, the second is told.
    """
    current = Election.objects.locked(objection.election_id)
    require_officer(by, current)
    row = Objection.objects.get(pk=objection.pk)
    if current.phase != Phase.PUBLIC_NOTICE:
        raise RoundError(_("The public notice of this round is over."))
    if outcome not in (Outcome.UNFOUNDED, Outcome.FOUNDED):
        raise RoundError(_("Say whether the objection is founded."))
    if row.outcome != Outcome.OPEN:
        raise RoundError(_("This objection is settled already; another officer was quicker."))
    text = _text(answer, LONGEST_ANSWER, _("Say what was found. Everyone reads this answer."))
    if _tells(row.name, text):
        raise RoundError(_("The answer is shown to everyone and must not name who objected. Leave the name out."))
    row.outcome, row.answer, row.settled_by, row.settled_at = outcome, text, by, clock.now()
    row.save(update_fields=["outcome", "answer", "settled_by", "settled_at"])
    audit.record("evaluations.settle_objection", row, by=by, data={"outcome": outcome})
    what = gettext_lazy("Objection %(n)d settled: %(outcome)s")
    events.append(current, what, by, {"n": row.number, "outcome": Outcome(outcome).label})
    return row


def _tells(name: str, text: str) -> bool:
    """Whether an answer names who objected, however the two are written: “王 小明（138…）” is told by “王小明”.

    Looked for are the name as it stands, all its letters together, each of its parts, and a telephone number.
    """
    if not name:
        return False
    name, text = unicodedata.normalize("NFKC", name), unicodedata.normalize("NFKC", text)
    said = "".join(LETTERS.findall(text)).casefold()
    parts = [part.casefold() for part in LETTERS.findall(name)]
    written = {TITLE.sub("", part) for part in ["".join(parts), *parts]}
    told = any(len(part) >= (SHORTEST_LATIN if part.isascii() else SHORTEST) and part in said for part in written)
    return name in text or told or any(number in text for number in TELEPHONE.findall(name))


def _text(given: str, limit: int, missing: str) -> str:
    text = given.replace("\0", "").strip()
    if not text:
        raise RoundError(missing)
    if len(text) > limit:
        raise RoundError(_("The text is too long. Use at most %(n)d characters.") % {"n": limit})
    return text
