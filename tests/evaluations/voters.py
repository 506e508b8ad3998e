"""A process that casts ballots, for tests with several of them: python -m tests.evaluations.voters ELECTION HOW.

Prints "ready", waits for a line, then votes. HOW is JSON: {"users": [pk, ...], "choices": [[key, ...], ...],
"threads": n, "off": guard to take away}. Prints one JSON line of outcomes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from collections import Counter
from unittest import mock


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings.test")
    import django

    django.setup()
    election_pk, how = int(sys.argv[1]), json.loads(sys.argv[2])
    with contextlib.ExitStack() as stack:
        for patch in guards_off(how.get("off", "")):
            stack.enter_context(patch)
        outcomes = vote_all(election_pk, how)
    print(json.dumps(outcomes), flush=True)


def vote_all(election_pk: int, how: dict) -> Counter:
    from django.db import connection

    from evaluations.models import Election
    from intranet.access.models import User

    election = Election.objects.get(pk=election_pk)
    users = User.objects.in_bulk(how["users"])
    work = list(zip(how["users"], how["choices"], strict=True))
    connection.close()
    threads = how.get("threads", 1)
    outcomes: Counter = Counter()
    barrier = threading.Barrier(threads + 1)

    def run(part):
        from django.db import connection as own

        own.ensure_connection()
        barrier.wait()
        for pk, choices in part:
            outcomes[attempt(election, users[pk], choices)] += 1
        own.close()

    running = [threading.Thread(target=run, args=(work[n::threads],)) for n in range(threads)]
    for thread in running:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    barrier.wait()
    for thread in running:
        thread.join()
    return outcomes


def attempt(election, user, choices) -> str:
    from evaluations.exceptions import AlreadyVoted, BallotError
    from evaluations.services import voting
    from intranet import clock
    from tests.evaluations.hall import DURING_VOTE

    with clock.at(DURING_VOTE):
        try:
            voting.cast_ballot(election=election, user=user, choices=choices, receipt=voting.new_receipt())
        except AlreadyVoted:
            return "already"
        except BallotError as error:
            return str(error)
        except Exception as error:  # the test compares what came out, whatever it is
            return type(error).__name__
    return "recorded"


def guards_off(off: str) -> list:
    """Take a guard away: "row lock" (PostgreSQL), "transaction" (SQLite)."""
    from contextlib import nullcontext
    from types import SimpleNamespace

    from evaluations.services import voting

    if off == "row lock":
        # As many parameters, and no lock.
        return [mock.patch.object(voting, "LOCK_ENTRY", "SELECT %s::bigint, %s::bigint; ")]
    if off == "transaction":
        return [mock.patch.object(voting, "transaction", SimpleNamespace(atomic=nullcontext))]
    return []


if __name__ == "__main__":
    main()
