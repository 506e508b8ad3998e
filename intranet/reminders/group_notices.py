"""What goes into a chat group: the words, the address, and the code that leads there.

A person copies it from the page (复制群通知), or a robot posts it. Always in the hall's language: the group reads it,
whatever language the person who copies it works in.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import segno
from django.conf import settings
from django.core import signing
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFont

from .group_fonts import chinese_font
from .registry import GroupText

_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]+")
_SALT = "reminders.group_picture"
WIDTH = 640  # pixels of the picture
TITLE_LINES = 4


def spoken(write: Callable[..., GroupText | None], *about: Any) -> GroupText | None:
    """What ``write`` says about something, in the hall's language: for pages, which may be read in another."""
    with translation.override(settings.LANGUAGE_CODE):
        return write(*about)


def one_line(text: str) -> str:
    """Without line breaks and control characters: nobody's title may look like a second message."""
    return _CONTROL.sub(" ", str(text)).strip()


def written(text: GroupText, address: str, *, limit: int = 0) -> str:
    """The message as it is pasted into the group, in the hall's language.

    ``limit`` is the greatest length in bytes of UTF-8 (0: none); the body is cut for it, never the address.
    """
    with translation.override(settings.LANGUAGE_CODE):
        message = _lines(text, str(text.body), address)
        if limit and (over := len(message.encode()) - limit) > 0:
            message = _lines(text, cut(str(text.body), len(str(text.body).encode()) - over), address)
        return cut(message, limit) if limit else message


def _lines(text: GroupText, body: str, address: str) -> str:
    lines = [
        _("[%(tag)s] %(title)s") % {"tag": one_line(text.tag), "title": one_line(text.title)},
        _("Dear colleagues, %(body)s") % {"body": one_line(body)},
        _("Until: %(until)s") % {"until": text.until} if text.until else "",
        _("Open here: %(address)s") % {"address": address},
        _("— %(hall)s") % {"hall": settings.HALL_NAME},
    ]
    return "\n".join(filter(None, lines))


def cut(text: str, size: int) -> str:
    """The text in at most ``size`` bytes of UTF-8, no character halved, "…" where something is missing."""
    if len(text.encode()) <= size:
        return text
    return text.encode()[: max(size - 3, 0)].decode(errors="ignore") + "…"


def address_outside(path: str) -> str:
    """The whole address for readers whom no request has brought here."""
    return urljoin(settings.WAGTAILADMIN_BASE_URL, path)


def code_shown(address: str) -> str:
    """The QR code as an SVG data address, black on white whatever the theme."""
    return segno.make(address, error="m", micro=False).svg_data_uri(scale=6, border=4, dark="#000", light="#fff")


def token_for(user: Any, text: GroupText) -> str:
    """What the address of the picture carries: signed, so that nobody has us draw a code that leads elsewhere."""
    return signing.dumps([user.pk, one_line(text.title), text.path], salt=_SALT, compress=True)


def read_token(user: Any, token: str) -> tuple[str, str]:
    """Title and path of a token that was made for this person. Raises signing.BadSignature for any other."""
    given = signing.loads(token, salt=_SALT)
    owner, title, path = given
    if owner != user.pk:
        raise signing.BadSignature("made for somebody else")
    return title, path


def picture(address: str, title: str) -> bytes:
    """The QR code as a PNG with the title and the hall's name under it, to be sent into the group by itself.

    On a machine without a Chinese font there is the code alone: boxes instead of characters help nobody.
    """
    code = _code(address)
    rows = _rows(title) if chinese_font(32) is not None else []
    height = WIDTH + sum(size + 14 for _text, size in rows) + (30 if rows else 0)
    sheet = Image.new("RGB", (WIDTH, height), "white")
    sheet.paste(code, ((WIDTH - code.width) // 2, (WIDTH - code.height) // 2))
    pen, top = ImageDraw.Draw(sheet), WIDTH
    for row, size in rows:
        pen.text((WIDTH // 2, top), row, fill="black", font=chinese_font(size), anchor="ma")
        top += size + 14
    kept = io.BytesIO()
    sheet.save(kept, format="PNG", optimize=True)
    return kept.getvalue()


def _code(address: str) -> Image.Image:
    made = segno.make(address, error="m", micro=False)
    kept = io.BytesIO()
    made.save(kept, kind="png", scale=WIDTH // made.symbol_size(border=4)[0], border=4)
    return Image.open(kept).convert("RGB")


def _rows(title: str) -> list[tuple[str, int]]:
    """The lines under the code with their sizes: the title in up to four, then the hall."""
    font = chinese_font(32)
    assert font is not None
    lines = [""]
    for character in title:
        if _too_wide(lines[-1] + character, font):
            lines.append("")
        lines[-1] += character
    if len(lines) > TITLE_LINES:
        lines = [*lines[: TITLE_LINES - 1], lines[TITLE_LINES - 1][:-1] + "…"]
    return [*((line.strip(), 32) for line in lines), (settings.HALL_NAME, 24)]


def _too_wide(line: str, font: ImageFont.FreeTypeFont) -> bool:
    return font.getlength(line) > WIDTH - 80
