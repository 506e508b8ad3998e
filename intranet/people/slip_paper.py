"""Activation slips as a Word paper: eight to an A4 page, as on the page that is printed.

It holds the codes, so it is never filed: the page that shows the codes once carries the file in itself, and nothing
is written to a disk of the hall. The hall may bring its own template for it.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

import segno
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from intranet import clock
from intranet.access import roles
from intranet.access.slip_pages import Slip
from intranet.papers import official, official_styles
from intranet.papers.drawing import written_day
from intranet.papers.exceptions import PaperError
from intranet.papers.registry import Asked, Field, PaperKind, Picture, Rows
from intranet.papers.services import draw_unfiled

TEXT_MM, CODE_MM, ROW_MM = 60, 34, 66
# How large a file a page may carry in itself; browsers refuse links of 2 MB.
LARGEST = 1_400_000
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SIDES = ("left", "right")
PARTS = (
    Field("name", _("name"), "欧阳秀兰"),
    Field("place", _("unit"), "禾湾区税务局"),
    Field("user", _("user name"), "0001"),
    Field("code", _("one-time code"), "7KQM4-X9RTB"),
    Field("until", _("last day"), "2026年12月28日"),
)


def fields_of(side: str) -> tuple[Field, ...]:
    own = (Field(f"{side}_{part.name}", part.meaning, part.example) for part in PARTS)
    return (*own, Field(f"{side}_picture", _("picture to scan"), ""))


Coded = tuple[Slip, segno.QRCode]


def word_file(slips: Sequence[Coded], address: str) -> bytes:
    """The .docx of these slips with their pictures; ``address`` is where a code is entered."""
    return draw_unfiled(kind=SLIPS, asked=Asked(about=(slips, address)))


def as_address(slips: Sequence[Coded], address: str) -> str:
    """The file as an address that holds it, so that it is never anywhere but in the page that was opened.

    Blank when it is too large for a link, or a template of the hall's own cannot be filled: the codes are made and
    must be shown all the same.
    """
    try:
        made = word_file(slips, address)
    except PaperError:
        return ""
    return f"data:{DOCX};base64,{base64.b64encode(made).decode()}" if len(made) <= LARGEST else ""


def slips_data(asked: Asked) -> dict[str, Any]:
    slips, address = asked.about
    pairs = [slips[start : start + 2] for start in range(0, len(slips), 2)]
    rows = [
        {key: value for side, coded in zip(SIDES, pair, strict=False) for key, value in _one(side, *coded).items()}
        for pair in pairs
    ]
    return {"title": "账号激活条", "hall": settings.HALL_NAME, "address": address, "rows": rows}


def _one(side: str, slip: Slip, code: segno.QRCode) -> dict[str, Any]:
    drawn = io.BytesIO()
    code.save(drawn, kind="png", scale=4, border=2)
    given = (slip.name, slip.place, slip.username, slip.printed_code, written_day(clock.day_of(slip.expires)))
    return {
        **{f"{side}_{part.name}": value for part, value in zip(PARTS, given, strict=True)},
        f"{side}_picture": Picture(drawn.getvalue(), CODE_MM - 4),
    }


def slips_template(asked: Asked) -> bytes:
    """A table without headings: four rows of two slips on a page, with lines to cut along."""
    document = Document()
    official.page(document, numbered=False)
    section = document.sections[0]
    section.top_margin = section.bottom_margin = Mm(14)
    section.left_margin = section.right_margin = Mm(11)
    section.footer_distance = section.header_distance = Mm(4)
    table = document.add_table(rows=3, cols=4)
    table.style = "Table Grid"
    table.autofit = False
    table.rows[0].cells[0].paragraphs[0].add_run("{%tr for row in rows %}")
    table.rows[2].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    row = table.rows[1]
    row.height, row.height_rule = Mm(ROW_MM), WD_ROW_HEIGHT_RULE.EXACTLY
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for number, side in enumerate(SIDES):
        _words(row.cells[2 * number], side)
        _code(row.cells[2 * number + 1], side)
        # The lines are there to cut along: none runs through a slip.
        _without_line(row.cells[2 * number], "right")
        _without_line(row.cells[2 * number + 1], "left")
    for grid, width in zip(table._tbl.tblGrid.findall(qn("w:gridCol")), (TEXT_MM, CODE_MM) * 2, strict=True):
        grid.set(qn("w:w"), str(round(Mm(width).pt * 20)))
    return official.saved(document)


def _without_line(cell: Any, edge: str) -> None:
    borders, line = OxmlElement("w:tcBorders"), OxmlElement(f"w:{edge}")
    line.set(qn("w:val"), "nil")
    borders.append(line)
    cell._tc.get_or_add_tcPr().insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")


def _words(cell: Any, side: str) -> None:
    cell.width = Mm(TEXT_MM)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    lines = (
        ("{{ hall }} · 暖家", 9, False),
        (f"{{{{ row.{side}_name }}}}", 16, True),
        (f"{{{{ row.{side}_place }}}}", 10, False),
        (f"用户名：{{{{ row.{side}_user }}}}", 11, False),
        (f"激活码：{{{{ row.{side}_code }}}}", 11, True),
        (
            "扫描图片，或打开网址输入用户名和激活码，自己设置密码。请勿给他人看。"
            f"{{{{ row.{side}_until }}}}前使用一次有效。",
            8,
            False,
        ),
        ("{{ address }}", 8, False),
    )
    first = cell.paragraphs[0]
    _write(first, f"{{%p if row.{side}_name %}}", 8, False)
    for text, size, bold in (*lines, ("{%p endif %}", 8, False)):
        _write(cell.add_paragraph(), text, size, bold)
    # A cell without a paragraph is no cell.
    _write(cell.add_paragraph(), "", 2, False)


def _write(paragraph: Any, text: str, size: float, bold: bool) -> None:
    paragraph.style = official_styles.CELL
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if size < 10:
        run.font.color.rgb = RGBColor(0x40, 0x40, 0x40)


def _code(cell: Any, side: str) -> None:
    cell.width = Mm(CODE_MM)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    cell.paragraphs[0].style = official_styles.CELL
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.LEFT
    cell.paragraphs[0].add_run(f"{{{{ row.{side}_picture }}}}")


SLIPS = PaperKind(
    key="people.slips",
    label=_("Activation slips"),
    sentence=_("Made where slips are made, and never kept: they hold the codes."),
    data=slips_data,
    template=slips_template,
    allowed=lambda user: user.has_role(roles.HR_ADMIN, roles.SYSTEM_ADMIN),
    fields=(
        Field("hall", _("name of the hall"), "禾湾区政务服务中心"),
        Field("address", _("where the code is entered"), "http://hall.test/activate/"),
        Rows("rows", _("two slips side by side"), (*fields_of("left"), *fields_of("right"))),
    ),
    filed=False,
    order=30,
)
