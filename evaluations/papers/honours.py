"""What winners get in the hand: the list on which they sign for prizes (奖品签收表), and certificates (荣誉证书)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt, RGBColor

from evaluations import cards
from evaluations.models import Honour
from evaluations.phases import Phase
from intranet.papers import drawing, official, official_styles
from intranet.papers.official import Column, Lines, Table
from intranet.papers.registry import LINES, Asked, Field, PaperKind, Rows

from . import words
from .subjects import rounds_in

SEAL_RED = RGBColor(0xB0, 0x1E, 0x23)
PAGE_STYLE = "证书标题"


def prize_list(asked: Asked) -> dict[str, Any]:
    """What the prizes are is decided elsewhere: the columns are left to be filled in."""
    election = asked.about
    return {
        "title": f"{words.titled(election)}奖品签收表",
        "number": "",
        "winners": words.listed(election),
        "closing": words.lines("经办人（签名）：　　　　　　　　审核人（签名）：　　　　　　　　"),
    }


PRIZE_LIST = PaperKind(
    key="evaluations.prize_list",
    label=_("List to sign for prizes"),
    sentence=_("Winners sign for what they receive; the prizes are filled in by hand."),
    data=prize_list,
    template=lambda asked: official.template(
        Table(
            "winners",
            (
                Column("序号", "number", 0.8),
                Column(words.NAME_HEADING, "name", 2.6),
                Column("单位", "unit", 3.4),
                Column("奖品", "prize", 2.6),
                Column("数量", "amount", 1),
                Column("签收", "signed", 2),
                Column("日期", "day", 1.8),
            ),
        ),
        Lines("closing"),
        landscape=True,
        signed=False,
    ),
    allowed=cards.is_officer,
    subjects=rounds_in(Phase.PUBLISHED, open_to_candidates=True),
    fields=(
        Rows(
            "winners",
            _("those honoured"),
            (
                *words.STANDING,
                Field("prize", _("the prize"), ""),
                Field("amount", _("how many"), ""),
                Field("signed", _("signature"), ""),
                Field("day", _("day of the signature"), ""),
            ),
        ),
        Rows("closing", _("text after the list"), LINES),
    ),
    order=53,
)


def certificates(asked: Asked) -> dict[str, Any]:
    """A page for each honour of ``asked.about``, a list of honours."""
    return {
        "title": "荣誉证书",
        "certificates": [_certificate(honour) for honour in asked.about],
        "hall": settings.HALL_NAME,
    }


def _certificate(honour: Honour) -> dict[str, str]:
    of_people = honour.person_id is not None or not (honour.window_id or honour.team_id)
    return {
        "name": f"{honour.name}{'　同志' if of_people else ''}：",
        "motto": honour.text.rstrip("。；; "),
        "text": f"荣获{honour.period_label}“{honour.award_name}”称号。",
        "closing": "特发此证，以资鼓励。",
        "day": drawing.written_day(honour.published_on),
    }


def certificate_template(asked: Asked) -> bytes:
    """A4 across, one page a certificate: red title, below it the award's own words, the name, the honour, signature
    with room for the seal.

    The words (服务先锋; 热情服务、群众满意) are a motto and no part of a sentence, so they have a line of their own.
    """
    document = Document()
    official.page(document, landscape=True, numbered=False)
    style = document.styles.add_style(PAGE_STYLE, 1)
    style.base_style = document.styles[official_styles.TITLE]
    # On the first page there is nothing to break from: programs begin there all the same.
    style.paragraph_format.page_break_before = True
    style.paragraph_format.line_spacing = Pt(80)
    document.add_paragraph("{%p for one in certificates %}", style=official_styles.PLAIN)
    title = document.add_paragraph("荣 誉 证 书", style=PAGE_STYLE).runs[0]
    title.font.size, title.font.color.rgb = Pt(48), SEAL_RED
    # An award without words of its own keeps the place of the line below the title.
    motto = _written(document, "{{ one.motto }}", official_styles.CENTRED, 24)
    motto.runs[0].font.color.rgb = SEAL_RED
    motto.paragraph_format.line_spacing = 1.2
    motto.paragraph_format.space_after = Pt(18)
    _written(document, "{{ one.name }}", official_styles.PLAIN, 26)
    _written(document, "{{ one.text }}", official_styles.BODY, 22)
    _written(document, "{{ one.closing }}", official_styles.BODY, 22)
    document.add_paragraph("", style=official_styles.PLAIN)
    for text in ("{{ hall }}", "{{ one.day }}"):
        _written(document, text, official_styles.PLAIN, 20).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph("{%p endfor %}", style=official_styles.PLAIN)
    return official.saved(document)


def _written(document: Any, text: str, style: str, size: float) -> Any:
    paragraph = document.add_paragraph(text, style=style)
    paragraph.runs[0].font.size = Pt(size)
    paragraph.paragraph_format.line_spacing = 1.6
    return paragraph


CERTIFICATES = PaperKind(
    key="evaluations.certificates",
    label=_("Certificates of honour"),
    sentence=_("Given out where honours are shown; nothing is filed here."),
    data=certificates,
    template=certificate_template,
    allowed=cards.is_officer,
    fields=(
        Field("hall", _("name of the hall"), "禾湾区政务服务中心"),
        Rows(
            "certificates",
            _("one for each honour"),
            (
                Field("name", _("whom it honours"), "欧阳秀兰　同志："),
                Field("motto", _("the award's own words"), "热情服务、群众满意"),
                Field("text", _("the honour"), "荣获2026年10月“服务之星”称号。"),
                Field("closing", _("closing words"), "特发此证，以资鼓励。"),
                Field("day", _("day of the commendation"), "2026年11月14日"),
            ),
        ),
    ),
    filed=False,
    order=54,
)
