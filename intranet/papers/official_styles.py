"""The styles of an official paper, named in Chinese because who edits it in WPS chooses among them."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

TITLE, PLAIN, BODY, HEADING = "公文标题", "公文顶格", "公文正文", "公文小标题"
CENTRED, SIGNATURE, PAGE_NUMBER = "公文居中", "公文落款", "公文页码"
CELL, CELL_HEADING = "表格文字", "表格标题"

SONG_TITLE, FANGSONG, HEI, SONG = "方正小标宋简体", "仿宋", "黑体", "宋体"
# 2号, 3号, 4号 and 小四 in points.
SIZE_2, SIZE_3, SIZE_4, SMALL_4 = 22, 16, 14, 12


# 28 characters of 16 pt are wider than 156 mm by a hair. Word takes that off by a grid of characters, which
# LibreOffice reads as two places for each character; a spacing means the same to all. In 1/20 pt.
SQUEEZED = -5


def lay_out(document: Any) -> None:
    """Give the document the house's styles; its Normal becomes 仿宋 3号, which the grid counts characters in."""
    normal = document.styles["Normal"]
    _font(normal, FANGSONG, SIZE_3)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1
    normal.paragraph_format.widow_control = False
    _space(normal, SQUEEZED)
    language = normal.element.get_or_add_rPr().find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        normal.element.get_or_add_rPr().append(language)
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    _style(document, PLAIN, FANGSONG, SIZE_3)
    _style(document, CENTRED, FANGSONG, SIZE_3, WD_ALIGN_PARAGRAPH.CENTER)
    title = _style(document, TITLE, SONG_TITLE, SIZE_2, WD_ALIGN_PARAGRAPH.CENTER)
    title.paragraph_format.line_spacing = Pt(35)
    _indent(_style(document, BODY, FANGSONG, SIZE_3, WD_ALIGN_PARAGRAPH.JUSTIFY), firstLineChars=200, firstLine=640)
    heading = _style(document, HEADING, HEI, SIZE_3)
    _indent(heading, firstLineChars=200, firstLine=640)
    heading.paragraph_format.keep_with_next = True
    _indent(_style(document, SIGNATURE, FANGSONG, SIZE_3, WD_ALIGN_PARAGRAPH.RIGHT), rightChars=400, right=1280)
    _indent(_style(document, PAGE_NUMBER, SONG, SIZE_4), leftChars=100, left=280, rightChars=100, right=280)
    for name, font in ((CELL, FANGSONG), (CELL_HEADING, HEI)):
        cell = _style(document, name, font, SMALL_4, WD_ALIGN_PARAGRAPH.CENTER)
        _space(cell, 0)
        loose = OxmlElement("w:snapToGrid")
        loose.set(qn("w:val"), "0")
        cell.element.get_or_add_pPr().insert_element_before(loose, "w:spacing", "w:ind", "w:jc")
        cell.paragraph_format.space_before = cell.paragraph_format.space_after = Pt(3)


def _style(document: Any, name: str, font: str, size: float, alignment: Any = None) -> Any:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _font(style, font, size)
    if alignment is not None:
        style.paragraph_format.alignment = alignment
    return style


def _font(style: Any, name: str, size: float) -> None:
    style.font.size = Pt(size)
    style.font.name = name
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _space(style: Any, amount: int) -> None:
    properties = style.element.get_or_add_rPr()
    spacing = OxmlElement("w:spacing")
    spacing.set(qn("w:val"), str(amount))
    properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:lang")


def _indent(style: Any, **amounts: int) -> None:
    """In characters, as Chinese programs count, and in points for the others."""
    indent = style.element.get_or_add_pPr().get_or_add_ind()
    for name, amount in amounts.items():
        indent.set(qn(f"w:{name}"), str(amount))
