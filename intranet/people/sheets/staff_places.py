"""Postings and union groups of a staff register: what a row changes, and how the changes are saved in bulk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from intranet.sheets.issues import problem
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, batches

from ..models import Membership, Posting
from ..services import leaderships


def fill_place(row: Row) -> None:
    """What the posting becomes: another unit without a window named means no window."""
    present = row.instance.open_postings[0] if row.instance.open_postings else None
    if present is None and row.instance.pk is not None:
        row.error(problem("closed_posting", value=row.instance.name), "unit")
        return
    unit = row.values["unit"]
    kept = present.window if present is not None and present.unit_id == unit.pk else None
    window = row.get("window") if "window" in row.values else kept
    position = row.values["position"] or "" if "position" in row.values else (present.position if present else "")
    row.values["place"] = (unit, window, position)
    if present is not None:
        _note_move(row, present)


def _note_move(row: Row, present: Posting) -> None:
    unit, window, position = row.values["place"]
    for name, old, new in (
        ("unit", present.unit, unit),
        ("window", present.window, window),
        ("position", present.position, position),
    ):
        if old != new:
            row.changes[name] = (_place_name(old), _place_name(new))


def fill_group(row: Row) -> None:
    """Notes the change of union group of somebody the register knows."""
    if "union_group" not in row.values:
        return
    old = [membership.body for membership in row.instance.open_groups]
    new = row.values["union_group"]
    if row.instance.pk is not None and old != ([new] if new else []):
        row.changes["union_group"] = ("、".join(body.name for body in old), new.name if new else "")


def write_postings(rows: list[Row], today: dt.date, by: Any) -> None:
    """A first posting, a correction of one entered today, or a move: the old one ends yesterday."""
    begun, corrected, ended = [], [], []
    moved = [row.instance.open_postings[0] for row in rows if {"unit", "window"} & set(row.changes)]
    left = [(posting.person_id, posting.unit, posting.window) for posting in moved]
    for row in rows:
        present = row.instance.open_postings[0] if row.instance.open_postings else None
        if present is None:
            begun.append(_new_posting(row, row.instance.entered_on or today))
        elif not {"unit", "window", "position"} & set(row.changes):
            continue
        elif present.starts_on >= today:
            # Entered today: a correction, not a move.
            present.unit, present.window, present.position = row.values["place"]
            corrected.append(present)
        else:
            present.ends_on, present.ending = today - dt.timedelta(days=1), Posting.Ending.TRANSFER
            ended.append(present)
            begun.append(_new_posting(row, today))
    Posting.objects.bulk_update([*corrected, *ended], ["unit", "window", "position", "ends_on", "ending"], BATCH)
    Posting.objects.bulk_create(begun, batch_size=BATCH)
    for places in batches(left):
        leaderships.end_left_behind(people=[person for person, _unit, _window in places], by=by, corrected=places)


def _new_posting(row: Row, starts_on: dt.date) -> Posting:
    unit, window, position = row.values["place"]
    return Posting(person=row.instance, unit=unit, window=window, position=position, starts_on=starts_on)


def write_groups(rows: list[Row], today: dt.date) -> None:
    """Places in union groups: the old one ends yesterday; one begun later never was."""
    yesterday = today - dt.timedelta(days=1)
    joined, left, undone = [], [], []
    for row in rows:
        group = row.get("union_group")
        if "union_group" not in row.values or (row.outcome != "create" and "union_group" not in row.changes):
            continue
        for place in row.instance.open_groups:
            if place.body == group:
                continue
            if place.starts_on > yesterday:
                undone.append(place.pk)
            else:
                place.ends_on = yesterday
                left.append(place)
        if group and all(place.body != group for place in row.instance.open_groups):
            starts = row.instance.entered_on if row.outcome == "create" else None
            joined.append(Membership(person=row.instance, body=group, starts_on=starts or today))
    for batch in batches(undone):
        Membership.objects.filter(pk__in=batch).delete()
    Membership.objects.bulk_update(left, ["ends_on"], BATCH)
    Membership.objects.bulk_create(joined, batch_size=BATCH)


def _place_name(place: Any) -> str:
    return getattr(place, "number", None) or str(place or "")
