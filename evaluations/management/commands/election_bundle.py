"""The record of a round as files, and the list of all rounds (formats: docs/evaluations.md)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, OuterRef, Subquery
from django.urls import reverse

from evaluations.canonical import instant
from evaluations.exceptions import RoundError
from evaluations.models import Ballot, Election, Mark
from evaluations.record import write_bundle


class Command(BaseCommand):
    help = "Write the record of a round into a directory, or list all rounds (--list --json)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", nargs="?", help="the round")
        parser.add_argument("directory", nargs="?", type=Path, help="where to write; made if missing")
        parser.add_argument("--list", action="store_true", help="list all rounds instead")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            for line in listing():
                self.stdout.write(json.dumps(line, ensure_ascii=False) if options["json"] else _plain(line))
            return
        if not options["slug"] or not options["directory"]:
            raise CommandError("Give the round and a directory, or --list.")
        election = Election.objects.filter(slug=options["slug"]).first()
        if election is None:
            raise CommandError(f"There is no round {options['slug']!r}; see election_bundle --list.")
        try:
            root = write_bundle(election, options["directory"])
        except (RoundError, OSError) as error:
            raise CommandError(str(error)) from error
        written = {"slug": election.slug, "root": root, "directory": str(options["directory"])}
        self.stdout.write(json.dumps(written, ensure_ascii=False) if options["json"] else root)


def listing() -> list[dict[str, Any]]:
    """Every round, oldest first. ``ballots`` is None until they are sealed (where nobody votes: until the result is
    there), ``root`` until the notice. A round without a ballot tells when recommendation opens and closes.
    """
    rounds = (
        Election.objects.select_related("award")
        .annotate(marks=_number_of(Mark), ballots=_number_of(Ballot))
        .order_by("recommendation_opens", "pk")
    )
    return [_line(election) for election in rounds]


def _number_of(model: type[Mark] | type[Ballot]) -> Subquery:
    rows = model.objects.filter(election=OuterRef("pk")).order_by().values("election")
    return Subquery(rows.annotate(number=Count("pk")).values("number"))


def _line(election: Any) -> dict[str, Any]:
    address = {"slug": election.slug}
    # Where nobody votes: from the first recommendation to the last.
    opens = election.voting_opens or election.recommendation_opens
    closes = election.voting_closes or election.recommendation_closes
    counted = election.sealed_at is not None or bool(election.result)
    return {
        "slug": election.slug,
        "award": election.award_name,
        "phase": election.phase,
        "opens": instant(opens),
        "closes": instant(closes),
        "vote_url": reverse("evaluations:vote", kwargs=address),
        "notice_url": reverse("evaluations:notice", kwargs=address),
        "roll": election.roll_size,
        "marks": election.marks or 0,
        "ballots": (election.ballots or 0) if counted else None,
        "root": election.record_root or None,
    }


def _plain(line: dict[str, Any]) -> str:
    return f"{line['slug']}  {line['phase']}  {line['marks']}/{line['roll']}"
