"""Whatever a name or text holds, it stands in the paper as it is, or without what no document may hold."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intranet.papers import drawing
from intranet.papers.drawing import draw
from intranet.papers.registry import LINES, Field, Rows
from tests.papers.conftest import LIST
from tests.papers.documents import cells, opened, written

STRANGE = {
    "rare characters": "𬱖𠮷㐂",
    "emoji": "👩‍👩‍👧 🎂",
    "a name of five parts": "买买提·艾力·吐尔逊·阿不都热合曼·库尔班江" * 3,
    "XML": "<w:t>&amp; \"'</w:t> ]]> <!-- -->",
    "quotes": "“月度服务之星” ‘x’",
    "a field": "{{ title }} {% for x in y %}",
    "docxtpl's own marks": "a{b}c",
    "full width and Arabic": "ＡＢ１２ مرحبا",
    "joined": "e\u0301 a\u200bb",
    "long": "长" * 5000,
}
TEMPLATE = LIST.template(None)


@pytest.mark.parametrize("name", STRANGE)
def test_strange_texts_come_back_as_they_went_in(name):
    text = STRANGE[name]
    document = opened(draw(TEMPLATE, LIST, {"title": text, "rows": [{"number": 1, "name": text}]}))
    assert cells(document.tables[0])[1] == ["1", text]
    assert text in [paragraph.text for paragraph in document.paragraphs]


def test_what_xml_forbids_is_left_out_and_the_rest_stays():
    text = "甲\x00乙\x07\x0b\x0c\x1f\ufffe\ud800丙"
    assert drawing.clean(text) == "甲乙丙"
    document = opened(draw(TEMPLATE, LIST, {"title": "x", "rows": [{"number": None, "name": text}]}))
    assert cells(document.tables[0])[1] == ["", "甲乙丙"]


def test_line_breaks_stay_and_a_title_for_lists_has_none():
    document = opened(draw(TEMPLATE, LIST, {"title": "云溪区\r\n工作总结", "rows": []}))
    assert "云溪区\n工作总结" in [paragraph.text for paragraph in document.paragraphs]
    assert drawing.one_line("云溪区\r\n工作  总结") == "云溪区工作 总结"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=60))
def test_any_text_comes_back(text):
    # docxtpl keeps {_{ for braces that are no field; nobody writes that.
    if "{_{" in text or "}_}" in text or "{_%" in text or "%_}" in text:
        return
    document = opened(draw(SMALL, LIST, {"title": text}))
    assert document.paragraphs[0].text == text


SMALL = written("{{ title }}")


def test_a_template_gets_the_declared_fields_and_nothing_else():
    paper = drawing.PaperTemplate
    fields = (Field("name", "", ""), Rows("rows", "", LINES))
    given = {"name": 7, "secret": "x", "rows": [{"text": "a", "heading": True, "secret": "y"}]}
    found = drawing.completed(fields, given, paper)
    assert found == {"name": "7", "rows": [{"text": "a", "heading": True}]}
    assert drawing.completed(fields, {}, paper) == {"name": "", "rows": []}


def test_a_thousand_rows_take_seconds_not_minutes():
    rows = [{"number": number, "name": "欧阳秀兰"} for number in range(1000)]
    began = time.process_time()
    draw(TEMPLATE, LIST, {"title": "名单", "rows": rows})
    assert time.process_time() - began < 6
