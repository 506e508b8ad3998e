"""What every template of the house needs: dates of the hall, Chinese marked as Chinese, form fields, the menu."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.utils import translation
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from intranet import clock
from intranet.ui import forms, menu

register = template.Library()

HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[\U00020000-\U0003ffff]")
BLOCK = re.compile(r"<(p|div|ul|ol|h[1-6]|table|figure|blockquote|section)\b", re.IGNORECASE)


def reads_chinese() -> bool:
    """Whether the page is being drawn in Chinese."""
    return (translation.get_language() or "").startswith("zh")


@register.filter
def zh(value: Any) -> str:
    """Chinese data on an English page carries its language, and is left alone by translators.

    Plain (escaped) text on Chinese pages, and for a value without a Han character. Markup that
    is already safe and holds blocks, such as a page body, is wrapped in a div instead of a span.
    """
    if value is None:
        return ""
    text = conditional_escape(value)
    if reads_chinese() or not HAN.search(text):
        return text
    tag = "div" if isinstance(value, SafeString) and BLOCK.search(text) else "span"
    return format_html('<{0} lang="zh-Hans" translate="no">{1}</{0}>', tag, text)


@register.simple_tag
def zh_lang() -> str:
    """The same marking as attributes, for elements that cannot hold a span: `<option {% zh_lang %}>`."""
    return "" if reads_chinese() else mark_safe('lang="zh-Hans" translate="no"')


@register.simple_tag
def colon() -> str:
    """Between a label and what it labels: a full-width mark on Chinese pages, mark and space on English ones."""
    return "：" if reads_chinese() else ": "


@register.simple_tag
def gap() -> str:
    """Between two sentences: nothing on Chinese pages, a space on English ones."""
    return "" if reads_chinese() else " "


@register.simple_tag
def brackets(value: Any) -> str:
    """`` (value)`` with the marks of the page's language: （value） on Chinese ones."""
    return format_html("（{}）" if reads_chinese() else " ({})", zh(value))


@register.simple_tag
def html_lang() -> str:
    """The language of the page as BCP 47: zh-Hans or en."""
    return "zh-Hans" if reads_chinese() else (translation.get_language() or "en")


def _hall_day(value: dt.date | dt.datetime) -> dt.date:
    if isinstance(value, dt.datetime):
        return clock.day_of(value) if value.tzinfo else value.date()
    return value


@register.simple_tag
def hall_date(value: dt.date | dt.datetime | None) -> str:
    """2026年11月23日 or 23 November 2026; an instant is taken as its day at the hall; nothing for None."""
    if not value:
        return ""
    return date_format(_hall_day(value), "Y年n月j日" if reads_chinese() else "j F Y", use_l10n=False)


@register.simple_tag
def hall_month(value: dt.date | dt.datetime | None) -> str:
    """2026年11月 or November 2026."""
    if not value:
        return ""
    return date_format(_hall_day(value), "Y年n月" if reads_chinese() else "F Y", use_l10n=False)


@register.simple_tag
def hall_month_day(value: dt.date | dt.datetime | None) -> str:
    """11月23日 or 23 November: where the year is plain from its place."""
    if not value:
        return ""
    return date_format(_hall_day(value), "n月j日" if reads_chinese() else "j F", use_l10n=False)


@register.simple_tag
def hall_datetime(value: dt.datetime | None) -> str:
    """2026年11月23日 09:30 or 23 November 2026, 09:30, in hall time; nothing for None."""
    if not value:
        return ""
    there = value.astimezone(clock.HALL_ZONE) if value.tzinfo else value
    return f"{hall_date(value)}{' ' if reads_chinese() else ', '}{there:%H:%M}"


@register.simple_tag
def hall_today() -> dt.date:
    """Today at the hall, for the printed date: `{% hall_today as today %}`."""
    return clock.today()


@register.simple_tag
def field_widget(field: BoundField) -> str:
    """The field's widget in the house's look (see ``forms.dress``)."""
    forms.dress(field)
    return field.as_widget()


@register.simple_tag
def field_options(field: BoundField) -> Iterable[Any]:
    """The single inputs of a radio or checkbox group, dressed."""
    forms.dress(field)
    return field.subwidgets


@register.filter
def is_single_checkbox(field: BoundField) -> bool:
    return forms.is_single_checkbox(field)


@register.filter
def is_choice_group(field: BoundField) -> bool:
    return forms.is_choice_group(field)


@register.simple_tag(takes_context=True)
def menu_areas(context: template.Context) -> list[menu.Area]:
    """The menu of the person who looks, with the current place marked; empty for strangers."""
    return menu.areas(context.get("request"))


@register.simple_tag
def page_numbers(page_obj: Page) -> list[int | str]:
    """Page numbers around the current page; a gap is the paginator's ellipsis."""
    return list(page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1))


@register.filter
def share(value: float, whole: float) -> int:
    """Whole per cent of value in whole, between 0 and 100; 0 when whole is nothing."""
    if not whole:
        return 0
    return max(0, min(100, round(100 * value / whole)))
