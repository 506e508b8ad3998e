"""A notice as an official paper (通知), and what the notices add to the yearly material."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from lxml import html

from intranet.access.roles import SITE_EDITOR
from intranet.papers import drawing, official
from intranet.papers.official import Lines
from intranet.papers.registry import LINES, Asked, Material, PaperKind, Rows, Section
from intranet.people.models import Person

from .models import NewsPage, NoticePage

Line = dict[str, Any]
# Whose end is the end of a paragraph of the paper.
BLOCKS = "self::p or self::li or self::h2 or self::h3 or self::h4 or self::blockquote"


def notice(asked: Asked) -> dict[str, Any]:
    """Head, text and attachments of a notice as it is published; pictures stay on the page."""
    page = asked.about
    hung = [str(attachment) for attachment in page.attachments.select_related("document")]
    inside = [block.value for block in page.body if block.block_type == "attachment" and block.value["document"]]
    hung += [value["title"] or value["document"].title for value in inside]
    return {
        "title": page.title,
        "addressees": page.addressees.rstrip("：:"),
        "body": [line for block in page.body for line in lines_of(block.block_type, block.value)],
        "attachments": drawing.attachments(hung),
        "signature": page.issuing_unit,
        "date": drawing.written_day(page.date),
        **({"number": page.document_number} if page.document_number else {}),
    }


def lines_of(kind: str, value: Any) -> Iterator[Line]:
    """The lines of one block of a page."""
    if kind == "heading":
        yield {"text": value, "heading": True}
    elif kind == "paragraph":
        yield from rich_lines(value.source)
    elif kind == "facts":
        yield from _lines(f"{fact['name']}：{fact['text']}" for fact in value)
    elif kind == "steps":
        yield from _lines(f"{at}．{step['title']}。{step['text']}" for at, step in enumerate(value, 1))
    elif kind == "motto":
        yield from _lines([value["text"] + (f"（{value['source']}）" if value["source"] else "")])
    elif kind == "contact":
        parts = [("联系人", "person"), ("电话", "phone"), ("地点", "place")]
        said = [f"{label}：{value[name]}" for label, name in parts if value[name]]
        yield from _lines(["，".join([value["office"], *said])])


def rich_lines(source: str) -> Iterator[Line]:
    """Paragraphs and points of a rich text; ordered points keep their numbers."""
    if not source.strip():
        return
    root = html.fragment_fromstring(source, create_parent="div")
    found = root.xpath(f".//*[{BLOCKS}]")
    if not found:
        yield from _lines([root.text_content()])
    for element in found:
        for line_break in element.iter("br"):
            line_break.tail = f"\n{line_break.tail or ''}"
        before = ""
        if element.tag == "li":
            listed = element.getparent()
            before = f"{listed.index(element) + 1}．" if listed.tag == "ol" else "— "
        yield from _lines([before + element.text_content()])


def _lines(texts: Any) -> Iterator[Line]:
    for text in texts:
        for line in str(text).splitlines():
            flat = re.sub(r"[ \t\u3000]+", " ", line).strip()
            if flat:
                yield {"text": flat, "heading": False}


NOTICE = PaperKind(
    key="pages.notice",
    label=_("Official notice"),
    sentence=_("A published notice as an official paper, with number, seal and attachments."),
    data=notice,
    template=lambda asked: official.template(Lines("body")),
    allowed=lambda user: user.has_role(SITE_EDITOR),
    subjects=lambda user: NoticePage.objects.visible_to(user).order_by("-date", "-pk"),
    fields=(Rows("body", _("the text, paragraph by paragraph"), LINES),),
    order=40,
)


def sections(first: dt.date, last: dt.date) -> list[Section]:
    """How many notices and news, and how far the must-read ones were confirmed by who works here now.

    Pages that are kept to groups are left out: the material is for other eyes.
    """
    span = Q(date__range=(first, last))
    notices = NoticePage.objects.live().public().filter(span).count()
    news = NewsPage.objects.live().public().filter(span).count()
    asked = Person.objects.current().filter(user__is_active=True)
    users = get_user_model().objects.filter(pk__in=asked.values("user"))
    read = Count("receipts", filter=Q(receipts__user__in=users))
    must = list(
        NoticePage.objects.live().public().filter(span).must_read().annotate(read=read).order_by("date", "pk")
    )
    everyone = users.count()
    rows = [(page.title, _share(page.read, everyone), f"{page.read}／{everyone}人已读") for page in must]
    sentences = [f"期间印发通知公告{notices}件，发布中心动态{news}条，做到重要事项人人知晓、政策精神及时传达。"]
    if must and everyone:
        mean = sum(page.read for page in must)
        sentences.append(f"必读通知{len(must)}件，平均阅知率{_share(mean, everyone * len(must))}。")
    return [Section("信息发布", sentences, ("必读通知", "阅知率", "说明"), rows)]


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}%" if whole else "—"


MATERIAL = Material("pages.material", sections, order=30)
