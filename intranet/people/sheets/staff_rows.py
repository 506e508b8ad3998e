"""What the rows of a staff register become: people by number, never by name alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Prefetch

from intranet.sheets import values
from intranet.sheets.issues import Problem, problem
from intranet.sheets.row import Row
from intranet.sheets.rows import BATCH, Lookup, SheetRows, batches

from .. import identity, pinyin
from ..models import Body, Leadership, Membership, Person, Posting, Unit, Window
from ..services import accounts
from ..services import identity as identity_service
from . import staff_cells, staff_numbers, staff_places
from .words import groups_by_name, keep_as_it_stands, units_by_name, windows_by_number

COARSER = {"day": 0, "month": 1, "year": 2}


def within(fine: dt.date, coarse: dt.date, precision: str) -> bool:
    """Whether a day lies in the month or year that a coarser date names."""
    return fine.year == coarse.year and (precision == "year" or fine.month == coarse.month)


class RegisterRows(SheetRows):
    """People by staff number. Those without one get the next free number; a name alone never matches anybody."""

    model = Person
    key = ("staff_number",)
    fields = ("name", "sex", "political_status", "employment", "is_union_member", "office_phone", "note", "email")
    duplicate_code = "duplicate_number"

    def lookups(self) -> dict[str, Lookup]:
        windows = Window.objects.current().prefetch_related(Prefetch("units", to_attr="owners"))
        return {
            "units": units_by_name(Unit.objects.current()),
            "windows": windows_by_number(windows),
            "groups": groups_by_name(Body.objects.current().filter(kind=Body.Kind.UNION_GROUP)),
        }

    # Within one row

    def prepare(self, row: Row) -> None:
        staff_cells.read_phones(row)
        staff_cells.check_window(row)
        staff_cells.read_dates(row, self.today)
        if row.get("union_group"):
            if row.get("is_union_member") is False:
                row.error(problem("not_a_member", value=row.shown("name")), "is_union_member")
            row.values["is_union_member"] = True

    # Matching

    def _unique_within_file(self) -> None:
        if identity.kept():
            staff_numbers.twice_in_file(self.rows)
            staff_numbers.settle_identities(self.rows, self.scope())
        super()._unique_within_file()

    def _said_twice(self, row: Row, numbers: str) -> Problem:
        column = self.kind.column("staff_number")
        return problem(self.duplicate_code, column=column.label, value=row.values["staff_number"], rows=numbers)

    def matching(self, objects: Any, wanted: list[Any]) -> Any:
        present = Posting.objects.filter(ends_on__isnull=True).select_related("unit", "window")
        groups = Membership.objects.filter(ends_on__isnull=True, body__kind=Body.Kind.UNION_GROUP).select_related(
            "body"
        )
        return (
            super()
            .matching(objects, wanted)
            .prefetch_related(
                Prefetch("postings", present, to_attr="open_postings"),
                Prefetch("memberships", groups, to_attr="open_groups"),
            )
        )

    def _match(self, lock: bool) -> None:
        given = {row.values["staff_number"] for row in self.rows if row.get("staff_number")}
        staff_numbers.ask_about_known_names(self._unnumbered(), self.answers.people, given)
        super()._match(lock)
        given |= {row.values["staff_number"] for row in self.rows if row.get("staff_number")}
        staff_numbers.assign_numbers(self._unnumbered(), given)

    def _unnumbered(self) -> list[Row]:
        return [row for row in self.sound() if not row.get("staff_number")]

    # Filling

    def fill(self, row: Row) -> None:
        person = row.instance
        if person.pk is None:
            person.staff_number = row.values["staff_number"]
            self.touched["staff_number"] = None
            person.open_postings = person.open_groups = ()
        elif person.left_on is not None and person.left_on < self.today:
            row.error(problem("has_left", value=person.name), "staff_number")
            return
        elif values.as_text(row.cells.get("name")) == person.name:
            # As it stands in the register, also where a sheet would have a note in brackets left out.
            row.values["name"] = person.name
        elif person.name != row.values["name"]:
            about = {"number": person.staff_number, "known": person.name, "value": row.values["name"]}
            row.warn(problem("name_changed", **about), "name")
        keep_as_it_stands(row, "office_phone")
        super().fill(row)
        for name in ("mobile", "entered_on", "service_start_month"):
            if name in row.values and not self._says_less(row, name):
                self.put(row, name, row.values[name])
        self._fill_birthday(row)
        self._fill_identity(row)
        staff_places.fill_place(row)
        staff_places.fill_group(row)

    @staticmethod
    def _says_less(row: Row, name: str) -> bool:
        """Whether the sheet names only the month or year of a day the register knows."""
        known, precision = getattr(row.instance, name), row.get("precisions", {}).get(name, "day")
        return precision != "day" and known is not None and within(known, row.values[name], precision)

    def _fill_birthday(self, row: Row) -> None:
        person = row.instance
        if "birthday" in row.values and row.values["birthday"] is None:
            self.put(row, "birthday", None)
        elif row.get("birthday"):
            day, precision, calendar = row.values["birthday"]
            known, old = person.birthday, person.birthday_precision
            less = known and COARSER[precision] > COARSER[old] and within(known, day, precision)
            if not less:
                self.put(row, "birthday", day)
                self.put(row, "birthday_precision", precision)
            if calendar and "birthday_calendar" not in row.values:
                row.values["birthday_calendar"] = calendar
        if row.get("birthday_calendar"):
            self.put(row, "birthday_calendar", row.values["birthday_calendar"])

    def _fill_identity(self, row: Row) -> None:
        """A number that is new or another one; changes show masks only, and sealing waits until it is written."""
        if "national_id" not in row.values or not identity.kept():
            return
        person, number = row.instance, row.values["national_id"]
        if isinstance(number, values.MaskedNumber):
            if identity.mask_of(person) != number.text:
                row.error(problem("masked_id", value=number.text), "national_id")
            return
        if identity.is_number_of(person, number) if number else not person.national_id_sealed:
            return
        self.touched["national_id_sealed"] = None
        if person.pk is not None:
            row.changes["national_id"] = (identity.mask_of(person), values.masked_number(number or ""))
        person.new_number = number or ""

    def rules(self) -> None:
        staff_numbers.refuse_other_capitals(list(self.sound()))
        for row in self.sound():
            if row.instance.pk is None and row.get("position") and len(row.values["position"]) > 60:
                row.error(problem("too_long", value=row.shown("position"), limit=60), "position")

    # Writing

    def before_writing(self, instance: Person) -> None:
        pinyin.fill(instance)
        if hasattr(instance, "new_number"):
            identity_service.put_checked(instance, instance.new_number)

    def write(self, created: list[Any], changed: list[Any]) -> None:
        own = {field.name for field in Person._meta.concrete_fields} | {"national_id"}
        moved_only = [row.instance.pk for row in self.rows if row.changes and not own & set(row.changes)]
        super().write(created, [person for person in changed if person.pk not in set(moved_only)])

    def after_writing(self) -> None:
        self._write_postings()
        self._write_groups()
        renamed = [row.instance for row in self.rows if {"name", "email"} & set(row.changes)]
        accounts.follow_entries(people=renamed)
        if self.options.get("accounts") == "inactive":
            people = [row.instance for row in self.rows if row.outcome == "create"]
            accounts.open_accounts(people=people, by=self.by, active=False)

    def footprint(self) -> Iterator[models.QuerySet]:
        """People with their places, and the accounts that follow their names or are opened with them."""
        users = get_user_model()
        for batch in batches(self.touching(), 4 * BATCH):
            accounts_of = Person.objects.filter(pk__in=batch, user__isnull=False).values("user")
            yield users.objects.filter(pk__in=accounts_of)
            yield users.groups.through.objects.filter(user__in=accounts_of)
            yield Person.objects.filter(pk__in=batch)
            yield Posting.objects.filter(person_id__in=batch)
            yield Membership.objects.filter(person_id__in=batch)
            yield Leadership.objects.filter(person_id__in=batch)

    def _write_postings(self) -> None:
        staff_places.write_postings(self.rows, self.today, self.by)

    def _write_groups(self) -> None:
        staff_places.write_groups(self.rows, self.today)
