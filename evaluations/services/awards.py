"""Setting up awards. A change touches no round that is already open: rounds copy the rules."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evaluations.exceptions import RoundError
from evaluations.models import Award
from intranet.access import audit
from intranet.access.models import User

from .officers import require_officer


@transaction.atomic
def set_up_award(*, by: User, **fields: Any) -> Award:
    """A new award. ``fields`` are those of the model. Raises RoundError with what is wrong."""
    require_officer(by)
    award = Award(**fields)
    _check(award)
    award.save()
    audit.record("evaluations.set_up", award, by=by)
    return award


@transaction.atomic
def change_award(*, award: Award, by: User, **fields: Any) -> Award:
    """Other rules for rounds that open from now on. Raises RoundError with what is wrong."""
    require_officer(by)
    current = Award.objects.select_for_update().get(pk=award.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    _check(current)
    current.save()
    audit.record("evaluations.change", current, by=by)
    return current


def _check(award: Award) -> None:
    try:
        award.full_clean()
    except ValidationError as error:
        raise RoundError(" ".join(_sentences(award, error))) from error
    if award.min_choices > award.max_choices:
        raise RoundError(_("The fewest choices on a ballot cannot be more than the most. Lower one of them."))
    if not (award.quota_per_unit or award.self_allowed or award.colleague_allowed):
        raise RoundError(_("Nobody could be recommended. Allow units, oneself or colleagues to recommend."))


def _sentences(award: Award, error: ValidationError) -> list[str]:
    """Each message with the name of its field before it."""
    said = []
    for name, messages in error.message_dict.items():
        label = "" if name == "__all__" else f"{award._meta.get_field(name).verbose_name}: "  # type: ignore[union-attr]
        said += [f"{label}{message}" for message in messages]
    return said
