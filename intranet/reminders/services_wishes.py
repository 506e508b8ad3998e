"""What a person wishes about their reminders."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from intranet.access import audit

from .exceptions import WishError
from .models import OutboxRow, Preference, RuleSetting, Wish
from .registry import ReminderRule, reminder_rules
from .states import UNWISHED


@dataclass(frozen=True)
class Kind:
    """One kind of reminder as one person has it; ``insisted``: its mail cannot be switched off."""

    rule: ReminderRule
    mail: str
    insisted: bool


def kinds_of(user: Any) -> list[Kind]:
    """Every kind that goes out by mail, with the person's wish; two queries."""
    said = RuleSetting.objects.by_rule()
    wishes = dict(Wish.objects.filter(user=user).values_list("rule", "mail"))
    kinds = [
        Kind(rule, wishes.get(rule.key, Wish.Mail.ON), said.insists(rule))
        for rule in reminder_rules().values()
        if "mail" in rule.channels and said.sends(rule)
    ]
    return sorted(kinds, key=lambda kind: str(kind.rule.label))


@transaction.atomic
def keep_wishes(
    *,
    mail: dict[str, str],
    language: str = "",
    quiet_from: dt.time | None = None,
    quiet_to: dt.time | None = None,
    by: Any,
) -> None:
    """Keep a person's own wishes. ``mail`` gives a ``Wish.Mail`` by rule key; kinds it does not name stay.

    Mail that waits and is not wished any more is left out. Raises WishError for an unknown kind, a mail the hall
    insists on, quiet hours without end or without length, and a language the house does not speak.
    """
    _check_quiet(quiet_from, quiet_to)
    if language and language not in dict(settings.LANGUAGES):
        raise WishError(_("Choose one of the languages of the list."))
    kinds = {kind.rule.key: kind for kind in kinds_of(by)}
    for key, wish in mail.items():
        _check_wish(kinds.get(key), wish)
    Preference.objects.update_or_create(
        user=by, defaults={"language": language, "quiet_from": quiet_from, "quiet_to": quiet_to}
    )
    Wish.objects.bulk_create(
        [Wish(user=by, rule=key, mail=wish) for key, wish in sorted(mail.items())],
        update_conflicts=True,
        unique_fields=["rule", "user"],
        update_fields=["mail"],
    )
    without = [key for key, wish in mail.items() if wish == Wish.Mail.OFF]
    waiting = OutboxRow.objects.filter(recipient=by, channel="mail", rule__in=without, state=OutboxRow.State.PLANNED)
    waiting.settle(OutboxRow.State.SKIPPED, failure=UNWISHED)
    audit.record("reminders.keep_wishes", by, by=by)


def _check_quiet(start: dt.time | None, end: dt.time | None) -> None:
    if (start is None) != (end is None):
        raise WishError(_("Quiet hours need a beginning and an end. Fill in both, or leave both empty."))
    if start is not None and start == end:
        raise WishError(_("Quiet hours cannot begin and end at the same time. Choose another end."))


def _check_wish(kind: Kind | None, wish: str) -> None:
    if kind is None or wish not in Wish.Mail.values:
        raise WishError(_("This kind of reminder is not sent by mail. Load the page again and choose from its list."))
    if kind.rule.essential and wish != Wish.Mail.ON:
        raise WishError(
            _("“%(kind)s” always comes by mail, for your safety. Please leave it as it is.")
            % {"kind": kind.rule.label}
        )
    if kind.insisted and wish == Wish.Mail.OFF:
        raise WishError(
            _("The hall wants “%(kind)s” to come by mail. Please choose one of the two ways by mail.")
            % {"kind": kind.rule.label}
        )
