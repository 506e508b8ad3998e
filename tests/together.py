"""Several at the same moment: what a lock or a constraint is there for."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from tests.machine import PATIENCE


def went_through(count: int, work: Callable[[int], Any], refusal: type[Exception]) -> int:
    """How many of so many at the same moment went through; the others met ``refusal``, any other error raises."""
    through: list[int] = []

    def tried(number: int) -> None:
        with contextlib.suppress(refusal):
            work(number)
            through.append(number)

    together(count, tried)
    return len(through)


def together(count: int, work: Callable[[int], Any]) -> None:
    """Run ``work(number)`` in threads that start at the same moment; raises what the first of them raised."""
    barrier, raised = threading.Barrier(count), []

    def thread(number: int) -> None:
        try:
            barrier.wait(timeout=PATIENCE)
            work(number)
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=thread, args=(number,)) for number in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=PATIENCE)
    if raised:
        raise raised[0]
