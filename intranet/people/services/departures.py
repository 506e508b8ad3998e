"""What a withdrawal takes with it, whether it was entered on a form or came with a sheet of postings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from intranet import clock
from intranet.access import audit

from ..models import Person, Posting, Unit, Window
from ..signals import person_left
from . import accounts, leaderships, memberships


def depart(*, person: Person, posting: Posting, by: Any) -> None:
    """End appointments and memberships with a posting that ended in a withdrawal, and enter the last day.

    The account is closed when that day is here; before, the clock does it on the day after.
    """
    day = posting.ends_on
    if day is None:
        raise ValueError("a posting without a last day is no departure")
    with transaction.atomic():
        leaderships.end_all(person=person, last_day=day, by=by)
        memberships.end_all(person=person, last_day=day)
        person.left_on = day
        person.save(update_fields=["left_on"])
        audit.record("people.withdraw", person, by=by, data={"posting": posting.pk})
        if day <= clock.today():
            accounts.close_account(person=person, by=by)
        transaction.on_commit(lambda: person_left.send_robust(sender=Person, person=person, last_day=day))


def settle(*, people: Iterable[int], by: Any, corrected: Iterable[tuple[int, Unit, Window | None]] = ()) -> None:
    """After postings were written in bulk: who leaves by them leaves, who was to leave and goes on stays.

    ``people`` are primary keys of people who are still here. Only the latest posting counts;
    earlier withdrawals are history. ``corrected`` are places (person, unit, window) that were written over.
    """
    latest: dict[int, Posting] = {}
    rows = Posting.objects.filter(person_id__in=list(people)).select_related("person__user")
    for posting in rows.order_by("starts_on"):
        latest[posting.person_id] = posting
    here: list[int] = []
    for posting in latest.values():
        person = posting.person
        if posting.ends_on is None and person.left_on is not None:
            person.left_on = None
            person.save(update_fields=["left_on"])
            audit.record("people.enter", person, by=by, data={"posting": posting.pk})
        if posting.ends_on is None:
            here.append(person.pk)
        elif posting.ending == Posting.Ending.WITHDRAWAL and person.left_on != posting.ends_on:
            depart(person=person, posting=posting, by=by)
    leaderships.end_left_behind(people=here, by=by, corrected=corrected)
