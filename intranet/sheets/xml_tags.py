"""Finding a few tags in XML without parsing it: what is not looked for cannot grow."""

from __future__ import annotations

import re
from html import unescape

TAG = rb"<(?:\w+:)?%s\b([^<>]*)>"


def attribute(attributes: bytes, name: bytes) -> str:
    found = re.search(rb"(?:^|\s)(?:\w+:)?" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", attributes)
    return unescape((found.group(1) or found.group(2) or b"").decode("utf-8", "replace")) if found else ""


def between(content: bytes, name: bytes) -> bytes:
    """The first element of this name with all that is in it; looked for once from the front and once from there."""
    begin = re.search(rb"<(?:\w+:)?" + name + rb"\b", content)
    end = re.compile(rb"</(?:\w+:)?" + name + rb">").search(content, begin.end()) if begin else None
    return content[begin.start() : end.end()] if begin and end else b""
