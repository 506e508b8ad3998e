"""Papers read back, and templates written by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from intranet.papers.services.files import located

DOCUMENT = "word/document.xml"


def opened(paper: Any) -> Any:
    """The document of a Paper, or of bytes."""
    return Document(io.BytesIO(paper if isinstance(paper, bytes) else located(paper.file).read_bytes()))


def lines(document: Any) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()]


def words(document: Any) -> str:
    """Every word of the body, tables too."""
    return "".join(text.text or "" for text in document.element.body.iter(qn("w:t")))


def cells(table: Any) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def written(*paragraphs: str, rows: tuple[str, ...] = ()) -> bytes:
    """A template somebody wrote in Word: paragraphs, and a table with one cell a row."""
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if rows:
        table = document.add_table(rows=len(rows), cols=1)
        for row, text in zip(table.rows, rows, strict=True):
            row.cells[0].text = text
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def changed(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one member changed; a member that is not there is added."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename == name else content)
        if name not in old.namelist():
            new.writestr(name, change(b""))
    return held.getvalue()


def in_body(data: bytes, xml: str) -> bytes:
    """The document with XML put at the beginning of its body."""
    return changed(data, DOCUMENT, lambda content: content.replace(b"<w:body>", b"<w:body>" + xml.encode(), 1))


def crowded(data: bytes, members: int) -> bytes:
    """The package with so many empty members more."""
    held = io.BytesIO(data)
    with zipfile.ZipFile(held, "a") as archive:
        for number in range(members):
            archive.writestr(f"word/media/{number}.png", b"")
    return held.getvalue()
