"""Setting up awards. A change touches no round that is already open: rounds copy the rules."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from evaluations.exceptions import AwardFault, RoundError
from evaluations.models import Award, Box, Component
from intranet import clock
from intranet.access import audit
from intranet.access.models import User

from .award_faults import fault_of
from .officers import require_officer

Rows = Iterable[dict[str, Any]]


@transaction.atomic
def set_up_award(*, by: User, boxes: Rows = (), components: Rows = (), **fields: Any) -> Award:
    """A new award. ``fields`` are those of the model, the rows those of its boxes and components, in their order.

    Raises RoundError with what is wrong.
    """
    require_officer(by)
    award = Award(**fields)
    _save(award, _rows(Box, award, boxes), _rows(Component, award, components))
    audit.record("evaluations.set_up", award, by=by)
    return award


@transaction.atomic
def change_award(
    *, award: Award, by: User, boxes: Rows | None = None, components: Rows | None = None, **fields: Any
) -> Award:
    """Other rules for rounds that open from now on. Rows given replace all there are; None leaves them.

    Raises RoundError with what is wrong.
    """
    require_officer(by)
    current = Award.objects.select_for_update().get(pk=award.pk)
    for name, value in fields.items():
        setattr(current, name, value)
    _save(
        current,
        None if boxes is None else _rows(Box, current, boxes),
        None if components is None else _rows(Component, current, components),
    )
    audit.record("evaluations.change", current, by=by)
    return current


def set_boxes(*, award: Award, boxes: Rows, by: User) -> Award:
    """Other ballot boxes: ``{"key", "label", "electorate", "weight"}`` each, in their order."""
    return change_award(award=award, by=by, boxes=boxes)


def set_components(*, award: Award, components: Rows, by: User) -> Award:
    """Another score: rows with the fields of ``Component`` but ``award`` and ``order``, in their order."""
    return change_award(award=award, by=by, components=components)


def _rows(kind: type[Any], award: Award, rows: Rows) -> list[Any]:
    return [kind(**{**row, "award": award, "order": number}) for number, row in enumerate(rows, 1)]


def _save(award: Award, boxes: list[Box] | None, components: list[Component] | None) -> None:
    """Check the whole, then write it: an award is never kept with parts that do not fit together."""
    if not award.opens_by_itself:
        award.opens_since = None
    elif award.opens_since is None:
        award.opens_since = clock.today()
    kept_boxes = list(award.boxes.all()) if boxes is None else boxes
    kept_components = list(award.components.all()) if components is None else components
    _refuse_invalid(award)
    for row in (*(boxes or ()), *(components or ())):
        _refuse_invalid(row, exclude=("award",))
    fault = fault_of(award, kept_boxes, kept_components)
    if fault:
        raise AwardFault(fault, getattr(fault, "field", ""), getattr(fault, "part", None))
    award.save()
    if boxes is not None:
        award.boxes.all().delete()
        Box.objects.bulk_create(boxes)
    if components is not None:
        award.components.all().delete()
        Component.objects.bulk_create(components)


def _refuse_invalid(row: models.Model, exclude: Iterable[str] = ()) -> None:
    """Whatever a single field does not allow."""
    try:
        row.full_clean(exclude=exclude, validate_constraints=not exclude)
    except ValidationError as error:
        raise RoundError(" ".join(_sentences(row, error))) from error


def _sentences(row: models.Model, error: ValidationError) -> list[str]:
    """Each message with the name of its field before it."""
    said = []
    for name, messages in error.message_dict.items():
        label = "" if name == "__all__" else f"{row._meta.get_field(name).verbose_name}: "  # type: ignore[union-attr]
        said += [f"{label}{message}" for message in messages]
    return said
