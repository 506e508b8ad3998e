"""The default templates are official papers: measures, fonts, page numbers, place for the seal (GB/T 9704—2012)."""

import datetime as dt

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from intranet import clock
from intranet.papers import official, official_styles
from intranet.papers.drawing import attachments, draw
from intranet.papers.official import Column, Lines, Table
from tests.papers.conftest import LIST
from tests.papers.documents import cells, lines, opened

pytestmark = pytest.mark.django_db


def made(**data):
    return opened(draw(LIST.template(None), LIST, {"title": "关于开展评选的通知", **data}))


def test_the_measures_of_the_page():
    section = made().sections[0]
    for edge, millimetres in (("top", 37), ("bottom", 35), ("left", 28), ("right", 26)):
        assert abs(getattr(section, f"{edge}_margin") - Mm(millimetres)) < Mm(0.1), edge
    assert abs(section.page_width - Mm(210)) < Mm(0.1)
    assert abs(section.page_height - Mm(297)) < Mm(0.1)
    grid = section._sectPr.find(qn("w:docGrid"))
    assert grid.get(qn("w:type")) == "lines"
    # 22 lines fill the 225 mm between the margins, and a 23rd has no place.
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    assert 22 * pitch <= Mm(225).pt + 0.5 < 23 * pitch


def test_twenty_eight_characters_fill_a_line_and_no_more():
    styles = made().styles
    size = styles["Normal"].font.size.pt
    squeezed = int(styles["Normal"].element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    assert 28 * (size + squeezed) <= Mm(156).pt < 29 * (size + squeezed)


def test_title_and_text_have_their_fonts():
    styles = made().styles
    for name, font, size in (
        (official_styles.TITLE, "方正小标宋简体", 22),
        (official_styles.BODY, "仿宋", 16),
        (official_styles.HEADING, "黑体", 16),
        (official_styles.PAGE_NUMBER, "宋体", 14),
    ):
        style = styles[name]
        assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == font
        assert style.font.size == Pt(size)
    assert styles[official_styles.TITLE].paragraph_format.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert styles[official_styles.BODY].element.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_page_numbers_stand_between_dashes_on_the_outer_side():
    document = made()
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        assert paragraph.text.strip("— ") == ""
        assert paragraph.text.count("—") == 2
        assert [field.get(qn("w:instr")) for field in paragraph._p.iter(qn("w:fldSimple"))] == ["PAGE"]
        assert paragraph.alignment == side


def test_the_paper_from_number_to_seal():
    found = lines(
        made(
            addressees="各窗口、各科室",
            body=[{"text": "一、时间", "heading": True}, {"text": "11月30日。", "heading": False}],
            rows=[],
            attachments=attachments(["报名表", "名额分配表"]),
            signature="云溪区政务服务中心",
            date="2026年11月28日",
        )
    )
    assert found == [
        "　　〔2026〕　　号".replace("2026", found[0].strip()[1:5]),
        "关于开展评选的通知",
        "各窗口、各科室：",
        "一、时间",
        "11月30日。",
        "附件：1. 报名表",
        "　　　2. 名额分配表",
        "云溪区政务服务中心（盖章）",
        "2026年11月28日",
    ]


def test_what_is_not_given_leaves_no_gap():
    found = lines(made(number=""))
    assert found[0] == "关于开展评选的通知"
    assert not any("附件" in line or "：" in line for line in found)
    assert attachments(["报名表"]) == [{"label": "附件：", "title": "报名表"}]


def test_signature_and_date_are_not_torn_apart():
    document = made(signature="云溪区政务服务中心", date="2026年11月28日")
    last = [paragraph for paragraph in document.paragraphs if paragraph.style.name == official_styles.SIGNATURE]
    assert [paragraph.text for paragraph in last] == ["", "", "云溪区政务服务中心（盖章）", "2026年11月28日"]
    assert all(paragraph.paragraph_format.keep_with_next for paragraph in last[:-1])


def test_a_list_of_a_thousand_rows_repeats_its_headings_and_keeps_rows_whole():
    document = made(rows=[{"number": number, "name": f"职工{number}"} for number in range(1, 1001)])
    [table] = document.tables
    found = cells(table)
    assert found[0] == ["序号", "姓名"]
    assert found[1:] == [[str(number), f"职工{number}"] for number in range(1, 1001)]
    heads = [row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True] + [False] * 1000
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_a_wide_list_lies_on_its_side_within_the_same_sheet():
    wide = opened(official.template(Lines("body"), Table("rows", (Column("姓名", "name"),)), landscape=True))
    section = wide.sections[0]
    assert section.page_width > section.page_height
    text = section.page_width - section.left_margin - section.right_margin
    [table] = wide.tables
    widths = [int(column.get(qn("w:w"))) / 20 for column in table._tbl.tblGrid.findall(qn("w:gridCol"))]
    assert sum(widths) == pytest.approx(text / Pt(1), abs=1)


def test_the_program_and_its_author_are_in_no_paper():
    properties = made().core_properties
    assert properties.title == "关于开展评选的通知"
    assert properties.comments == ""
    assert "docx" not in properties.author
    assert abs(properties.created.replace(tzinfo=dt.UTC) - clock.now()) < dt.timedelta(minutes=5)


def test_the_last_words_go_over_to_the_page_of_the_signature():
    template = official.template(Lines("body"))
    body = [{"text": text, "heading": ""} for text in ("第一段。", "特此通知。")]
    document = opened(draw(template, LIST, {"title": "通知", "body": body, "rows": []}))
    kept = [one.text for one in document.paragraphs if one.paragraph_format.keep_with_next]
    assert "特此通知。" in kept
    assert "第一段。" not in kept


def test_a_table_above_the_signature_is_left_as_it_is():
    body = [{"text": "名单如下。", "heading": ""}]
    rows = [{"number": "1", "name": "欧阳秀兰"}]
    document = made(body=body, rows=rows)
    kept = [one.text for one in document.paragraphs if one.paragraph_format.keep_with_next]
    assert "名单如下。" not in kept
