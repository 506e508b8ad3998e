"""Claimed rows with their words, ready for a channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.utils.translation import ngettext

from .models import OutboxRow
from .registry import CalendarPart, Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Letter:
    """``path`` is an address on this site ("/awards/3/") or empty: no link leads elsewhere.

    ``items`` holds the letters that arrive as this one; none where it is about a single row.
    """

    row: OutboxRow
    subject: str
    body: str
    path: str
    calendar: CalendarPart | None = None
    items: tuple[Letter, ...] = ()

    @classmethod
    def of(cls, row: OutboxRow, text: Text) -> Letter:
        """Clean the rule's text: a subject of one line, no control characters, links to this site only."""
        inside = text.url.startswith("/") and not text.url.startswith(("//", "/\\"))
        return cls(
            row=row,
            subject=" ".join(_CONTROL.sub(" ", str(text.subject)).split())[:200],
            body=_CONTROL.sub("", str(text.body).replace("\r\n", "\n")),
            path=text.url if inside and len(text.url) <= 300 and not re.search(r"\s", text.url) else "",
            calendar=text.calendar,
        )

    @classmethod
    def together(cls, label: Any, letters: list[Letter]) -> Letter:
        """One letter of several, in the active language; a single one stays as it is. The subject names the kind
        of reminder and their number, nothing of what they say.
        """
        if len(letters) == 1:
            return letters[0]
        count = len(letters)
        subject = ngettext("%(count)d reminder: %(kind)s", "%(count)d reminders: %(kind)s", count)
        return cls(
            row=letters[0].row,
            subject=(subject % {"count": count, "kind": label})[:200],
            body="\n\n".join(f"{number}. {one.subject}\n{one.body}" for number, one in enumerate(letters, start=1)),
            path="",
            items=tuple(letters),
        )

    @property
    def rows(self) -> tuple[OutboxRow, ...]:
        """Every row that is settled with this letter."""
        return tuple(one.row for one in self.items) or (self.row,)

    @property
    def address(self) -> str:
        """The absolute address for readers outside the site, or ""."""
        return urljoin(settings.WAGTAILADMIN_BASE_URL, self.path) if self.path else ""

    @property
    def text(self) -> str:
        """The body for readers outside the site, each part with the address of its page below it."""
        if not self.items:
            return f"{self.body}\n\n{self.address}" if self.address else self.body
        return "\n\n".join(f"{number}. {one.subject}\n\n{one.text}" for number, one in enumerate(self.items, start=1))
