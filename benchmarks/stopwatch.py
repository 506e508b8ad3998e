"""How things are timed: ours and the base by turns, so that a busy machine slows both, and the best of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


def seconds(call: Callable[[], Any]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def by_turns(ours: Callable[[], Any], base: Callable[[], Any], *, times: int) -> tuple[float, float]:
    """Seconds of each, the best of so many turns."""
    taken = [(seconds(ours), seconds(base)) for _turn in range(times)]
    return min(first for first, _second in taken), min(second for _first, second in taken)


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL sent inside the block, transaction marks left out."""
    sent: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent
