"""CSV that a spreadsheet program opens as text: a byte order mark first, and no cell that it would calculate."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

BOM = "\ufeff"
# What makes a spreadsheet program read a cell as a formula (OWASP, "CSV injection"), full-width forms included.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(value: Any) -> Any:
    """A text that would start a formula gets a blank before it; everything else stays as it is."""
    if isinstance(value, str) and value.lstrip(" ").startswith(STARTS_A_FORMULA):
        return " " + value.replace("\t", " ").replace("\r", " ")
    return value


class _Line:
    def write(self, text: str) -> str:
        return text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """CSV lines of the rows, every cell quoted and safe, the first one with the byte order mark."""
    writer = csv.writer(_Line(), quoting=csv.QUOTE_ALL)
    yield BOM
    for row in rows:
        yield writer.writerow([safe(cell) for cell in row])
