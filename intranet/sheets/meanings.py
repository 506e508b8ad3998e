"""What a heading means: the columns of a kind that it may stand for, where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
from django.utils import translation

from .headings import BRACKETS, plain, spellings
from .registry import Column, SheetKind
from .table import Binding

# Between the parts of a heading in two languages or with two words.
PARTS = re.compile(r"[/、|或及]|(?<=[\u4e00-\u9fff)])(?=[A-Z])")
LEAST_TELLING = 1000
NOTHING: Mapping[str, str] = MappingProxyType({})


def alias_index(kind: SheetKind, known: Mapping[str, str] = NOTHING) -> dict[str, list[tuple[int, Column]]]:
    """Every known spelling of a heading, with how telling it is (0 best) and the columns it may mean.

    ``known``: spellings that people of this hall have explained, with the name of the column.
    """
    index: dict[str, list[tuple[int, Column]]] = {}
    for column in kind.columns:
        labels = []
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                labels.append(str(column.label))
        for rank, alias in enumerate([*labels, *column.aliases]):
            for spelling in spellings(alias)[:1]:
                meant = index.setdefault(spelling, [])
                if all(other is not column for _rank, other in meant):
                    meant.append((rank, column))
    for spelling, name in known.items():
        index.setdefault(spelling, [(0, column) for column in kind.columns if column.name == name])
    return index


def word_of(stack: list[str], left: list[str], index: dict[str, list[tuple[int, Column]]]) -> str:
    """The lowest heading; with what stands above it where that makes it somebody else's (紧急联系人 姓名)."""
    word = next(iter(spellings(stack[-1])), "") if stack else ""
    return word if word not in index or options_for(word, stack, left, index) else "/".join([*left, *stack])


def options_for(
    spelling: str, stack: list[str], left: list[str], index: dict[str, list[tuple[int, Column]]]
) -> list[tuple[int, Column]]:
    """Columns a heading may mean where it stands."""
    around = plain("".join([*left, *stack[:-1]]))
    found = index.get(spelling, [])
    return [(rank, column) for rank, column in found if not any(word in around for word in column.not_after)]


def match(
    stack: list[str], left: list[str], block: dict[str, Binding], index: dict[str, list[tuple[int, Column]]]
) -> tuple[int, Column] | None:
    """Parent and child together first, then the lowest heading alone."""
    tries = [spelling for text in ["".join(stack[-2:]), stack[-1]] for spelling in spellings(text)]
    for spelling in tries:
        options = options_for(spelling, stack, left, index)
        if not options:
            continue
        if len(options) == 1 or not any(column.after for _rank, column in options):
            return options[0]
        return _nearest_owner(options, block)
    return _match_parts(stack, left, index)


def _match_parts(
    stack: list[str], left: list[str], index: dict[str, list[tuple[int, Column]]]
) -> tuple[int, Column] | None:
    """单位/部门, 姓名 Name: every part that is known, and every Chinese one, means the same column."""
    parts = [part for part in PARTS.split(BRACKETS.sub("", plain(stack[-1]))) if part]
    meant = [options_for(spelling, stack, left, index) for part in parts for spelling in spellings(part)[:1]]
    if len(parts) < 2 or not all(found or part.isascii() for found, part in zip(meant, parts, strict=False)):
        return None
    columns = [found[0] for found in meant if found]
    same = columns and all(column is columns[0][1] for _rank, column in columns)
    return (LEAST_TELLING, columns[0][1]) if same else None


def _nearest_owner(options: list[tuple[int, Column]], block: dict[str, Binding]) -> tuple[int, Column] | None:
    """The heading belongs to the nearest column to the left that one of the options may follow."""
    for name in sorted(block, key=lambda known: block[known].index, reverse=True):
        for rank, column in options:
            if name in column.after and column.name not in block:
                return rank, column
    return next(((rank, column) for rank, column in options if not column.after), None)
