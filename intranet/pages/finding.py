"""Searching pages and people, and showing why something was found."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape, strip_tags
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from intranet.people.models import Person

from .querysets import visible_pages
from .search_backend.spelling import tokens

PEOPLE_SHOWN = 12
SNIPPET = 90


def found_pages(text: str, user: Any) -> Any:
    """Pages this person may open, best match first; a sliceable result that knows its count."""
    return visible_pages(Page.objects.exclude(depth=1), user).search(text)


def found_people(text: str, user: Any) -> Any:
    """Colleagues at the hall, with their places; nothing for an empty text."""
    if not text.strip():
        return Person.objects.none()
    return Person.objects.visible_to(user).current().search(text).with_places()[:PEOPLE_SHOWN]


def highlighted(text: str, query: str) -> SafeString:
    """Escaped text with each word of the query in <mark>."""
    pattern = _pattern(query)
    if pattern is None:
        return mark_safe(escape(text))
    parts: list[str] = []
    end = 0
    for match in pattern.finditer(text):
        parts += [escape(text[end : match.start()]), "<mark>", escape(match.group()), "</mark>"]
        end = match.end()
    return mark_safe("".join([*parts, escape(text[end:])]))


def snippet(texts: Iterable[str], query: str) -> SafeString:
    """The part of the texts around the first word found, or their beginning; highlighted."""
    whole = " ".join(" ".join(strip_tags(text).split()) for text in texts if text)
    pattern = _pattern(query)
    match = pattern.search(whole) if pattern else None
    start = max(0, match.start() - SNIPPET // 3) if match else 0
    part = whole[start : start + SNIPPET]
    shown = ("…" if start else "") + part + ("…" if start + SNIPPET < len(whole) else "")
    return highlighted(shown, query)


def _pattern(query: str) -> re.Pattern[str] | None:
    """Matches each query word as the index does: punctuation between its letters does not count."""
    words = [tokens(word) for word in query.split()]
    alternatives = [r"[\W_]*".join(map(re.escape, word)) for word in words if word]
    alternatives.sort(key=len, reverse=True)
    return re.compile("|".join(alternatives), re.IGNORECASE) if alternatives else None


def body_texts(page: Page) -> list[str]:
    """The texts of a page that are searched, apart from its title."""
    texts: list[str] = []
    for field in type(page).get_searchable_search_fields():
        if field.field_name == "title":
            continue
        value = field.get_value(page)
        texts += [str(item) for item in value] if isinstance(value, list) else [str(value or "")]
    return texts
