"""A .docx that holds more than text and pictures is refused before anything opens it, and the sentence says why."""

import io
import time
import zipfile

import pytest

from intranet.access.archives import BadArchive, Limits, contents
from intranet.papers import package, template_check
from intranet.papers.exceptions import TemplateRefused
from tests.papers.conftest import LIST
from tests.papers.documents import DOCUMENT, changed, crowded, in_body, written

GOOD = written("{{ title }}")
RELS = "word/_rels/document.xml.rels"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def related(kind, target, mode="External"):
    line = f'<Relationship Id="rId77" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return changed(GOOD, RELS, lambda old: old.replace(b"</Relationships>", line.encode() + b"</Relationships>"))


def field(code):
    return in_body(GOOD, f"<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p>")


def with_part(name):
    return changed(GOOD, name, lambda _old: b"x")


def bomb():
    return changed(GOOD, "word/huge.xml", lambda _old: b" " * 25_000_000)


def larger_than_said():
    """An entry that promises less than its stream holds: another reader goes on."""
    data = bytearray(changed(GOOD, DOCUMENT, lambda old: old + b" " * 5000))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        size = archive.getinfo(DOCUMENT).file_size
    at = bytes(data).rindex(DOCUMENT.encode()) - 46 + 24
    data[at : at + 4] = (size - 4000).to_bytes(4, "little")
    return bytes(data)


BAD = {
    "nothing": (b"", "不是 Word"),
    "a text": (b"{{ title }}", "不是 Word"),
    "an old .doc": (b"\xd0\xcf\x11\xe0" + b"0" * 600, ".doc"),
    "a picture": (b"\x89PNG\r\n\x1a\n", "不是 Word"),
    "a zip of something else": (changed(GOOD, "word/nothing.xml", lambda _old: b"<x/>")[:-60], "不是 Word"),
    "too large": (GOOD + b"0" * package.UPLOAD, "MB"),
    "macros": (with_part("word/vbaProject.bin"), "宏"),
    "macros said by the type": (
        changed(
            GOOD, "[Content_Types].xml", lambda old: old.replace(b"document.main", b"document.macroEnabled.main")
        ),
        "宏",
    ),
    "a control": (with_part("word/activeX/activeX1.bin"), "宏"),
    "an embedded sheet": (with_part("word/embeddings/sheet.xlsx"), "宏"),
    "a template from elsewhere": (related("attachedTemplate", "http://x.test/t.dotm"), "外部"),
    "a picture from elsewhere": (related("image", "http://x.test/p.png"), "外部"),
    "a frame from elsewhere": (related("frame", "file:///etc/passwd"), "外部"),
    "another format inside": (related("aFChunk", "other.html", "Internal"), "宏"),
    "an object": (related("oleObject", "o.bin", "Internal"), "宏"),
    "DDE": (field("DDEAUTO c:\\\\windows\\\\cmd.exe"), "DDEAUTO"),
    "a fetched text": (field('INCLUDETEXT "http://x.test/a.docx"'), "INCLUDETEXT"),
    "a fetched picture": (field("includepicture http://x.test/p.png"), "includepicture"),
    "a code in pieces": (
        in_body(GOOD, "<w:p><w:r><w:instrText>DDE</w:instrText><w:instrText>AUTO x</w:instrText></w:r></w:p>"),
        "DDEAUTO",
    ),
    "a simple field": (in_body(GOOD, '<w:p><w:fldSimple w:instr="LINK x"/></w:p>'), "LINK"),
    "a bomb": (bomb(), "解压"),
    "a long table": (in_body(GOOD, "<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 12_000), "过长"),
    "a stream that goes on": (larger_than_said(), "解压"),
    "entities": (
        changed(GOOD, DOCUMENT, lambda old: b'<!DOCTYPE x [<!ENTITY a "b">]>' + old.split(b"?>", 1)[1]),
        "解压",
    ),
    "another encoding": (
        changed(GOOD, DOCUMENT, lambda old: old.replace(b"encoding='UTF-8'", b"encoding='UTF-7'")),
        "不是 Word",
    ),
    "many members": (
        crowded(GOOD, 500),
        "解压",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_a_template_may_not_be(name):
    data, word = BAD[name]
    began = time.process_time()
    with pytest.raises(TemplateRefused) as said:
        template_check.check(data, LIST)
    assert word in str(said.value), str(said.value)
    assert time.process_time() - began < 2


@pytest.mark.control
@pytest.mark.parametrize("name", ["macros", "a template from elsewhere", "DDE"])
def test_without_looking_into_the_package_it_would_be_taken(monkeypatch, name):
    """python-docx opens all of these and docxtpl fills them: what stops them is this look alone."""

    def unlooked(data):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return {
                name: archive.read(name).decode("utf-8")
                for name in archive.namelist()
                if name.endswith(".xml") and name != DOCUMENT
            }

    monkeypatch.setattr(package, "opened", unlooked)
    template_check.check(BAD[name][0], LIST)


def test_a_link_to_click_and_a_page_number_are_no_danger():
    link = related("hyperlink", "http://hall.test/")
    template_check.check(link, LIST)
    template_check.check(field("PAGE \\* MERGEFORMAT"), LIST)
    template_check.check(field('HYPERLINK "http://hall.test/"'), LIST)


def test_an_archive_that_is_no_archive_and_one_with_a_password():
    limits = Limits(unpacked=1000, members=3)
    with pytest.raises(BadArchive) as said:
        contents(b"PK\x03\x04nonsense", limits, wanted=lambda name: True)
    assert said.value.code == "unreadable"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a", "x")
    locked = bytearray(held.getvalue())
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadArchive) as said:
        contents(bytes(locked), limits, wanted=lambda name: True)
    assert said.value.code == "password"
    names, found = contents(held.getvalue(), limits, wanted=lambda name: name == "a")
    assert (names, found) == (["a"], {"a": b"x"})
