from __future__ import annotations

import json

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count

from intranet.reminders.models import OutboxRow


def as_dict(row: OutboxRow) -> dict[str, object]:
    """The row as others read it; never its subject or text. ``recipient`` is the user's key."""
    return {
        "rule": row.rule,
        "object": row.object,
        "occasion": row.occasion,
        "recipient": row.recipient_id,
        "username": row.recipient.username,
        "channel": row.channel,
        "due": row.due.isoformat(),
        "until": row.until.isoformat(),
        "state": row.state,
        "tries": row.tries,
        "sent_at": row.sent_at.isoformat() if row.sent_at else None,
        "message_id": row.message_id,
    }


class Command(BaseCommand):
    help = "Lists the outbox, one JSON object a line; without --json, how many rows are in which state."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--state", choices=OutboxRow.State.values)

    def handle(self, *args, **options) -> None:
        rows = OutboxRow.objects.all()
        if options["state"]:
            rows = rows.filter(state=options["state"])
        if options["as_json"]:
            for row in rows.select_related("recipient", "leader").order_by("due", "pk").iterator():
                self.stdout.write(json.dumps(as_dict(row), ensure_ascii=False))
            return
        for state, count in rows.order_by("state").values_list("state").annotate(count=Count("pk")):
            self.stdout.write(f"{state} {count}")
