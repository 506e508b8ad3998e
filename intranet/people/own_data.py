"""What the hall keeps about a person: for "my data", and for taking it along as a file.

The legal grounds are those of the Personal Information Protection Law (个人信息保护法), art. 13: HR management
under lawfully made rules, or the person's own consent.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from intranet import clock
from intranet.ui.templatetags.ui import hall_date

from . import identity
from .birthdays import birthday_text, birthday_value
from .models import Person
from .services import corrections


@dataclass(frozen=True)
class Fact:
    """One entry: its key in the file, its label, its value for reading, and its value for the file."""

    key: str
    label: str
    shown: str
    value: Any


@dataclass(frozen=True)
class Group:
    """Entries that rest on the same ground."""

    key: str
    title: str
    ground: str
    facts: list[Fact]


REGISTER = ("staff_number", "name", "sex", "employment", "service_start_month", "entered_on", "office_phone", "email")
CARE = ("birthday", "birthday_calendar", "birthday_precision", "is_union_member", "photo")
PERSONNEL = ("political_status", "mobile", "pinyin_full")


def groups_of(person: Person) -> list[Group]:
    """Every entry about a person but the personnel office's own note."""
    hr = _(
        "Needed for personnel management under the hall's rules (Personal Information Protection Law, art. 13 (2))."
    )
    care = _(
        "Kept with your consent for birthday wishes and union care (art. 13 (1)); you may withdraw it at any time."
    )
    return [
        Group("register", _("Staff register"), hr, [_fact(person, name) for name in REGISTER]),
        Group("personnel", _("Personnel"), hr, _personnel(person)),
        Group("care", _("Care"), care, [_fact(person, name) for name in CARE]),
        Group("postings", _("Postings"), hr, _postings(person)),
        Group("leaderships", _("Appointments"), hr, _leaderships(person)),
        Group("memberships", _("Bodies"), care, _memberships(person)),
        Group("corrections", _("Requests for correction"), hr, _corrections(person)),
    ]


def as_file(person: Person) -> dict[str, Any]:
    """The same as plain data for JSON; days as ISO texts."""
    return {
        "format": 1,
        "person": person.staff_number,
        "exported_at": clock.now().isoformat(),
        "groups": {
            group.key: {"ground": group.ground, "entries": {fact.key: fact.value for fact in group.facts}}
            for group in groups_of(person)
        },
    }


def _fact(person: Person, name: str) -> Fact:
    field: Any = Person._meta.get_field(name)
    if name == "birthday":
        return Fact(name, str(field.verbose_name), birthday_text(person), birthday_value(person))
    value = getattr(person, name)
    display = getattr(person, f"get_{name}_display", None)
    if isinstance(value, bool):
        shown: Any = _("yes") if value else _("no")
    else:
        shown = display() if display else hall_date(value) if isinstance(value, dt.date) else (value or "")
    plain = value if isinstance(value, bool) else str(value or "")
    return Fact(name, str(field.verbose_name), str(shown), plain)


def _personnel(person: Person) -> list[Fact]:
    """With the mask of the identity number, and whoever was shown the whole of it."""
    facts = [_fact(person, name) for name in PERSONNEL]
    if mask := identity.mask_of(person):
        facts.append(Fact("national_id", _("identity number"), mask, mask))
    for row in person.disclosures.select_related("shown_to") if identity.kept() else ():
        label = _("identity number shown to %(name)s") % {"name": row.shown_to}
        value = {"to": str(row.shown_to), "at": row.shown_at.isoformat(), "reason": row.reason}
        facts.append(Fact(f"disclosure-{row.pk}", label, f"{hall_date(row.shown_at)} · {row.reason}", value))
    return facts


def _span(row: Any) -> str:
    # Kept out of the text below: words inside an f-string do not reach the catalogue.
    last = hall_date(row.ends_on) if row.ends_on else pgettext("end of a span", "today")
    return f"{hall_date(row.starts_on)} – {last}"


def _row(kind: str, row: Any, label: str) -> Fact:
    ends = row.ends_on.isoformat() if row.ends_on else None
    return Fact(
        f"{kind}-{row.pk}", label, _span(row), {"what": label, "from": row.starts_on.isoformat(), "last_day": ends}
    )


def _postings(person: Person) -> list[Fact]:
    rows = person.postings.select_related("unit", "window")
    return [
        _row("posting", row, " · ".join(str(part) for part in (row.unit, row.window, row.position) if part))
        for row in rows
    ]


def _leaderships(person: Person) -> list[Fact]:
    rows = person.leaderships.select_related("unit", "window")
    return [_row("leadership", row, f"{row.get_kind_display()} · {row.place}") for row in rows]


def _memberships(person: Person) -> list[Fact]:
    rows = person.memberships.select_related("body")
    return [_row("membership", row, f"{row.body} · {row.get_office_display()}") for row in rows]


def _corrections(person: Person) -> list[Fact]:
    return [
        Fact(
            f"correction-{row.pk}",
            corrections.field_label(row.field),
            f"{row.text} · {row.get_state_display()}{' · ' + row.answer if row.answer else ''}",
            {
                "field": row.field,
                "text": row.text,
                "state": row.state,
                "answer": row.answer,
                "asked_at": row.requested_at.isoformat(),
            },
        )
        for row in person.corrections.all()
    ]
