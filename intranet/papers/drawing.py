"""A template and a kind's data become a .docx. What is not declared never reaches a template; nothing in it runs."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from docx.image.image import Image
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml.shape import CT_Inline
from docx.parts.image import ImagePart
from docx.shared import Mm
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree

from intranet import clock

from .exceptions import PaperError
from .official_styles import SIGNATURE
from .registry import Asked, Field, PaperKind, Picture, Rows

NOT_IN_XML = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
FOOTNOTES = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"


def environment() -> ImmutableSandboxedEnvironment:
    """Where templates are drawn: a sandbox without functions, filters or tests, that escapes every value."""
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    for tools in (sandbox.globals, sandbox.filters, sandbox.tests):
        tools.clear()
    return sandbox


class PaperTemplate(DocxTemplate):
    """docxtpl, and the very text it will hand to the sandbox, so that it can be judged before."""

    pictures = 0

    def sources(self) -> Iterator[str]:
        """The XML of every part that is drawn, as the sandbox gets it, each paragraph on a line of its own."""
        self.init_docx()
        texts = [self.get_xml()]
        for uri in (self.HEADER_URI, self.FOOTER_URI):
            texts += [self.get_part_xml(part) for _key, part in self.get_headers_footers(uri)]
        texts += [part.blob.decode("utf-8") for part in self._footnotes()]
        for text in texts:
            yield re.sub(r"<w:p([ >])", r"\n<w:p\1", self.patch_xml(text))

    def _footnotes(self) -> list[Any]:
        return [part for part in self.docx.part.package.parts if part.content_type == FOOTNOTES]

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Properties hold no fields: whoever wrote the template is not who makes the paper."""
        properties = self.docx.core_properties
        properties.title = one_line(context["title"])[:250]
        properties.author = NOT_IN_XML.sub("", settings.HALL_NAME)[:250]
        properties.created = properties.modified = clock.now().astimezone(dt.UTC).replace(tzinfo=None)
        properties.revision = 1
        for name in ("comments", "subject", "keywords", "category", "identifier", "last_modified_by"):
            setattr(properties, name, "")

    def fix_tables(self, xml: str) -> Any:
        """docxtpl would mend what a misplaced loop has torn, and lose text in doing so: that is an error instead."""
        etree.fromstring(xml.encode())
        return super().fix_tables(xml)

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """Once: docxtpl does it for each section, and the second time would read the values as fields."""
        for part in self._footnotes():
            drawn = self.render_xml_part(self.patch_xml(part.blob.decode("utf-8")), part, context, jinja_env)
            part._blob = drawn.encode("utf-8")


class Drawn:
    """A picture in a template. docxtpl's own looks through all pictures for an equal one each time: with a thousand,
    that is ten seconds.
    """

    def __init__(self, paper: PaperTemplate, picture: Picture, number: int) -> None:
        self.paper, self.picture, self.number = paper, picture, number

    def __html__(self) -> str:
        """What stands in the run's place; jinja asks for it when it escapes values."""
        story = self.paper.current_rendering_part
        image = Image.from_blob(self.picture.png)
        part = ImagePart.from_image(image, PackURI(f"/word/media/drawn{self.number}.png"))
        width, height = image.scaled_dimensions(Mm(self.picture.width_mm), None)
        inline = CT_Inline.new_pic_inline(1, story.relate_to(part, RELATIONSHIP_TYPE.IMAGE), "", width, height)
        # Unsaid, LibreOffice keeps 3 mm free on both sides and pushes the picture over the edge of its cell.
        for side in "TBLR":
            inline.set(f"dist{side}", "0")
        return f'</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'


def keep_text_with_signature(document: Any) -> None:
    """No page holds a signature and a seal alone: the last words above go over to it (GB/T 9704—2012, 7.3.5)."""
    paragraphs = document.paragraphs
    signature = next((number for number, one in enumerate(paragraphs) if one.style.name == SIGNATURE), 0)
    below = paragraphs[signature] if signature else None
    for above in reversed(paragraphs[:signature]):
        if below._p.getprevious() is not above._p:
            return  # a table stands between them
        above.paragraph_format.keep_with_next = True
        if above.text.strip():
            return
        below = above


def draw(template: bytes, kind: PaperKind, data: Mapping[str, Any]) -> bytes:
    """The finished .docx. ``data`` as ``PaperKind.data`` gives it; what it leaves out is blank, as ``HEAD`` says.

    Raises PaperError when the template cannot be filled.
    """
    paper = PaperTemplate(io.BytesIO(template))
    paper.init_docx()
    context = completed(kind.all_fields, {**head(), **data}, paper)
    try:
        paper.render(context, environment(), autoescape=True)
        keep_text_with_signature(paper.docx)
        held = io.BytesIO()
        paper.save(held)
    except Exception as error:  # whatever a template of somebody's own may do to docxtpl, jinja or lxml
        raise PaperError(
            _("The template for “%(kind)s” cannot be filled. Bring a corrected one, or go back to the default.")
            % {"kind": kind.label}
        ) from error
    return held.getvalue()


def head() -> dict[str, Any]:
    """What every paper says of itself, unless its kind says otherwise."""
    today = clock.today()
    return {"number": blank_number(today), "signature": settings.HALL_NAME, "date": written_day(today)}


def blank_number(day: dt.date) -> str:
    """A document number with the place for it left open: the office that registers papers fills it in."""
    return f"　　〔{day.year}〕　　号"


def written_day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def attachments(titles: Sequence[str]) -> list[dict[str, str]]:
    """The list under the text: 附件：1. …, the next ones below it; a single one has no number."""
    if len(titles) == 1:
        return [{"label": "附件：", "title": titles[0]}]
    marks = ["附件：" if number == 1 else "　　　" for number in range(1, len(titles) + 1)]
    return [
        {"label": f"{mark}{number}. ", "title": title}
        for number, (mark, title) in enumerate(zip(marks, titles, strict=True), 1)
    ]


def completed(fields: Sequence[Field | Rows], data: Mapping[str, Any], paper: PaperTemplate) -> dict[str, Any]:
    """The declared fields and nothing else, each with a value that XML can hold; what is missing is blank."""
    found: dict[str, Any] = {}
    for field in fields:
        value = data.get(field.name)
        if isinstance(field, Rows):
            found[field.name] = [completed(field.fields, row, paper) for row in value or ()]
        elif isinstance(value, Picture):
            paper.pictures += 1
            found[field.name] = Drawn(paper, value, paper.pictures)
        else:
            found[field.name] = value if isinstance(value, bool) else clean(value)
    return found


def clean(value: Any) -> str:
    """A text without what XML forbids; line breaks stay."""
    text = "" if value is None else str(value)
    return NOT_IN_XML.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(title: Any) -> str:
    """A title for lists and file names; on paper it may be broken where its sense allows."""
    return re.sub(r"[ \t]+", " ", clean(title).replace("\n", "")).strip()


def example(kind: PaperKind) -> dict[str, Any]:
    """Data to try a template with: two rows in every list."""
    return _example_of(kind.all_fields)


def _example_of(fields: Sequence[Field | Rows]) -> dict[str, Any]:
    return {
        field.name: [_example_of(field.fields) for _number in range(2)] if isinstance(field, Rows) else field.example
        for field in fields
    }


def default_template(kind: PaperKind, asked: Asked | None = None) -> bytes:
    """The house's own template for a kind, with all its columns unless some are asked for."""
    return kind.template(asked or Asked(columns=tuple(field.name for field in kind.columns)))
