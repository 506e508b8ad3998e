"""Whether a template asks only for what its kind has: plain fields, rows of lists, and whether there is something.

What is allowed is listed, never what is forbidden. The judged text is the very one the sandbox gets
(``PaperTemplate.sources``), read by jinja's own parser; before that every brace must belong to a field that begins
and ends in one paragraph, so that nothing can be put together from pieces.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from docx.oxml.ns import qn
from jinja2 import TemplateSyntaxError, nodes
from lxml import etree

from . import package
from .drawing import PaperTemplate, draw, environment, example
from .exceptions import PaperError, TemplateRefused
from .registry import Field, PaperKind, Rows

MOST_FIELDS = 400
TAG = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}%]*%\}")
# With {% vm %}, {% colspan … %} and the like docxtpl writes code of its own into the text; {{p …}} and {%- … -%} cut
# into what stands around them; "raw" hides fields from everybody.
SHORTHAND = re.compile(r"\{%\s*(vm|hm|colspan|cellbg|raw)\b|\{\{(p|r|tr|tc)\s|\{[{%][-+]|[-+][%}]\}")
OWN_TEXT = qn("w:t")


@dataclass(frozen=True)
class Item:
    """One row of a list, by the name a loop gives it."""

    rows: Rows


Known = Mapping[str, Field | Rows | Item]


def check(data: bytes, kind: PaperKind) -> None:
    """Raises TemplateRefused, with every unknown field named, when this file cannot be a template of the kind."""
    for text in package.opened(data).values():
        _check_braces(text)
    paper = PaperTemplate(io.BytesIO(data))
    try:
        sources = list(paper.sources())
    except Exception as error:  # python-docx says no in many ways
        raise TemplateRefused(
            _("This file cannot be opened as a Word document. Save it anew as .docx and bring that.")
        ) from error
    problems: list[str] = []
    for source in sources:
        problems += _problems(source, kind)
    if problems:
        raise TemplateRefused(" ".join(dict.fromkeys(problems)))
    try:
        # With everything and with nothing: a row that is left out must leave a document too.
        for tried in (example(kind), {}):
            draw(data, kind, tried)
    except PaperError as error:
        raise TemplateRefused(
            _(
                "The template was tried with example data and could not be filled. Every {%tr for … %} stands in a "
                "row of its own and every {%p for … %} in a paragraph of its own, with its end below it."
            )
        ) from error


def _check_braces(text: str) -> None:
    """Fields stand in the text of a paragraph, whole; not in attributes, field codes or drawings."""
    if "{" not in text and "}" not in text and "&#" not in text:
        return
    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise TemplateRefused(
            _("This file cannot be opened as a Word document. Save it anew as .docx and bring that.")
        ) from error
    fields = 0
    for where in _texts(root):
        tags = TAG.findall(where)
        fields += len(tags)
        rest = TAG.sub("", where)
        if "{" in rest or "}" in rest:
            raise TemplateRefused(
                _("A field is not whole in “%(text)s”: write {{ name }} in one paragraph, and no other braces.")
                % {"text": _short(where)}
            )
        if SHORTHAND.search(where):
            _refuse_code(where)
    if fields > MOST_FIELDS:
        raise TemplateRefused(_("There are more than %(most)s fields in this file.") % {"most": MOST_FIELDS})


def _texts(root: Any) -> Iterator[str]:
    """The text of every paragraph; any other text or attribute with a pair of braces is refused here."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            # Comments and instructions of XML: docxtpl would look into them too.
            if "{" in (element.text or "") or "}" in (element.text or ""):
                _refuse_code(element.text)
            continue
        strange = [*element.attrib.values(), element.tail or ""]
        if element.tag != OWN_TEXT:
            strange.append(element.text or "")
        for value in strange:
            # A single pair of braces is an identifier ({0F2A…}), which Office writes in many places.
            if re.search(r"\{[{%#]|[}%#]\}", value):
                _refuse_code(value)
        if element.tag == qn("w:p"):
            yield "".join(text.text or "" for text in element.iter(OWN_TEXT) if _paragraph_of(text) is element)


def _paragraph_of(element: Any) -> Any:
    """The nearest paragraph around: a text box is a paragraph's child and has paragraphs of its own."""
    return next(element.iterancestors(qn("w:p")), None)


def _no_code(text: str | None) -> str:
    return _(
        "A template holds no code, and “%(text)s” is more than a field. Write {{ name }}, or repeat a row with "
        "{%%tr for row in rows %%}."
    ) % {"text": _short(text or "")}


def _refuse_code(text: str | None) -> None:
    raise TemplateRefused(_no_code(text))


def _problems(source: str, kind: PaperKind) -> list[str]:
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        where = _short(_plain(source, error.lineno))
        return [
            _("A field cannot be read near “%(text)s”. Every “for” needs its “endfor”, every “if” its “endif”.")
            % {"text": where}
        ]
    known = {field.name: field for field in kind.all_fields}
    return list(_Reader(source).read(tree.body, known))


def _plain(source: str, line: int) -> str:
    lines = source.splitlines()
    return re.sub(r"<[^>]+>", "", lines[line - 1]) if 0 < line <= len(lines) else ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else f"{flat[:60]}…"


class _Reader:
    """Walks what jinja understood, with the names that are known at each place."""

    def __init__(self, source: str) -> None:
        self.source = source

    def read(self, body: Sequence[nodes.Node], known: Known) -> Iterator[str]:
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    if not isinstance(part, nodes.TemplateData):
                        yield from self.named(part, known, (Field,))
            elif isinstance(node, nodes.For):
                yield from self.loop(node, known)
            elif isinstance(node, nodes.If) and not node.elif_:
                test = node.test.node if isinstance(node.test, nodes.Not) else node.test
                yield from self.named(test, known, (Field, Rows))
                yield from self.read([*node.body, *node.else_], known)
            else:
                yield self.code(node)

    def loop(self, node: nodes.For, known: Known) -> Iterator[str]:
        plain = isinstance(node.target, nodes.Name) and not (node.else_ or node.test or node.recursive)
        if not plain:
            yield self.code(node)
            return
        found = self.found(node.iter, known)
        if isinstance(found, Rows):
            name = node.target.name  # type: ignore[attr-defined]
            yield from self.read(node.body, {**known, name: Item(found)})
        else:
            yield from self.named(node.iter, known, (Rows,))

    def named(self, node: nodes.Node, known: Known, sorts: tuple[type, ...]) -> Iterator[str]:
        found = self.found(node, known)
        if found is None:
            yield self.code(node)
        elif isinstance(found, str):
            said = _("There is no field “%(name)s”. The fields of this paper are listed on this page.")
            yield said % {"name": found}
        elif not isinstance(found, sorts):
            yield self.wrong_place(node, found)

    def found(self, node: nodes.Node, known: Known) -> Field | Rows | Item | str | None:
        """The field a name stands for; the name itself when there is none; None when it is no name."""
        if isinstance(node, nodes.Name):
            return known.get(node.name) or node.name
        if isinstance(node, nodes.Getattr) and not node.attr.startswith("_"):
            owner = self.found(node.node, known)
            if isinstance(owner, Item):
                inside = {field.name: field for field in owner.rows.fields}
                return inside.get(node.attr) or _written(node)
            return owner if isinstance(owner, str) else None
        return None

    def wrong_place(self, node: nodes.Node, found: Field | Rows | Item) -> str:
        if not isinstance(found, Field):
            said = _("“%(name)s” is a list: repeat a row with {%%tr for row in %(name)s %%}.")
        else:
            said = _("“%(name)s” is a single field and cannot be repeated.")
        return said % {"name": _written(node)}

    def code(self, node: nodes.Node) -> str:
        return _no_code(_plain(self.source, node.lineno))


def _written(node: Any) -> str:
    return node.name if isinstance(node, nodes.Name) else f"{_written(node.node)}.{node.attr}"
