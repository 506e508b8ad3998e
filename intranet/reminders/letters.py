"""A claimed row with its words, ready for a channel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings

from .models import OutboxRow
from .registry import CalendarPart, Text

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Letter:
    """``path`` is an address on this site ("/awards/3/") or empty: no link leads elsewhere."""

    row: OutboxRow
    subject: str
    body: str
    path: str
    calendar: CalendarPart | None = None

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

    @property
    def address(self) -> str:
        """The absolute address for readers outside the site, or ""."""
        return urljoin(settings.WAGTAILADMIN_BASE_URL, self.path) if self.path else ""
