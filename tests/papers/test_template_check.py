"""A template asks for the fields of its kind and nothing else; each way to put more into it is refused in words."""

import io
import time

import pytest
from docx import Document
from docx.oxml import parse_xml
from jinja2 import Environment

from intranet.papers import drawing, template_check
from intranet.papers.drawing import PaperTemplate, draw, example
from intranet.papers.exceptions import TemplateRefused
from intranet.papers.registry import paper_kinds
from intranet.papers.services import template_for
from tests.papers.conftest import LIST
from tests.papers.documents import changed, in_body, written

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def refused(data, kind=LIST):
    with pytest.raises(TemplateRefused) as said:
        template_check.check(data, kind)
    return str(said.value)


GOOD = {
    "plain fields": written("{{ title }}", "{{date}} {{ signature }}"),
    "a list of rows": written("{{ title }}", rows=("{%tr for row in rows %}", "{{ row.name }}", "{%tr endfor %}")),
    "a list of paragraphs": written("{%p for line in body %}", "{{ line.text }}", "{%p endfor %}"),
    "whether there is something": written("{%p if attachments %}", "附件", "{%p else %}", "无", "{%p endif %}"),
    "not": written("{%p if not number %}", "无编号", "{%p endif %}"),
    "inside a paragraph": written("{% if number %}{{ number }}{% endif %}"),
    "no field at all": written("此页不填"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_template_may_hold(name):
    template_check.check(GOOD[name], LIST)


@pytest.mark.django_db
@pytest.mark.parametrize("key", paper_kinds())
def test_the_default_of_every_kind_passes_its_own_check(key):
    kind = paper_kinds()[key]
    template_check.check(template_for(kind), kind)


UNKNOWN = {
    "{{ titel }}": "titel",
    "{{ row.name }}": "row",
    "{%p for row in people %}": "people",
    "{%p if secret %}": "secret",
}


@pytest.mark.parametrize("tag", UNKNOWN)
def test_an_unknown_field_is_named(tag):
    end = "{%p endfor %}" if " for " in tag else "{%p endif %}" if " if " in tag else ""
    assert f"“{UNKNOWN[tag]}”" in refused(written(tag, end))


def test_every_unknown_field_is_named_at_once():
    said = refused(
        written("{{ one }} {{ title }} {{ two }}", rows=("{%tr for r in rows %}", "{{ r.age }}", "{%tr endfor %}"))
    )
    assert all(f"“{name}”" in said for name in ("one", "two", "r.age"))
    assert "title" not in said


CODE = {
    "a call": "{{ title() }}",
    "a method": "{{ title.upper() }}",
    "an attribute of Python's": "{{ title.__class__ }}",
    "an attribute of an attribute": "{{ title.__class__.__mro__ }}",
    "an item": "{{ title['__class__'] }}",
    "a slice": "{{ title[0] }}",
    "a filter": "{{ title|upper }}",
    "the filter attr": "{{ title|attr('__class__') }}",
    "arithmetic": "{{ 7*7 }}",
    "a long text": "{{ 'x' * 100000 }}",
    "a constant": "{{ 'x' }}",
    "a comparison": "{% if title == 'x' %}x{% endif %}",
    "a condition within": "{{ title if number else date }}",
    "a test": "{% if title is defined %}x{% endif %}",
    "a function": "{{ range(3) }}",
    "a loop over a function": "{% for x in range(9) %}x{% endfor %}",
    "a loop with a condition": "{% for row in rows if row.name %}x{% endfor %}",
    "a loop with two names": "{% for a, b in rows %}x{% endfor %}",
    "a loop with else": "{% for row in rows %}x{% else %}y{% endfor %}",
    "a recursive loop": "{% for row in rows recursive %}x{% endfor %}",
    "loop variables": "{% for row in rows %}{{ loop.index }}{% endfor %}",
    "a macro": "{% macro m() %}x{% endmacro %}",
    "a set": "{% set x = title %}",
    "a set block": "{% set x %}y{% endset %}",
    "an include": "{% include 'other' %}",
    "an import": "{% import 'other' as o %}",
    "a from import": "{% from 'other' import o %}",
    "an extends": "{% extends 'other' %}",
    "a block": "{% block x %}y{% endblock %}",
    "a call block": "{% call title() %}x{% endcall %}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "a with": "{% with x = title %}{{ x }}{% endwith %}",
    "raw": "{% raw %}{{ x }}{% endraw %}",
    "another condition": "{% if title %}x{% elif number %}y{% endif %}",
    "a comment": "{# x #}",
    "another's list item": "{{ rows.0.name }}",
    "vertical merge": "{% vm %}",
    "horizontal merge": "{% hm %}",
    "a column span": "{% colspan title %}",
    "a cell background": "{% cellbg title %}",
    "jinja of self": "{{ self }}",
    "a tag for rich text": "{{r title }}",
    "a tag in a paragraph's place": "{{p title }}",
    "eaten space": "{{- title -}}",
    "eaten space around a loop": "{%- if title -%}x{% endif %}",
    "a tuple": "{{ (title, date) }}",
    "a list": "{{ [].__class__ }}",
    "a mapping": "{{ {}.__class__ }}",
}


@pytest.mark.parametrize("name", CODE)
def test_code_is_refused(name):
    assert _is_refused(CODE[name]), name


def _is_refused(text):
    try:
        template_check.check(written("{{ title }}", text), LIST)
    except TemplateRefused as refusal:
        return bool(str(refusal))
    return False


@pytest.mark.parametrize(
    "name", ["a long text", "an attribute of Python's", "a set", "a filter", "a loop over a function"]
)
def test_code_is_refused_in_headers_footers_and_cells_too(name):
    for place in ("header", "footer", "cell"):
        document = Document(io.BytesIO(written("{{ title }}")))
        if place == "cell":
            document.add_table(rows=1, cols=1).rows[0].cells[0].text = CODE[name]
        else:
            getattr(document.sections[0], place).paragraphs[0].text = CODE[name]
        held = io.BytesIO()
        document.save(held)
        assert refused(held.getvalue()), place


def run(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


HIDDEN = {
    "cut into runs": f"<w:p>{run('{')}{run('{ title')}{run('.upper() }}')}</w:p>",
    "over two paragraphs": f"<w:p>{run('{')}</w:p><w:p>{run('{ title.upper() }}')}</w:p>",
    "its end in the next paragraph": f"<w:p>{run('{{ title.upper(')}</w:p><w:p>{run(') }}')}</w:p>",
    "as references": f"<w:p>{run('&#123;&#123; title.upper() &#125;&#125;')}</w:p>",
    "in an attribute": '<w:p><w:pPr><w:pStyle w:val="{{ title.upper() }}"/></w:pPr></w:p>',
    "in a field code": "<w:p><w:r><w:instrText>{{ title }}</w:instrText></w:r></w:p>",
    "between elements": "<w:p>{{ title.upper() }}<w:r/></w:p>",
    "in a comment of XML": "<!-- {{ title.upper() }} --><w:p/>",
    "in CDATA": f"<w:p>{run('<![CDATA[{{ title.upper() }}]]>')}</w:p>",
}


@pytest.mark.parametrize("name", HIDDEN)
def test_code_is_found_wherever_it_hides(name):
    assert refused(in_body(written("{{ title }}"), HIDDEN[name]))


def test_a_field_cut_into_runs_by_word_is_a_field():
    cut = "<w:p><w:r><w:t>{</w:t></w:r><w:r><w:t>{ ti</w:t></w:r><w:r><w:t>tle }}</w:t></w:r></w:p>"
    data = in_body(written("x"), cut)
    template_check.check(data, LIST)
    assert "关于评选" in Document(io.BytesIO(draw(data, LIST, {"title": "关于评选"}))).paragraphs[0].text


def test_an_identifier_of_office_in_braces_is_no_field():
    box = f'<w:p {W}><w:r><w:t xml:space="preserve">x</w:t></w:r></w:p>'
    document = Document(io.BytesIO(written("{{ title }}")))
    element = parse_xml(box)
    element.set("{urn:x}id", "{0F2A6B5E-1D3C-4E5F-8A9B-0C1D2E3F4A5B}")
    document.element.body.insert(0, element)
    held = io.BytesIO()
    document.save(held)
    template_check.check(held.getvalue(), LIST)


def test_footnotes_are_judged_like_the_text():
    data = with_footnote("{{ title.upper() }}")
    assert refused(data)
    template_check.check(with_footnote("{{ title }}"), LIST)


def test_a_value_that_looks_like_a_field_is_never_read_as_one():
    """docxtpl draws footnotes once for each section: the second time it would read what the first has written."""
    document = Document(io.BytesIO(with_footnote("{{ title }}")))
    document.add_section()
    held = io.BytesIO()
    document.save(held)
    made = draw(held.getvalue(), LIST, {"title": "{{ 7*7 }} {% set x = 1 %}"})
    parts = Document(io.BytesIO(made)).part.package.parts
    notes = next(part for part in parts if part.content_type == drawing.FOOTNOTES)
    assert "{{ 7*7 }}" in notes.blob.decode()
    body = draw(written("{{ title }}"), LIST, {"title": "{{ 7*7 }} {% set x = 1 %}"})
    assert Document(io.BytesIO(body)).paragraphs[0].text == "{{ 7*7 }} {% set x = 1 %}"


def with_footnote(text):
    data = changed(
        written("{{ title }}"),
        "word/footnotes.xml",
        lambda _old: (
            f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {W}><w:footnote w:id="1"><w:p><w:r>'
            f"<w:t>{text}</w:t></w:r></w:p></w:footnote></w:footnotes>".encode()
        ),
    )
    data = changed(
        data,
        "[Content_Types].xml",
        lambda old: old.replace(
            b"</Types>",
            f'<Override PartName="/word/footnotes.xml" ContentType="{drawing.FOOTNOTES}"/></Types>'.encode(),
        ),
    )
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    return changed(
        data,
        "word/_rels/document.xml.rels",
        lambda old: old.replace(
            b"</Relationships>",
            b'<Relationship Id="rId99" Type="' + kind + b'" Target="footnotes.xml"/></Relationships>',
        ),
    )


def test_a_list_written_as_a_field_and_a_field_as_a_list():
    assert "列表" in refused(written("{{ rows }}"))
    assert "单个字段" in refused(written("{%p for x in title %}", "x", "{%p endfor %}"))
    assert refused(written("{%p for row in rows %}", "{{ row }}", "{%p endfor %}"))


def test_a_loop_without_its_end_is_told_with_its_place():
    said = refused(written("{{ title }}", "{%p for row in rows %}", "此处"))
    assert "endfor" in said


def test_a_row_that_tears_the_table_is_refused_by_trying():
    """Every word in it is allowed; together they make no document."""
    torn = written("{{ title }}", "{%p if title %}", rows=("x", "{% endif %}"))
    assert "试填" in refused(torn)
    with pytest.raises(drawing.PaperError):
        draw(torn, LIST, {})


def test_a_single_brace_is_told():
    assert "花括号" in refused(written("{ title }"))


def test_many_fields_cost_no_time():
    began = time.process_time()
    assert refused(written(*["{{ title }}"] * 500))
    assert refused(written("{{ " * 3000))
    assert refused(written("{" * 20_000))
    assert time.process_time() - began < 4


@pytest.mark.control
@pytest.mark.parametrize(
    ("text", "shown"),
    [("{{ 7*7 }}", "49"), ("{{ 'x' * 3000 }}", "x" * 3000), ("{% for a in title %}{{ a }}-{% endfor %}", "名-单-")],
)
def test_without_the_check_the_sandbox_alone_would_run_it(text, shown):
    data = written(text)
    refused(data)
    made = draw(data, LIST, {"title": "名单"})
    assert shown in Document(io.BytesIO(made)).paragraphs[0].text


@pytest.mark.control
def test_without_the_sandbox_a_template_reaches_into_python():
    """The second lock: what the check lets through by a mistake of ours still finds nothing to call."""
    reach = "{{ title.__class__.__mro__[1].__subclasses__()|length }}"
    data = written(reach)
    paper = PaperTemplate(io.BytesIO(data))
    paper.render({"title": "x"}, Environment(autoescape=True))
    assert int(paper.docx.paragraphs[0].text) > 100
    with pytest.raises(drawing.PaperError):
        draw(data, LIST, example(LIST))
    for tool in ("globals", "filters", "tests"):
        assert not getattr(drawing.environment(), tool)
