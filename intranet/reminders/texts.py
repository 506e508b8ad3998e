"""The words of reminders: a rule's own, or the hall's edited ones, with values filled in as plain text."""

from __future__ import annotations

import re

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from .registry import PLACE, Field, Reminder, ReminderRule, Text, fill

# Subject and body of the hall's own, by rule and language.
Words = dict[tuple[str, str], tuple[str, str]]

_BRACES = re.compile(r"\{+[^{}]{0,40}\}*|\}+")


def write(rule: ReminderRule, reminders: list[Reminder], words: Words) -> list[Text]:
    """The text of each reminder, in order, in the active language."""
    if rule.filled is None:
        assert rule.texts is not None
        return rule.texts(reminders)
    subject, body = template_of(rule, words)
    return [
        Text(fill(subject, given.values), fill(body, given.values), given.url) for given in rule.filled(reminders)
    ]


def template_of(rule: ReminderRule, words: Words) -> tuple[str, str]:
    """Subject and body in the active language: the hall's own, or the rule's. A text of the hall's that names a
    field which the rule has no more gives way to the rule's.
    """
    own = words.get((rule.key, translation.get_language() or settings.LANGUAGE_CODE))
    if own is not None and not faults(rule, *own):
        return own
    return original(rule)


def original(rule: ReminderRule) -> tuple[str, str]:
    """The rule's own subject and body in the active language."""
    return gettext(rule.subject), gettext(rule.body)


def example(rule: ReminderRule, template: str) -> str:
    """The template with the examples of the rule's fields, in the active language."""
    return fill(template, {field.key: str(field.example) for field in rule.fields})


def faults(rule: ReminderRule, subject: str, body: str) -> dict[str, str]:
    """What is wrong with a text, by "subject" and "body": a sentence for the officer; nothing when all is right."""
    found = {
        "subject": _fault(subject, [field for field in rule.fields if field.in_subject], rule.fields),
        "body": _fault(body, rule.fields, rule.fields),
    }
    return {part: sentence for part, sentence in found.items() if sentence}


def _fault(template: str, allowed: tuple[Field, ...] | list[Field], known: tuple[Field, ...]) -> str:
    usable = {field.key for field in allowed}
    for place in PLACE.findall(template):
        if place in usable:
            continue
        if place in {field.key for field in known}:
            return _(
                "{%(field)s} cannot stand in the subject: it may show on a locked screen. Use it in the text."
            ) % {"field": place}
        return _("There is no field {%(field)s} here. Use these: %(fields)s.") % {
            "field": place,
            "fields": _listed(usable),
        }
    stray = _BRACES.search(PLACE.sub("", template))
    if stray:
        return _("“%(part)s” is not a field. Write fields like these: %(fields)s; other braces cannot be used.") % {
            "part": stray[0],
            "fields": _listed(usable),
        }
    return ""


def _listed(keys: set[str]) -> str:
    return " ".join(f"{{{key}}}" for key in sorted(keys)) or _("none")
