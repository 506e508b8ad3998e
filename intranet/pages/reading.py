"""Who has confirmed a must-read notice."""

from __future__ import annotations

from typing import Any

from intranet.people.models import Person

from .models import NoticePage, ReadReceipt


def readers_of(notice: NoticePage) -> dict[str, Any]:
    """``read``: people with the instant of their confirmation; ``unread``: people of the hall still to
    confirm. Only those at the hall today and with an account are counted. Constant queries.
    """
    people = Person.objects.current().filter(user__is_active=True).with_places()
    receipts = dict(ReadReceipt.objects.filter(notice=notice).values_list("user_id", "read_at"))
    read = [(person, receipts[person.user_id]) for person in people if person.user_id in receipts]
    unread = [person for person in people if person.user_id not in receipts]
    return {
        "read": sorted(read, key=lambda row: row[1]),
        "unread": unread,
        "read_count": len(read),
        "asked_count": len(read) + len(unread),
    }
