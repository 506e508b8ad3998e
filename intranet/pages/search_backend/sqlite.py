from __future__ import annotations

from typing import Any

from modelsearch.backends.database.sqlite import sqlite as stock
from modelsearch.backends.database.sqlite.query import Lexeme, SearchQueryExpression

from .spelling import NothingForNoWords, SpelledIndexer, joined, words_of


class SpelledQuery:
    def build_search_query_content(self, query: Any, config: Any = None) -> Any:
        typed = words_of(query)
        if typed is None:
            return super().build_search_query_content(query, config=config)  # type: ignore[misc]
        prefix = self.LAST_TERM_IS_PREFIX  # type: ignore[attr-defined]
        return SearchQueryExpression(joined(*typed, Lexeme, prefix=prefix), config=config)


class Compiler(SpelledQuery, stock.SQLiteSearchQueryCompiler):
    pass


class AutocompleteCompiler(SpelledQuery, stock.SQLiteAutocompleteQueryCompiler):
    pass


class Indexer(SpelledIndexer, stock.ObjectIndexer):
    pass


# The index looks this class up in its own module and offers no other place for it.
stock.ObjectIndexer = Indexer


class Backend(NothingForNoWords, stock.SQLiteSearchBackend):
    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler
