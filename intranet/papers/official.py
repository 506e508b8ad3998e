"""Default templates in the layout of official papers, in the manner of GB/T 9704—2012.

A4; margins 37, 35, 28 and 26 mm; 22 lines of 28 characters; title in 小标宋 2号, text in 仿宋 3号; page numbers in
4号 between dashes, outside; attachments under the text; signature and date at the right with room for the seal. What
is made here is an ordinary .docx: a hall takes it, changes it in WPS or Word, and brings it back as its own.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from . import official_styles as styles


@dataclass(frozen=True)
class Text:
    """One paragraph; may hold fields. ``style`` is one of ``official_styles``."""

    text: str
    style: str = styles.BODY
    on_new_page: bool = False


@dataclass(frozen=True)
class Lines:
    """Running text from a list of ``registry.LINES``: paragraphs, and headings among them."""

    name: str


@dataclass(frozen=True)
class Column:
    """``width`` counts against the other columns of the table."""

    heading: str
    field: str
    width: float = 1


@dataclass(frozen=True)
class Table:
    """A list as a table that breaks over pages between its rows, with its headings on each page."""

    name: str
    columns: Sequence[Column]


@dataclass(frozen=True)
class Each:
    """Parts repeated for every row of a list; inside, ``row`` is called ``called``."""

    name: str
    called: str
    parts: Sequence[Any]


@dataclass(frozen=True)
class Where:
    """Parts that stand only when the field or list holds something."""

    name: str
    parts: Sequence[Any]


Part = Text | Lines | Table | Each | Where


@lru_cache(maxsize=64)
def template(*parts: Part, landscape: bool = False, signed: bool = True) -> bytes:
    """The .docx of a layout: number, title and addressees, the parts, attachments, signature and date.

    ``parts`` are tuples throughout (the result is kept). A list of people is set ``landscape`` and not ``signed``.
    """
    document = Document()
    width = page(document, landscape=landscape)
    add(document, Where("number", (Text("{{ number }}", styles.CENTRED), Text("", styles.PLAIN))), width)
    add(document, Text("{{ title }}", styles.TITLE), width)
    add(document, Text("", styles.PLAIN), width)
    add(document, Where("addressees", (Text("{{ addressees }}：", styles.PLAIN),)), width)
    for part in parts:
        add(document, part, width)
    attached = Each("attachments", "attachment", (Text("{{ attachment.label }}{{ attachment.title }}"),))
    add(document, Where("attachments", (Text("", styles.PLAIN), attached)), width)
    if signed:
        sign(document)
    else:
        # A document does not end with a table.
        add(document, Text("", styles.PLAIN), width)
    return saved(document)


def page(document: Any, *, landscape: bool = False, numbered: bool = True) -> int:
    """Set up paper, grid, fonts and page numbers; gives the width of the text in twentieths of a point."""
    styles.lay_out(document)
    section = document.sections[0]
    edges = (28, 26, 37, 35) if landscape else (37, 35, 28, 26)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = map(Mm, edges)
    section.page_width, section.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.footer_distance, section.header_distance = (Mm(16), Mm(15)) if landscape else (Mm(25), Mm(15))
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # 225 mm for 22 lines, in 1/20 pt.
    for name, value in (("type", "lines"), ("linePitch", "580")):
        grid.set(qn(f"w:{name}"), value)
    if numbered:
        document.settings.odd_and_even_pages_header_footer = True
        _number(section.footer, WD_ALIGN_PARAGRAPH.RIGHT)
        _number(section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)
    return round((section.page_width - section.left_margin - section.right_margin) / Pt(1) * 20)


def add(document: Any, part: Part, width: int) -> None:
    """Write one part at the end of the document."""
    if isinstance(part, Text):
        paragraph = document.add_paragraph(part.text, style=part.style)
        if part.on_new_page:
            paragraph.paragraph_format.page_break_before = True
    elif isinstance(part, Table):
        _table(document, part, width)
    elif isinstance(part, Lines):
        _tag(document, f"for line in {part.name}")
        _tag(document, "if line.heading")
        document.add_paragraph("{{ line.text }}", style=styles.HEADING)
        _tag(document, "else")
        document.add_paragraph("{{ line.text }}", style=styles.BODY)
        _tag(document, "endif")
        _tag(document, "endfor")
    else:
        is_loop = isinstance(part, Each)
        _tag(document, f"for {part.called} in {part.name}" if isinstance(part, Each) else f"if {part.name}")
        for inner in part.parts:
            add(document, inner, width)
        _tag(document, "endfor" if is_loop else "endif")


def sign(document: Any) -> None:
    """Signature and date, kept together, with two lines of room above for the seal and a grey mark where it goes."""
    for text in ("", ""):
        document.add_paragraph(text, style=styles.SIGNATURE).paragraph_format.keep_with_next = True
    signature = document.add_paragraph("{{ signature }}", style=styles.SIGNATURE)
    signature.paragraph_format.keep_with_next = True
    seal = signature.add_run("（盖章）")
    seal.font.color.rgb = RGBColor(0x80, 0x80, 0x80)
    seal.font.size = Pt(12)
    document.add_paragraph("{{ date }}", style=styles.SIGNATURE)


def saved(document: Any) -> bytes:
    """The document's bytes, without the name of the program that made it."""
    properties = document.core_properties
    properties.author = properties.comments = properties.title = properties.keywords = ""
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def _tag(document: Any, words: str) -> None:
    """A paragraph that only directs, and is not there in the paper."""
    document.add_paragraph(f"{{%p {words} %}}", style=styles.PLAIN)


def _number(footer: Any, side: Any) -> None:
    footer.is_linked_to_previous = False
    paragraph = footer.paragraphs[0]
    paragraph.style = styles.PAGE_NUMBER
    paragraph.alignment = side
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    shown = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    shown.append(text)
    field.append(shown)
    paragraph._p.append(field)
    paragraph.add_run(" —")


def _table(document: Any, part: Table, width: int) -> None:
    columns = list(part.columns)
    table = document.add_table(rows=4, cols=len(columns))
    table.style = "Table Grid"
    table.autofit = False
    whole = sum(column.width for column in columns)
    lines = [
        [column.heading for column in columns],
        [f"{{%tr for row in {part.name} %}}", *[""] * (len(columns) - 1)],
        [f"{{{{ row.{column.field} }}}}" for column in columns],
        ["{%tr endfor %}", *[""] * (len(columns) - 1)],
    ]
    for number, (row, texts) in enumerate(zip(table.rows, lines, strict=True)):
        _mark(row, "w:cantSplit")
        if number == 0:
            _mark(row, "w:tblHeader")
        for cell, column, text in zip(row.cells, columns, texts, strict=True):
            cell.width = Pt(width * column.width / whole / 20)
            cell.paragraphs[0].style = styles.CELL_HEADING if number == 0 else styles.CELL
            cell.paragraphs[0].add_run(text)
    for grid, column in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), columns, strict=True):
        grid.set(qn("w:w"), str(round(width * column.width / whole)))


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))
