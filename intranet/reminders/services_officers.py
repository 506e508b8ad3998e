"""What officers do: hold, leave out, release and try again; which kinds go out, and in which words."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext as _

from intranet import clock
from intranet.access import audit
from intranet.access.exceptions import RuleError

from . import texts
from .exceptions import KindError, OccasionError
from .models import Hold, OutboxRow, RuleSetting, RuleText
from .registry import ReminderRule, reminder_rules
from .states import LEFT_OUT

State = OutboxRow.State


@transaction.atomic
def hold_occasion(*, rule: str, object: str, occasion: str, by: Any) -> int:
    """Hold one occasion back, planned or not yet planned; gives how many rows were on their way already.

    Raises OccasionError for an unknown rule or one that cannot be held.
    """
    _stop(rule, object, occasion, Hold.Kind.HELD, by)
    rows = OutboxRow.objects.of(rule, object, occasion)
    rows.untouched().filter(state=State.PLANNED).settle(State.HELD)
    return _on_their_way(rows)


@transaction.atomic
def skip_occasion(*, rule: str, object: str, occasion: str, by: Any) -> int:
    """Leave one occasion out; gives how many rows were on their way already. Raises OccasionError."""
    _stop(rule, object, occasion, Hold.Kind.SKIPPED, by)
    rows = OutboxRow.objects.of(rule, object, occasion)
    rows.filter(state__in=[State.PLANNED, State.HELD]).settle(State.SKIPPED, failure=LEFT_OUT)
    return _on_their_way(rows)


@transaction.atomic
def release_occasion(*, rule: str, object: str, occasion: str, by: Any) -> None:
    """Let an occasion go after all. What is too late by now expires. Raises OccasionError when nothing stops it."""
    _rule(rule)
    stopped = Hold.objects.select_for_update().filter(rule=rule, object=object, occasion=occasion).first()
    if stopped is None:
        raise OccasionError(_("This reminder is neither held nor left out; there is nothing to release."))
    audit.record("reminders.release", stopped, by=by, data=_named(rule, object, occasion))
    stopped.delete()
    rows = OutboxRow.objects.of(rule, object, occasion).untouched()
    left_out = models.Q(state=State.SKIPPED, failure=LEFT_OUT)
    rows.filter(models.Q(state=State.HELD) | left_out).settle(State.PLANNED, failure="")


@transaction.atomic
def retry_occasion(*, rule: str, object: str, occasion: str, by: Any) -> int:
    """Try what failed once more, five times if need be; gives the number of rows.

    Raises OccasionError when nothing has failed that is still worth sending.
    """
    _rule(rule)
    failed = OutboxRow.objects.of(rule, object, occasion).filter(state=State.FAILED)
    row = failed.worth_sending(clock.now()).order_by("pk").first()
    if row is None:
        raise OccasionError(_("Nothing here has failed that would still come in time."))
    count = failed.worth_sending(clock.now()).settle(State.PLANNED, tries=0, next_try=None)
    audit.record("reminders.retry", row, by=by, data={**_named(rule, object, occasion), "count": count})
    return count


def _stop(rule: str, object: str, occasion: str, kind: str, by: Any) -> None:
    if _rule(rule).essential:
        raise OccasionError(_("Reminders of this kind keep accounts safe; they cannot be held or left out."))
    stopped, _made = Hold.objects.update_or_create(
        rule=rule, object=object, occasion=occasion, defaults={"kind": kind}
    )
    action = "reminders.hold" if kind == Hold.Kind.HELD else "reminders.skip"
    audit.record(action, stopped, by=by, data=_named(rule, object, occasion))


def _on_their_way(rows: models.QuerySet) -> int:
    """How many rows it is too late to stop: sent, being sent, or tried and waiting for the next try."""
    waiting = models.Q(state=State.PLANNED, leader__isnull=False)
    return rows.filter(waiting | models.Q(state__in=[State.SENT, State.CLAIMED])).count()


def _named(rule: str, object: str, occasion: str) -> dict[str, Any]:
    return {"rule": rule, "object": object, "occasion": occasion}


def _rule(key: str, error: type[RuleError] = OccasionError) -> ReminderRule:
    rule = reminder_rules().get(key)
    if rule is None:
        raise error(_("This kind of reminder is not in use at present; its part of the site is switched off."))
    return rule


@transaction.atomic
def set_kind(*, rule: str, enabled: bool, mandatory: bool, by: Any) -> None:
    """Say whether a kind goes out, and whether people may do without its mail. Raises KindError."""
    if _rule(rule, KindError).essential and not enabled:
        raise KindError(_("Reminders of this kind keep accounts safe; they cannot be switched off."))
    setting, _made = RuleSetting.objects.update_or_create(
        rule=rule, defaults={"enabled": enabled, "mandatory": mandatory}
    )
    audit.record(
        "reminders.set_kind", setting, by=by, data={"rule": rule, "enabled": enabled, "mandatory": mandatory}
    )


@transaction.atomic
def keep_text(*, rule: str, language: str, subject: str, body: str, by: Any) -> RuleText:
    """Keep the hall's own words for one kind in one language; every version stays in the audit log.

    Raises KindError for a kind whose text cannot be edited, a language the house does not speak, an empty or long
    text, and a field that the rule does not have or that may not stand in a subject.
    """
    known = _worded(rule, language)
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    if not subject or not body:
        raise KindError(_("Write a subject and a text."))
    if len(subject) > 100 or len(body) > 2000:
        raise KindError(_("Keep the subject within 100 characters and the text within 2000."))
    for sentence in texts.faults(known, subject, body).values():
        raise KindError(sentence)
    text, _made = RuleText.objects.update_or_create(
        rule=rule, language=language, defaults={"subject": subject, "body": body}
    )
    said = {"rule": rule, "language": language, "subject": subject, "body": body}
    audit.record("reminders.keep_text", text, by=by, data=said)
    return text


@transaction.atomic
def original_text(*, rule: str, language: str, by: Any) -> None:
    """Go back to the rule's own words. A second time changes nothing. Raises KindError."""
    _worded(rule, language)
    text = RuleText.objects.select_for_update().filter(rule=rule, language=language).first()
    if text is not None:
        audit.record("reminders.original_text", text, by=by, data={"rule": rule, "language": language})
        text.delete()


def _worded(rule: str, language: str) -> ReminderRule:
    known = _rule(rule, KindError)
    if known.filled is None:
        raise KindError(_("The text of this kind of reminder is made anew for each case and cannot be edited."))
    if language not in dict(settings.LANGUAGES):
        raise KindError(_("Choose one of the languages of the list."))
    return known
