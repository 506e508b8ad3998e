"""Names, free text, and words from a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils import translation

from ..headings import BRACKETS, plain, visible
from ..issues import Problem, problem
from .cells import Context, Value, clean_text, failed

DOTS = re.compile(r"\s*[·••・‧∙⋅.．﹒]\s*")
HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]")
NOT_IN_NAMES = re.compile(r"[\d<>{}=@#$%^&*+|\\/?!_~，。；：？！、;:※]")
# Two names under each other in one cell; a long name of one person breaks at its dot.
TWO_PEOPLE = re.compile(r"\w{2,4}[^\S\n]*(\n\s*\w{2,4}[^\S\n]*)+")
# What halls write where a post has nobody.
NOBODY = frozenset({"暂缺", "空缺", "待定", "空岗", "缺编", "缺员", "待聘", "无人", "待补"})
HALF_WIDTH = {code: code - 0xFEE0 for code in (0xFF08, 0xFF09, *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}


def text(cell: Any, context: Context) -> Value:
    """Free text, spaces around it removed."""
    value, wrong = clean_text(cell)
    return Value(value, wrong)


def name(cell: Any, context: Context) -> Value:
    """A person's name. "张 三" is 张三, 买买提•艾力 gets the middle dot, 王五(市监) loses its note with a warning."""
    given = visible(clean_text(cell)[0]).translate(HALF_WIDTH)
    warnings: tuple[Problem, ...] = ()
    bare = BRACKETS.sub("", given).strip()
    if bare != given:
        warnings = (problem("name_note", value=given),)
    if (
        not isinstance(cell, str)
        or not bare
        or bare in NOBODY
        or TWO_PEOPLE.fullmatch(bare)
        or _has_foreign_marks(bare)
    ):
        return failed("bad_name", value=given)
    joined = DOTS.sub("·", "".join(bare.split())).strip("·") if HAN.search(bare) else " ".join(bare.split())
    return Value(joined, None, warnings)


def _has_foreign_marks(text: str) -> bool:
    return NOT_IN_NAMES.search(unicodedata.normalize("NFKC", text)) is not None


@dataclass(frozen=True)
class Words:
    """One of a list of words: ``known`` maps what people write to the value that is stored.

    ``shown()`` gives (value, label) pairs; labels are understood too, and named when a word is not known.
    """

    known: dict[str, Any]
    shown: Callable[[], Iterable[tuple[Any, Any]]]
    own_marks: frozenset[str] = field(default=frozenset())

    def __call__(self, cell: Any, context: Context) -> Value:
        word = plain(clean_text(cell)[0])
        if word in self.known:
            return Value(self.known[word])
        labels = _labels(self)
        if word in labels:
            return Value(labels[word])
        words = "、".join(str(label) for _value, label in self.shown())
        return failed("unknown_word", value=clean_text(cell)[0], words=words)


_known_labels: dict[int, dict[str, Any]] = {}


def _labels(words: Words) -> dict[str, Any]:
    """Labels in every language of the site, so that a list exported in one is understood in another."""
    if id(words) not in _known_labels:
        found: dict[str, Any] = {}
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                found.update({plain(label): value for value, label in words.shown()})
        found.update({plain(value): value for value, _label in words.shown()})
        _known_labels[id(words)] = found
    return _known_labels[id(words)]


YES = frozenset(
    {
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "有",
        "Y",
        "YES",
        "1",
        "TRUE",
        "○",
        "对",
        "已",
        "V",
        "已加入",
        "已入会",
        "入会",
        "会员",
    }
)
NO = frozenset(
    {
        "否",
        "×",
        "✗",
        "✘",
        "✕",
        "X",
        "无",
        "N",
        "NO",
        "0",
        "FALSE",
        "不是",
        "非",
        "未",
        "—",
        "-",
        "/",
        "没有",
        "未加入",
        "未入会",
        "非会员",
        "□",
    }
)


def yes_no(cell: Any, context: Context) -> Value:
    """是 否 √ × 有 无 Y N 1 0 ○ as True or False."""
    word = plain(clean_text(cell)[0])
    if word in YES:
        return Value(True)
    if word in NO:
        return Value(False)
    return failed("unknown_word", value=clean_text(cell)[0], words="是、否")


# 无 and — are answers here, not an empty cell.
yes_no.own_marks = NO  # type: ignore[attr-defined]
