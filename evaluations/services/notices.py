"""Where the public notice hangs, and the photo that shows it hung there."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluations import scans
from evaluations.exceptions import RoundError
from evaluations.models import Election, RoundFile
from intranet.access import audit
from intranet.access.models import User

from . import events, files
from .officers import require_officer

Phase = Election.Phase
LONGEST_PLACE = 80
OVER = (Phase.PUBLISHED, Phase.CANCELLED, Phase.ANNULLED)


@transaction.atomic
def set_place(*, election: Election, place: str, by: User) -> Election:
    """The place on the wall, from opening until the round is published."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.opened_at is None or current.phase in OVER:
        raise RoundError(_("The place can be changed while the round runs."))
    place = place.replace("\0", "").strip()
    if not place or len(place) > LONGEST_PLACE:
        raise RoundError(_("Say where the notice hangs, in at most %(n)d characters.") % {"n": LONGEST_PLACE})
    if place == current.notice_place:
        return current
    current.notice_place = election.notice_place = place
    current.save(update_fields=["notice_place"])
    audit.record("evaluations.set_place", current, by=by)
    events.append(current, gettext_lazy("Place of the notice: %(place)s"), by, {"place": place})
    return current


@transaction.atomic
def file_photo(*, election: Election, upload: Any, by: User) -> RoundFile:
    """The notice on the wall, while it hangs there. A later photo takes the place of the first, which stays filed."""
    current = Election.objects.locked(election.pk)
    require_officer(by, current)
    if current.phase != Phase.PUBLIC_NOTICE:
        raise RoundError(_("The photo is filed while the notice hangs out."))
    upload.seek(0)
    if scans.is_pdf(upload.read(1024)):
        raise RoundError(_("Choose a photo, not a PDF."))
    kind = RoundFile.Kind.NOTICE_PHOTO
    photo = files.file(election=current, kind=kind, upload=upload, title=str(kind.label), by=by)
    current.notice_photo = election.notice_photo = photo
    current.save(update_fields=["notice_photo"])
    what = gettext_lazy("Photo of the notice filed, SHA-256 %(sha256)s")
    events.append(current, what, by, {"sha256": photo.sha256})
    return photo
