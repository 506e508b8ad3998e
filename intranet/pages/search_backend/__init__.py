"""Chinese full-text search on both databases.

SQLite's and PostgreSQL's own tokenisers take a run of Han characters for one word, so 评选
inside a sentence is never found. Here each Han character is stored as a word of its own, and
each word of a query becomes a phrase of them; Latin words and numbers stay whole.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.db import connection


def SearchBackend(params: dict[str, Any]) -> Any:
    """The back end for the vendor of the default database; the other vendor's driver may be absent."""
    return import_module(f"{__name__}.{connection.vendor}").Backend(params)
