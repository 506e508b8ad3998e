from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import F
from modelsearch.backends.database.postgres import postgres as stock
from modelsearch.backends.database.postgres.query import Lexeme

from .spelling import NothingForNoWords, SpelledIndexer, joined, words_of


class SpelledQuery:
    def build_tsquery_content(self, query: Any, config: Any = None, invert: bool = False) -> Any:
        typed = words_of(query)
        if typed is None:
            return super().build_tsquery_content(query, config=config, invert=invert)  # type: ignore[misc]

        def lexeme(word: str, *, prefix: bool) -> Lexeme:
            return Lexeme(word, invert=invert, prefix=prefix)

        prefix = self.LAST_TERM_IS_PREFIX  # type: ignore[attr-defined]
        return SearchQuery(joined(*typed, lexeme, prefix=prefix), search_type="raw", config=config)

    def get_fields_vectors(self, search_query: Any) -> list[tuple[Any, Any]]:
        """Named fields are looked up in the index too: the raw columns are not spelled out."""
        return self.get_index_vectors(search_query)  # type: ignore[attr-defined]


class Compiler(SpelledQuery, stock.PostgresSearchQueryCompiler):
    def get_fields_vectors(self, search_query: Any) -> list[tuple[Any, Any]]:
        if set(self.fields) == {"title"}:
            return [(F("index_entries__title"), F("index_entries__title_norm"))]
        return super().get_fields_vectors(search_query)


class AutocompleteCompiler(SpelledQuery, stock.PostgresAutocompleteQueryCompiler):
    pass


class Indexer(SpelledIndexer, stock.ObjectIndexer):
    pass


# The index looks this class up in its own module and offers no other place for it.
stock.ObjectIndexer = Indexer


class Backend(NothingForNoWords, stock.PostgresSearchBackend):
    query_compiler_class = Compiler
    autocomplete_query_compiler_class = AutocompleteCompiler

    def __init__(self, params: dict[str, Any]) -> None:
        # "simple": no stemming and no stop words, whatever the server's own default is.
        super().__init__({"SEARCH_CONFIG": "simple", **params})
