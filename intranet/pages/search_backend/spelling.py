"""How text is cut into words, for the index and for queries alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import reduce
from operator import and_, or_
from typing import Any

from modelsearch.backends.base import EmptySearchResults
from modelsearch.query import Phrase, PlainText

HAN = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")


def tokens(text: str) -> list[str]:
    """The words a text is found by: single Han characters, whole Latin words, whole numbers.

    Full-width letters and figures become plain ones, case is folded, punctuation is dropped.
    """
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def spelled(text: str) -> str:
    """A text as it is stored in the index: its tokens with spaces between."""
    return " ".join(tokens(text))


def phrases(query: str) -> list[str]:
    """One phrase of tokens for each word of a query; words without a letter or figure fall away."""
    return [phrase for phrase in map(spelled, query.split()) if phrase]


def words_of(query: Any) -> tuple[list[str], str] | None:
    """The phrases of a typed query and their operator; None for a query made of other queries."""
    if isinstance(query, PlainText):
        return phrases(query.query_string), query.operator.lower()
    if isinstance(query, Phrase):
        return [spelled(query.query_string)], "and"
    return None


def joined(words: list[str], operator: str, lexeme: Callable[..., Any], *, prefix: bool) -> Any:
    """The lexemes of a query combined; only the last word may still be in the middle of being typed."""
    *first, last = words
    lexemes = [*(lexeme(word, prefix=False) for word in first), lexeme(last, prefix=prefix)]
    return reduce(and_ if operator == "and" else or_, lexemes)


class NothingForNoWords:
    """A query of punctuation only finds nothing; the databases themselves would raise."""

    def _search(self, query_compiler_class: Any, query: Any, model_or_queryset: Any, **options: Any) -> Any:
        if isinstance(query, str) and not tokens(query):
            return EmptySearchResults()
        return super()._search(query_compiler_class, query, model_or_queryset, **options)  # type: ignore[misc]


class SpelledIndexer:
    """Put before a vendor's ObjectIndexer: every value goes into the index spelled out."""

    def prepare_value(self, value: Any) -> str:
        return spelled(super().prepare_value(value))  # type: ignore[misc]
