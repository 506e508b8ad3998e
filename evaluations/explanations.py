"""How a result came about, line by line; and what the components of a round are waiting for."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from intranet.people.reach import units_led_by, windows_led_by

from .disclosure import has_few
from .models import Candidate, Election
from .models.awards import Component, plain_number
from .scoring import held_to_scale, in_a_column
from .services.inputs import Gathered


def parts(election: Election, gathered: Gathered, with_values: bool = True) -> list[dict[str, Any]]:
    """Each component with its weight, its state in words, and the values so far; a panel's only once frozen."""
    frozen = election.inputs_frozen_at is not None
    missing: dict[str, list[str]] = {}
    for found in gathered.missing:
        missing.setdefault(found.component, []).append(found.said)
    names = dict(election.candidates.order_by("key").values_list("key", "name"))
    return [
        {
            "label": label_of(part),
            "kind": Component.Kind(part["kind"]).label,
            "weight": "" if part["kind"] == "adjustment" else part["weight"],
            "how": how(part),
            "missing": missing.get(part["key"], []),
            "warning": _warning(part, gathered.values.get(part["key"], {}).values()),
            "ballots": part["kind"] == "ballots",
            "values": []
            if not with_values or (part["kind"] == "panel" and not frozen)
            else [
                {"name": names[key], "value": plain_number(entry["value"]), "detail": detail_of(part, entry)}
                for key, entry in sorted(gathered.values.get(part["key"], {}).items())
                if key in names
            ],
        }
        for part in election.rules_now["components"]
    ]


def label_of(part: dict[str, Any]) -> str:
    """The component's own name, or what it is made of."""
    return part["label"] or str(Component.Kind(part["kind"]).label)


def how(part: dict[str, Any]) -> str:
    """How a value becomes points, in a few words."""
    if part["kind"] == "ballots":
        return _("share of the votes, 0 to 100")
    if part["kind"] == "adjustment":
        return _("added to the sum, from −%(down)s to +%(up)s") % {
            "down": part["most_deduction"] or "∞",
            "up": part["most_bonus"] or "∞",
        }
    said = str(Component.Scale(part["scale"]).label)
    return f"{said} · {_('less is better')}" if part["lower_is_better"] else said


def detail_of(part: dict[str, Any], entry: dict[str, Any]) -> str:
    """What stands behind a value: how many scores, which months, which entries; and what counts instead of it."""
    said = [_made_of(part, entry.get("detail", {})), _held(part, entry)]
    return " · ".join(filter(None, said))


def _held(part: dict[str, Any], entry: dict[str, Any]) -> str:
    """Of a value beyond a scale from 0 to 100, the end that counts."""
    if not _beyond(part, entry):
        return ""
    return _("counts as %(n)d") % {"n": held_to_scale(Fraction(entry["value"]))}


def _beyond(part: dict[str, Any], entry: dict[str, Any]) -> bool:
    if part["kind"] in ("ballots", "adjustment") or part["scale"] != "as_it_is" or "value" not in entry:
        return False
    value = Fraction(entry["value"])
    return held_to_scale(value) != value


def _warning(part: dict[str, Any], entries: Collection[dict[str, Any]]) -> str:
    """Before it is frozen: how many values of a component are held to its scale."""
    number = sum(_beyond(part, entry) for entry in entries)
    if not number:
        return ""
    return ngettext(
        "%(n)d value lies beyond 0 to 100 and counts as the nearer of the two.",
        "%(n)d values lie beyond 0 to 100 and count as the nearer of the two.",
        number,
    ) % {"n": number}


def _made_of(part: dict[str, Any], detail: dict[str, Any]) -> str:
    if part["kind"] == "panel" and detail:
        text = ngettext("mean of %(n)d score", "mean of %(n)d scores", detail["counted"]) % {"n": detail["counted"]}
        left_out = detail["scores"] - detail["counted"]
        return f"{text} · {_('highest and lowest left out')}" if left_out else text
    if part["kind"] == "scores" and detail:
        return "、".join(f"{month} {score}" for month, score in sorted(detail["months"].items()))
    if part["kind"] == "adjustment" and detail:
        figure = [detail["figure"]] if "figure" in detail else []
        return " + ".join([*figure, *detail["entries"]])
    return ""


def seats(election: Election) -> list[dict[str, Any]]:
    """Who scores, and whether they have handed in; never what."""
    labels = {part["key"]: label_of(part) for part in election.rules_now["components"]}
    return [{"seat": seat, "label": labels.get(seat.component, seat.component)} for seat in election.seats.all()]


def all_of(election: Election) -> list[dict[str, Any]]:
    """Every candidate's lines, best first; empty before the inputs are frozen and where ballots alone count."""
    lines = election.result.get("lines") or {}
    if not lines or election.inputs_frozen_at is None:
        return []
    rows = {row.key: row for row in election.candidates.all()}
    order = election.result.get("order") or sorted(lines)
    return [_row(election, rows[key]) for key in order if key in rows and key in lines]


def totals(election: Election) -> dict[str, str]:
    """{key: total} as they stand below each other, with as many decimals each."""
    scores = election.result.get("scores", {})
    return dict(zip(scores, in_a_column(scores.values()), strict=True))


def own_of(election: Election, user: Any) -> list[dict[str, Any]]:
    """From the public notice on, the lines of oneself, or of the window or team one heads; nobody else's.

    None where ballots alone count and few could vote: the total would tell a candidate how somebody voted.
    """
    lines = election.result.get("lines") or {}
    if not is_told(election):
        return []
    return [_row(election, row) for row in own_candidates(election, user) if row.key in lines]


def is_told(election: Election) -> bool:
    """Whether those who stood read their own lines."""
    counted = election.notice_first is not None and bool(election.result.get("lines"))
    return counted and (election.has_assessment or not has_few(election))


def own_candidates(election: Election, user: Any) -> list[Candidate]:
    """Who stands and is this user, or a window or team this user heads."""
    about = Q(person__user=user) | Q(window__in=windows_led_by(user)) | Q(team__in=units_led_by(user))
    return list(election.candidates.filter(about).order_by("key"))


def _row(election: Election, candidate: Candidate) -> dict[str, Any]:
    by_key = {part["key"]: part for part in election.rules_now["components"]}
    values = election.inputs.get("values", {})
    lines = [
        {
            **line,
            "label": label_of(by_key[line["component"]]),
            "how": how(by_key[line["component"]]),
            "detail": detail_of(
                by_key[line["component"]], values.get(line["component"], {}).get(candidate.key, {"detail": {}})
            ),
            "added": by_key[line["component"]]["kind"] == "adjustment",
        }
        for line in election.result["lines"][candidate.key]
    ]
    winners = election.decision.get("winners") or election.result.get("winners", [])
    *shares, total = in_a_column(
        [*(line.get("share", "") for line in lines), election.result["scores"][candidate.key]]
    )
    return {
        "candidate": candidate,
        "lines": [{**line, "share": share} for line, share in zip(lines, shares, strict=True)],
        "total": total,
        "wins": candidate.key in winners,
    }
