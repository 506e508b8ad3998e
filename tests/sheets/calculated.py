"""Which cells of an exported file a spreadsheet program would calculate when it is opened. Written for tests, apart
from the code that writes the files: it looks at the bytes as Excel, WPS and LibreOffice do.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import subprocess
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

# A cell of plain text that begins so is a formula (after blanks, in either width).
SIGNS = "=+-@＝＋－＠"


def in_csv(data: bytes) -> list[str]:
    """Cells that would be calculated, or fall apart: one that begins with TAB or CR opens a neighbour's cell."""
    assert data.startswith(b"\xef\xbb\xbf"), "without the mark Excel in China reads GBK"
    rows = csv.reader(io.StringIO(data[3:].decode("utf-8"), newline=""), strict=True)
    return [cell for row in rows for cell in row if cell.lstrip(" ").startswith((*SIGNS, "\t", "\r", "\n"))]


def in_xlsx(path: Path) -> list[str]:
    """Formula elements in any sheet, names that are formulas, and links; numbers too, for every cell is text."""
    found = []
    with zipfile.ZipFile(path) as book:
        for name in book.namelist():
            text = book.read(name).decode("utf-8", "replace")
            if name.startswith("xl/worksheets/"):
                found += re.findall(r"<f[ />].{0,40}", text)
                found += [
                    cell for cell in re.findall(r"<c [^>]*>", text) if not re.search(r' t="(s|inlineStr)"', cell)
                ]
            found += re.findall(r"<definedName .{0,60}|<externalReference.{0,60}", text)
            assert "externalLink" not in name
    return [cell for cell in found if not cell.endswith("/>")]


def in_gnumeric(path: Path) -> list[str]:
    """What the spreadsheet program Gnumeric holds for a formula once it has opened the file."""
    kept = path.with_name(f"{path.name}.gnumeric")
    subprocess.run(["ssconvert", str(path), str(kept)], check=True, capture_output=True, timeout=120)
    cells = [
        cell
        for cell in ElementTree.fromstring(gzip.decompress(kept.read_bytes())).iter()
        if cell.tag.endswith("}Cell")
    ]
    assert cells, f"Gnumeric found nothing in {path.name}"
    # A cell with a value says of what kind it is; one with an expression does not.
    return [cell.text or "" for cell in cells if "ValueType" not in cell.attrib]
