"""Entries of the staff register: added and changed one at a time, with every rule checked."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit
from intranet.sheets import values

from ..exceptions import RegisterError
from ..models import Person
from ..photos import portrait
from ..rules import is_mobile
from . import identity

# What this service may change; postings, leaderships and accounts have services of their own.
FIELDS = (
    "staff_number",
    "name",
    "pinyin_full",
    "sex",
    "birthday",
    "birthday_calendar",
    "birthday_precision",
    "political_status",
    "is_union_member",
    "employment",
    "mobile",
    "office_phone",
    "email",
    "service_start_month",
    "entered_on",
    "photo",
    "note",
)


def add_person(*, by: Any, national_id: str = "", **fields: Any) -> Person:
    """A new entry; raises RegisterError with what is wrong."""
    _refuse_unknown(fields)
    fields = _with_mobile(fields)
    person = Person(**_with_portrait(fields))
    with transaction.atomic():
        if national_id:
            identity.put(person, national_id)
        _check(person)
        person.save()
        audit.record("people.create", person, by=by)
    return person


def change_person(*, person: Person, by: Any, national_id: str | None = None, **fields: Any) -> Person:
    """Change an entry; name, mail address and staff number go on to the account. Raises RegisterError.

    ``national_id`` None leaves the kept number as it is, "" takes it away.
    The audit log gets the names of the fields that changed, never what is in them.
    """
    _refuse_unknown(fields)
    fields = _with_mobile(_with_portrait(fields))
    with transaction.atomic():
        row = Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)
        changed = sorted(name for name, value in fields.items() if getattr(row, name) != value)
        renumbered = national_id is not None and identity.put(row, national_id)
        if not changed and not renumbered:
            return row
        if "photo" in changed and row.photo:
            old, storage = str(row.photo.name), row.photo.storage
            transaction.on_commit(lambda: storage.delete(old))
        for name in changed:
            setattr(row, name, fields[name])
        _check(row)
        row.save()
        if row.user is not None:
            _pass_on(row, row.user)
        named = [*changed, *(["national_id"] if renumbered else [])]
        audit.record("people.change", row, by=by, data={"fields": named})
    return row


def _refuse_unknown(fields: dict[str, Any]) -> None:
    unknown = set(fields) - set(FIELDS)
    if unknown:
        raise TypeError(f"the register does not change {', '.join(sorted(unknown))}")


def _with_mobile(fields: dict[str, Any]) -> dict[str, Any]:
    """The eleven digits of one mobile, as sheets keep it: reminders go to it, and lists come back unchanged."""
    given = str(fields.get("mobile") or "").strip()
    if not given:
        return fields
    read = values.phones(given, values.Context(clock.today()))
    if read.problem or len(read.value) != 1 or not is_mobile(read.value[0]):
        raise RegisterError(_("Write one mobile number of 11 digits; other numbers belong under office phone."))
    return {**fields, "mobile": read.value[0]}


def _with_portrait(fields: dict[str, Any]) -> dict[str, Any]:
    """A new picture is drawn anew; False (the form's "clear") and None mean no picture; a kept one stays."""
    if "photo" not in fields:
        return fields
    given = fields["photo"]
    if isinstance(given, UploadedFile):
        return {**fields, "photo": portrait(given)}
    return {**fields, "photo": given or ""}


def _check(person: Person) -> None:
    try:
        person.full_clean(exclude=["user"])
    except ValidationError as error:
        fields: Any = {field.name: field for field in Person._meta.fields}
        names = {name: fields[name].verbose_name for name in error.error_dict if name in fields}
        said = [
            f"{names[name]}: {' '.join(messages)}" if name in names else " ".join(messages)
            for name, messages in error.message_dict.items()
        ]
        raise RegisterError(" ".join(said)) from error


def _pass_on(person: Person, user: Any) -> None:
    if user.username != person.staff_number and type(user).objects.filter(username=person.staff_number).exists():
        raise RegisterError(
            _("The user name %(username)s is already taken by another account.") % {"username": person.staff_number}
        )
    user.username, user.name, user.email = person.staff_number, person.name, person.email
    user.save(update_fields=["username", "name", "email"])
