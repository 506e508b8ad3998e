"""Error cells the fast reader does not know (#SPILL!, #CALC!, Err:502): one of them would make it refuse the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

KNOWN = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
STRANGER = re.compile(
    rb'(<(?:\w+:)?c\b[^<>]*\bt="e"[^<>]*>(?:\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>))?\s*<(?:\w+:)?v\b[^<>]*>)([^<]*)'
)


def without_strangers(data: bytes, shown: Iterable[str]) -> bytes:
    """The package with #VALUE! in place of errors nobody knows. ``shown``: what its broken cells show; the scan of
    the package keeps that for the person.
    """
    if all(text in KNOWN or text.startswith("=") for text in shown):
        return data
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as new:
        for info in old.infolist():
            content = old.read(info)
            if b't="e"' in content:
                content = STRANGER.sub(_known, content)
            new.writestr(info.filename, content)
    return held.getvalue()


def _known(found: re.Match[bytes]) -> bytes:
    return found[0] if found[2].decode("utf-8", "replace") in KNOWN else found[1] + b"#VALUE!"
