"""Who may be recommended in a round: the conditions in words, and who is out and why.

One answer for all: ``reasons_out`` is what lists, pages and ``why_not`` rest on, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from evaluations.models import Award, Election
from intranet.people.models import Person, Unit, Window
from intranet.people.querysets import PersonQuerySet, UnitQuerySet, WindowQuerySet

from .conditions import Condition, day_of_rules, months_before, of_people
from .honoured import of_honours
from .merits import of_figures

__all__ = [
    "conditions",
    "day_of_rules",
    "eligible_people",
    "eligible_units",
    "eligible_windows",
    "in_words",
    "months_before",
    "reasons_out",
    "subjects_of",
    "why_not",
]

# The centre as a whole is no team of its own.
TEAMS = (Unit.Kind.POSTING_DEPARTMENT, Unit.Kind.BACK_OFFICE, Unit.Kind.BANK_COUNTER)


@dataclass(frozen=True)
class Subject:
    """What an award may honour: the model, what is said of one that is gone, and of one of another kind."""

    model: type[Any]
    gone: Any
    other: Any


SUBJECTS = {
    Award.Subject.PERSON: Subject(
        Person,
        gettext_lazy("No longer, or not yet, at the hall."),
        gettext_lazy("This award honours people."),
    ),
    Award.Subject.WINDOW: Subject(
        Window,
        gettext_lazy("This window is no longer in service."),
        gettext_lazy("This award honours windows."),
    ),
    Award.Subject.TEAM: Subject(
        Unit,
        gettext_lazy("This is no department or section, or it is no longer in service."),
        gettext_lazy("This award honours teams."),
    ),
}


def subjects_of(election: Election) -> Any:
    """Everyone the award is about and who is in service: people, windows, or departments and sections."""
    kind = Award.Subject(election.rules_now["subject"])
    current = SUBJECTS[kind].model.objects.current()
    return current.filter(kind__in=TEAMS) if kind == Award.Subject.TEAM else current


def conditions(election: Election) -> list[Condition]:
    """What a round asks, in the order in which it is said."""
    of_register = of_people(election) if election.rules_now["subject"] == Award.Subject.PERSON else []
    return [*of_register, *of_figures(election), *of_honours(election)]


def in_words(election: Election) -> list[str]:
    """The conditions for people to read; empty where everyone in service may be recommended."""
    return [condition.words for condition in conditions(election)]


def reasons_out(election: Election, ids: Iterable[int] | None = None) -> dict[int, str]:
    """{primary key: the first condition not fulfilled, in words} of those who may not be recommended.

    ``ids`` narrows it to some; without them it is about everyone in service. A fixed number of queries.
    """
    here = set(_among(subjects_of(election), ids).values_list("pk", flat=True))
    gone = SUBJECTS[Award.Subject(election.rules_now["subject"])].gone
    found = dict.fromkeys(set(ids or ()) - here, str(gone))
    for condition in conditions(election):
        left = here - found.keys()
        if left:
            found |= condition.out(left)
    return found


def _among(subjects: Any, ids: Iterable[int] | None) -> Any:
    return subjects if ids is None else subjects.filter(pk__in=set(ids))


def why_not(election: Election, subject: Person | Window | Unit) -> str:
    """ "" if eligible; else the first condition that is not fulfilled, in words."""
    kind = SUBJECTS[Award.Subject(election.rules_now["subject"])]
    if not isinstance(subject, kind.model):
        return str(kind.other)
    return reasons_out(election, [subject.pk]).get(subject.pk, "")


def eligible_people(election: Election) -> PersonQuerySet:
    """Everyone at the hall who fulfils the conditions of a round about people."""
    return _eligible(election, Award.Subject.PERSON)


def eligible_windows(election: Election) -> WindowQuerySet:
    """Every window that fulfils the conditions of a round about windows."""
    return _eligible(election, Award.Subject.WINDOW)


def eligible_units(election: Election) -> UnitQuerySet:
    """Every department and section that fulfils the conditions of a round about teams."""
    return _eligible(election, Award.Subject.TEAM)


def _eligible(election: Election, kind: Any) -> Any:
    if election.rules_now["subject"] != kind:
        return SUBJECTS[kind].model.objects.none()
    return subjects_of(election).exclude(pk__in=reasons_out(election))
