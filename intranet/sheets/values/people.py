"""Several people in one cell."""

from __future__ import annotations

import re
from typing import Any

from ..headings import visible
from ..issues import Problem
from .cells import Context, Value, as_text, failed
from .words import HAN, name

BETWEEN = re.compile(r"[、,，;；/／|\n\r\t]+|\s{2,}|\u3000{2,}")
# 张三和李四; but not 和 inside a name: both sides must be names of their own.
AND = re.compile(r"(?<=[\u3400-\u9fff]{2})[和与及](?=[\u3400-\u9fff]{2})")
DOTTED = re.compile(r"[·•・‧∙⋅]")


def names(cell: Any, context: Context) -> Value:
    """A list of names in order: 张三、李四 王五. "张 三" alone is one person, aligned with a space."""
    text = visible(as_text(cell)).strip()
    found: list[str] = []
    warnings: list[Problem] = []
    for part in BETWEEN.split(text):
        within = _within(part.split())
        if within is None:
            return failed("bad_names", value=part)
        for one in within:
            value = name(one, context)
            if value.problem:
                return failed("bad_names", value=one)
            warnings += value.warnings
            found.append(value.value)
    return Value(found, None, tuple(warnings)) if found else failed("bad_names", value=text)


def _within(words: list[str]) -> list[str] | None:
    """The names between two separators; None when that cannot be told.

    A space parts two names, or aligns the characters of one: 张 三, 欧阳 修, and 李 四 between longer names.
    """
    if not all(HAN.search(word) for word in words):
        return [" ".join(words)]
    lone = [word for word in words if len(word) == 1]
    if len(words) == 2 and len(lone) == 1 and len("".join(words)) == 3:
        return ["".join(words)]
    if len(lone) == len(words) and len(words) in (1, 3):
        return ["".join(words)]
    joined: list[str] = []
    rest = iter(words)
    for word in rest:
        if len(word) == 1:
            other = next(rest, "")
            if len(other) != 1:
                return None
            word += other
        joined += [word] if DOTTED.search(word) else AND.split(word)
    return joined
