"""Requests for correction: everyone may have an entry about themselves put right (个人信息保护法 art. 46)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intranet import clock
from intranet.access import audit

from ..exceptions import CorrectionError
from ..models import CorrectionRequest, Person
from . import register

# Entries whose correction is one field's new value; accepting writes it.
SIMPLE = (
    "name",
    "pinyin_full",
    "sex",
    "birthday",
    "birthday_calendar",
    "political_status",
    "is_union_member",
    "employment",
    "mobile",
    "office_phone",
    "email",
    "service_start_month",
    "entered_on",
)
# Entries that have their own screens; accepting only answers.
OTHER = {
    "posting": gettext_lazy("unit, window or position"),
    "leadership": gettext_lazy("what I lead"),
    "membership": gettext_lazy("union, party and other bodies"),
    "photo": gettext_lazy("photo"),
    "other": gettext_lazy("something else"),
}
LONGEST = 500


def field_label(field: str) -> str:
    """The entry's name as people read it."""
    if field in OTHER:
        return str(OTHER[field])
    entry: Any = Person._meta.get_field(field)
    return str(entry.verbose_name)


def ask(*, person: Person, field: str, text: str, by: Any) -> CorrectionRequest:
    """Ask for a correction. One open request an entry; raises CorrectionError."""
    text = text.strip()
    if field not in SIMPLE and field not in OTHER:
        raise CorrectionError(_("Choose the entry that is wrong."))
    if not text or len(text) > LONGEST:
        raise CorrectionError(_("Write what is right, in up to %(length)d characters.") % {"length": LONGEST})
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        if CorrectionRequest.objects.waiting().filter(person=person, field=field).exists():
            raise CorrectionError(_("Your request about this entry is still open. Please wait for the answer."))
        request = CorrectionRequest.objects.create(person=person, field=field, text=text, requested_at=clock.now())
        audit.record("people.ask_correction", request, by=by, data={"field": field})
    return request


def accept(*, request: CorrectionRequest, value: Any = None, answer: str = "", by: Any) -> CorrectionRequest:
    """Accept; for a simple entry ``value`` is written to the register in the same transaction.

    Raises CorrectionError when it is decided already, RegisterError when the value breaks a rule.
    """
    with transaction.atomic():
        row = _open(request)
        if row.field in SIMPLE:
            register.change_person(person=row.person, by=by, **{row.field: value})
        return _decide(row, CorrectionRequest.State.ACCEPTED, answer, by)


def decline(*, request: CorrectionRequest, answer: str, by: Any) -> CorrectionRequest:
    """Decline with a reason. Raises CorrectionError without one, or when it is decided already."""
    if not answer.strip():
        raise CorrectionError(_("Write why the request is declined."))
    with transaction.atomic():
        return _decide(_open(request), CorrectionRequest.State.DECLINED, answer, by)


def _open(request: CorrectionRequest) -> CorrectionRequest:
    row = CorrectionRequest.objects.select_for_update().get(pk=request.pk)
    if row.state != CorrectionRequest.State.OPEN:
        raise CorrectionError(_("Somebody else has already decided on this request."))
    return row


def _decide(row: CorrectionRequest, state: str, answer: str, by: Any) -> CorrectionRequest:
    row.state, row.answer, row.decided_at, row.decided_by = state, answer.strip(), clock.now(), by
    row.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    audit.record("people.decide_correction", row, by=by, data={"state": str(state)})
    return row
